#include "snn/backend/cuda/device_memory.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/snn/backend/cuda/emulated_backend.h"

using Catch::Matchers::Contains;
using support::EmulatedDevice;

TEST_CASE("device memory: comes zeroed, and goes") {
  EmulatedDevice device;
  const std::int64_t before = emulated::counts().n_allocations_live;
  {
    const snn::Buffer<float> buffer(device.memory, 1000), none(device.memory, 0);
    CHECK(buffer.download() == std::vector<float>(1000, 0.0F));
    CHECK(emulated::counts().n_allocations_live > before);
  }
  CHECK(emulated::counts().n_allocations_live == before);
}

// The stand-in copies only when it is asked to wait: what the host changes in between must not be seen.
TEST_CASE("device memory: what was uploaded may change at once") {
  EmulatedDevice device;
  std::vector<int> values(10);
  snn::Buffer<int> buffer(device.memory, 100);
  for (int i = 0; i < 10; ++i) {
    values.assign(10, i);
    buffer.upload(values, static_cast<std::size_t>(10 * i));
  }
  values.assign(10, -1);
  const std::vector<int> found = buffer.download();
  for (int i = 0; i < 100; ++i) CHECK(found[static_cast<std::size_t>(i)] == i / 10);
}

TEST_CASE("device memory: arrays longer than a slot go up and down whole") {
  EmulatedDevice device;
  std::vector<std::uint32_t> values(20 * (1 << 16) + 5);  // once round the ring of 16 slots of 256 KiB, and more
  std::iota(values.begin(), values.end(), 7U);
  const snn::Buffer<std::uint32_t> buffer = device.upload(values);
  CHECK(buffer.download() == values);
}

TEST_CASE("device memory: too much is refused with what was wanted and what is free, and can be tried again") {
  EmulatedDevice device({.memory = 10'000'000});
  snn::Buffer<std::byte> half(device.memory, 5'000'000);
  CHECK_THROWS_WITH(snn::Buffer<std::byte>(device.memory, 6'000'000), Contains("cuda:0") && Contains("6.0 MB wanted") &&
                                                                          Contains("5.0 of 10.0 MB free") &&
                                                                          Contains("--batch"));
  CHECK(cudaGetLastError() == cudaSuccess);
  CHECK_NOTHROW(snn::Buffer<std::byte>(device.memory, 4'000'000));
}

TEST_CASE("device memory: its generation changes with every release") {
  EmulatedDevice device;
  const auto first = device.memory.generation();
  {
    const snn::Buffer<int> buffer(device.memory, 1);
    CHECK(device.memory.generation() == first);
  }
  CHECK(device.memory.generation() > first);
}
