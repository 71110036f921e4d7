#include "snn/backend/cuda/graph_recorder.h"

#include <array>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "snn/backend/cuda/launch.cuh"
#include "tests/snn/backend/cuda/emulated_backend.h"

namespace {

struct AddOne {
  int* value;
  SNN_HD snn::Extent extent() const { return {1, 1}; }
  template <int kWidth>
  SNN_HD void run(int, int, int) const {
    ++*value;
  }
};

/// Names a sequence.
const void* owner(int i) {
  static const std::array<char, 32> owners = {};
  return &owners.at(static_cast<std::size_t>(i));
}

struct Rig : support::EmulatedDevice {
  snn::cuda::GraphRecorder recorder{memory, stream.get()};
  snn::Buffer<int> value{memory, 1};
  int n_calls = 0;

  void run(const snn::SequenceKey& key, int n_launches = 1) {
    recorder.run(key, [&] {
      ++n_calls;
      for (int i = 0; i < n_launches; ++i) snn::cuda::launch(AddOne{value.data()}, stream.get());
    });
  }
};

}  // namespace

TEST_CASE("recorder: called, recorded, then repeated") {
  Rig rig;
  for (int i = 1; i <= 5; ++i) {
    rig.run({.owner = owner(1)}, 3);
    CHECK(rig.n_calls == std::min(i, 2));
    CHECK(emulated::counts().n_graph_launches == std::max(0, i - 1));
    CHECK(rig.value.download().front() == 3 * i);
  }
}

TEST_CASE("recorder: each key has its own graph") {
  Rig rig;
  for (int round = 0; round < 3; ++round) {
    rig.run({.owner = owner(0), .n_rows = 128}, 1);
    rig.run({.owner = owner(0), .n_rows = 256}, 10);
    rig.run({.owner = owner(1), .n_rows = 128}, 100);
  }
  CHECK(rig.n_calls == 6);
  CHECK(rig.value.download().front() == 333);
}

TEST_CASE("recorder: a key too many takes the place of the one that was not run for longest") {
  Rig rig;
  const auto run = [&rig](int n_rows) { rig.run({.owner = owner(0), .n_rows = n_rows}); };
  const auto n_keys = static_cast<int>(snn::cuda::kMostGraphs);
  for (int i = 0; i < n_keys; ++i) run(i);
  for (int i = 0; i < n_keys; ++i) run(i);
  run(0);
  CHECK(rig.n_calls == 2 * n_keys);
  run(n_keys);
  CHECK(rig.n_calls == 2 * n_keys + 1);
  run(0), run(2), run(n_keys - 1);
  CHECK(rig.n_calls == 2 * n_keys + 1);
  run(1);
  CHECK(rig.n_calls == 2 * n_keys + 2);
}

TEST_CASE("recorder: memory that was given back since makes its graphs void, memory that was taken does not") {
  Rig rig;
  for (int i = 0; i < 2; ++i) rig.run({});
  const snn::Buffer<int> more(rig.memory, 1);
  rig.run({});
  CHECK(rig.n_calls == 2);
  rig.value.renew(rig.memory, 1);
  for (int i = 0; i < 3; ++i) rig.run({});
  CHECK(rig.n_calls == 4);
  CHECK(rig.value.download().front() == 3);
}

TEST_CASE("recorder: what fails while it is recorded leaves nothing behind") {
  Rig rig;
  rig.run({});
  CHECK_THROWS_AS(rig.recorder.run({},
                                   [&] {
                                     snn::cuda::launch(AddOne{rig.value.data()}, rig.stream.get());
                                     throw std::invalid_argument("no");
                                   }),
                  std::invalid_argument);
  CHECK(rig.value.download().front() == 1);
  rig.run({});
  CHECK(rig.value.download().front() == 2);
}

TEST_CASE("recorder: a sequence that waits, copies or takes memory is refused when it is recorded") {
  Rig rig;
  const auto twice = [&](const std::function<void()>& sequence) {
    static int kind = 10;
    ++kind;
    rig.recorder.run({.owner = owner(kind)}, sequence);
    rig.recorder.run({.owner = owner(kind)}, sequence);
  };
  CHECK_THROWS_AS(twice([&] { rig.value.download(); }), std::runtime_error);
  CHECK_THROWS_AS(twice([&] { snn::cuda::check(cudaStreamSynchronize(rig.stream.get()), "waiting"); }),
                  std::runtime_error);
  CHECK_THROWS_AS(twice([&] {
                    void* memory = nullptr;
                    snn::cuda::check(cudaMalloc(&memory, 64), "taking");
                    cudaFree(memory);
                  }),
                  std::runtime_error);
  rig.run({});
  CHECK(rig.value.download().front() == 1);
}
