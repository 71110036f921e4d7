#include "snn/backend/cuda/value_stores.h"

#include <catch2/catch.hpp>

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
  std::vector<std::span<const std::byte>> bytes() const {
    std::vector<std::span<const std::byte>> all;
    for (const auto& utterance : utterances) all.push_back(std::as_bytes(std::span(utterance)));
    return all;
  }
  int sum(int i) const {
    const auto& utterance = utterances[static_cast<std::size_t>(i)];
    return static_cast<int>(utterance.size()) * (i + 1);
  }
};

/// Batches of five in a stride that comes back to all utterances; nothing waits between them.
void check_batches(support::EmulatedDevice& device, snn::ValueStore& store, const Corpus& corpus) {
  const int n = static_cast<int>(corpus.utterances.size()), n_batches = 12, batch = 5;
  snn::Buffer<int> sums(device.memory, static_cast<std::size_t>(n_batches * batch));
  std::vector<int> wanted;
  for (int i = 0; i < n_batches; ++i) {
    std::vector<int> indices;
    for (int k = 0; k < batch; ++k) indices.push_back((i * batch + k) * 3 % n);
    const std::vector<const void*> places = store.fetch(indices);
    REQUIRE(places.size() == indices.size());
    for (int k = 0; k < batch; ++k) {
      const int index = indices[static_cast<std::size_t>(k)];
      CHECK(reinterpret_cast<std::uintptr_t>(places[static_cast<std::size_t>(k)]) % snn::cuda::kValueAlignment == 0);
      snn::cuda::launch(SumBytes{static_cast<const std::uint8_t*>(places[static_cast<std::size_t>(k)]),
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
TEST_CASE("value stores: batches arrive whole, resident or streamed, in any order of the streams") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    support::EmulatedDevice device({.seed = seed});
    const Corpus corpus(40);
    snn::cuda::ResidentValues resident(device.memory, corpus.bytes());
    check_batches(device, resident, corpus);
    snn::cuda::StreamedValues streamed(device.memory, device.stream.get(), corpus.bytes());
    check_batches(device, streamed, corpus);
  }
}

TEST_CASE("value stores: streaming waits for nothing but its own copies") {
  support::EmulatedDevice device;
  const Corpus corpus(40);
  snn::cuda::StreamedValues streamed(device.memory, device.stream.get(), corpus.bytes());
  const std::vector<int> indices = {3, 4, 5};
  streamed.fetch(indices);
  streamed.fetch(indices);  // both places have their memory now
  const auto before = emulated::counts();
  streamed.fetch(indices);
  CHECK(emulated::counts().n_synchronisations - before.n_synchronisations == 1);
  CHECK(emulated::counts().n_pageable_copies == 0);
  CHECK(emulated::counts().n_copies_to_device - before.n_copies_to_device == 1);
}

TEST_CASE("value stores: resident where they fit beside what is to be left free, else streamed") {
  const std::vector<std::uint8_t> large(1'000'000);
  const std::vector<std::span<const std::byte>> utterances(5, std::as_bytes(std::span(large)));
  const auto is_resident = [&](std::size_t leave_free) {
    support::EmulatedDevice device({.memory = 8'000'000});
    const auto store = snn::cuda::store_values(device.memory, device.stream.get(), utterances, leave_free);
    return dynamic_cast<snn::cuda::ResidentValues*>(store.get()) != nullptr;
  };
  CHECK(is_resident(0));
  CHECK(is_resident(3'000'000));
  CHECK_FALSE(is_resident(3'000'001));
  CHECK_FALSE(is_resident(SIZE_MAX));
}
