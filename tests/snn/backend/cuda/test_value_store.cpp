#include "snn/backend/cuda/value_store.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "snn/backend/cuda/launch.cuh"
#include "tests/snn/backend/cuda/emulated_backend.h"

namespace {

/// Adds up the bytes of an utterance, into a place of its own.
struct SumBytes {
  const std::uint8_t* values;
  int n_values;
  int* sum;
  SNN_HD snn::Extent extent() const { return {1, 1}; }
  template <int kWidth>
  SNN_HD void run(int, int, int) const {
    int total = 0;
    for (int i = 0; i < n_values; ++i) total += values[i];
    *sum = total;
  }
};

/// Utterances of 1 to 60 bytes whose values are their number.
struct Corpus {
  std::vector<std::vector<std::uint8_t>> utterances;
  explicit Corpus(int n) {
    for (int i = 0; i < n; ++i) {
      utterances.emplace_back(static_cast<std::size_t>(1 + i * 7 % 60), static_cast<std::uint8_t>(i + 1));
    }
  }
  snn::UtteranceBytes bytes(const std::vector<int>& indices) const {
    snn::UtteranceBytes some;
    for (const int i : indices) some.push_back(std::as_bytes(std::span(utterances[static_cast<std::size_t>(i)])));
    return some;
  }
  /// The first n.
  snn::UtteranceBytes bytes(int n) const {
    std::vector<int> indices(static_cast<std::size_t>(n));
    std::iota(indices.begin(), indices.end(), 0);
    return bytes(indices);
  }
  int sum(int i) const {
    const auto& utterance = utterances[static_cast<std::size_t>(i)];
    return static_cast<int>(utterance.size()) * (i + 1);
  }
};

/// Batches of five in a stride that comes back to all utterances; nothing waits between them.
void check_batches(support::EmulatedDevice& device, snn::cuda::ValueStore& store, const Corpus& corpus) {
  const int n = static_cast<int>(corpus.utterances.size()), n_batches = 12, batch = 5;
  snn::Buffer<int> sums(device.memory, static_cast<std::size_t>(n_batches * batch));
  std::vector<int> wanted;
  for (int i = 0; i < n_batches; ++i) {
    std::vector<int> indices;
    for (int k = 0; k < batch; ++k) indices.push_back((i * batch + k) * 3 % n);
    const std::vector<const void*> found = store.fetch(corpus.bytes(indices));
    REQUIRE(found.size() == indices.size());
    for (int k = 0; k < batch; ++k) {
      const int index = indices[static_cast<std::size_t>(k)];
      CHECK(reinterpret_cast<std::uintptr_t>(found[static_cast<std::size_t>(k)]) % snn::cuda::kValueAlignment == 0);
      snn::cuda::launch(SumBytes{static_cast<const std::uint8_t*>(found[static_cast<std::size_t>(k)]),
                                 static_cast<int>(corpus.utterances[static_cast<std::size_t>(index)].size()),
                                 sums.data() + wanted.size()},
                        device.stream.get());
      wanted.push_back(corpus.sum(index));
    }
  }
  CHECK(sums.download() == wanted);
}

}  // namespace

// The stand-in draws which of two streams goes on: a copy that did not wait for the batch before the last would be seen.
TEST_CASE("value store: batches arrive whole, kept or copied, in any order of the streams") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    support::EmulatedDevice device({.seed = seed});
    const Corpus corpus(40);
    snn::cuda::ValueStore store(device.memory, device.stream.get());
    check_batches(device, store, corpus);
    std::shared_ptr<void> some = store.keep(corpus.bytes(10), 0);
    check_batches(device, store, corpus);
    const std::shared_ptr<void> all = store.keep(corpus.bytes(40), 0);
    check_batches(device, store, corpus);
    some = nullptr;
    check_batches(device, store, corpus);
  }
}

TEST_CASE("value store: copying waits for nothing but its own copies, and what is kept is not copied") {
  support::EmulatedDevice device;
  const Corpus corpus(40);
  snn::cuda::ValueStore store(device.memory, device.stream.get());
  const snn::UtteranceBytes batch = corpus.bytes({3, 4, 5});
  store.fetch(batch);
  store.fetch(batch);  // both have their memory now
  auto before = emulated::counts();
  store.fetch(batch);
  CHECK(emulated::counts().n_synchronisations - before.n_synchronisations == 1);
  CHECK(emulated::counts().n_copies_to_device - before.n_copies_to_device == 1);
  const std::shared_ptr<void> kept = store.keep(corpus.bytes(5), 0);
  before = emulated::counts();
  store.fetch(corpus.bytes({3, 4}));
  CHECK(emulated::counts().n_copies_to_device == before.n_copies_to_device);
  CHECK(store.fetch({{}}) == std::vector<const void*>{nullptr});
}

TEST_CASE("value store: a data set is kept if it fits beside what is to be left free") {
  const std::vector<std::uint8_t> large(1'000'000);
  const snn::UtteranceBytes utterances(5, std::as_bytes(std::span(large)));
  const auto is_kept = [&](std::size_t leave_free) {
    support::EmulatedDevice device({.memory = 8'000'000});
    snn::cuda::ValueStore store(device.memory, device.stream.get());
    return store.keep(utterances, leave_free) != nullptr;
  };
  CHECK(is_kept(0));
  CHECK(is_kept(3'000'000));
  CHECK_FALSE(is_kept(3'000'001));
  CHECK_FALSE(is_kept(SIZE_MAX));
}
