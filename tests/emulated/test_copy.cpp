#include <numeric>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

std::vector<float> ramp(std::size_t n) {
  std::vector<float> values(n);
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

}  // namespace

TEST_CASE("bytes go to the device, across it and back", "[emulated]") {
  const cudaMemcpyKind across = GENERATE(cudaMemcpyDeviceToDevice, cudaMemcpyDefault);
  const Rig rig;
  const cudaStream_t stream = make_stream();
  const float* const first = make_device(ramp(100), stream);
  float* const second = make_device<float>(100);
  REQUIRE(cudaMemcpyAsync(second, first, 400, across, stream) == cudaSuccess);
  CHECK(fetch(second, 100, stream) == ramp(100));
  CHECK(counts().n_copies_to_device == 1);
  CHECK(counts().bytes_to_device == 400);
  CHECK(counts().n_copies_on_device == 1);
  CHECK(counts().bytes_on_device == 400);
  CHECK(counts().n_copies_from_device == 1);
  CHECK(counts().bytes_from_device == 400);
  CHECK(counts().n_pageable_copies == 2);
}

TEST_CASE("a copy must go in the direction that it says", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const device = make_device<float>(10);
  float* const other = make_device<float>(10);
  float* const pinned = make_pinned<float>(10);
  std::vector<float> pageable(10);
  for (float* const host : {pinned, pageable.data()}) {
    CHECK(cudaMemcpyAsync(device, host, 40, cudaMemcpyDeviceToHost, stream) == cudaErrorInvalidValue);
    CHECK(cudaMemcpyAsync(host, device, 40, cudaMemcpyHostToDevice, stream) == cudaErrorInvalidValue);
    CHECK(cudaMemcpyAsync(host, device, 40, cudaMemcpyDeviceToDevice, stream) == cudaErrorInvalidValue);
    CHECK(cudaMemcpyAsync(device, host, 40, cudaMemcpyHostToHost, stream) == cudaErrorInvalidValue);
  }
  CHECK(cudaMemcpyAsync(other, device, 40, cudaMemcpyHostToDevice, stream) == cudaErrorInvalidValue);
  CHECK(cudaMemcpyAsync(other, device, 40, cudaMemcpyDeviceToHost, stream) == cudaErrorInvalidValue);
  CHECK(cudaMemcpyAsync(pinned, pageable.data(), 40, cudaMemcpyHostToHost, stream) == cudaErrorInvalidValue);
  CHECK(counts().n_copies_to_device + counts().n_copies_from_device + counts().n_copies_on_device == 0);
}

TEST_CASE("a copy must lie within its allocations", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const device = make_device<float>(10);
  float* const large = make_device<float>(1000);
  float* const pinned = make_pinned<float>(10);
  const std::vector<float> pageable(1000);
  const auto copy = [&](float* to, const float* from, std::size_t n_bytes) {
    return cudaMemcpyAsync(to, from, n_bytes, cudaMemcpyDefault, stream);
  };
  CHECK(copy(device, pageable.data(), 41) == cudaErrorInvalidValue);
  CHECK_THAT(last_refusal(), Catch::Contains("41 bytes that reach beyond an allocation"));
  CHECK(copy(device + 1, pageable.data(), 40) == cudaErrorInvalidValue);
  CHECK(copy(device - 1, pageable.data(), 40) == cudaErrorInvalidValue);
  CHECK(copy(large, pinned, 41) == cudaErrorInvalidValue);
  CHECK(copy(pinned, large, 41) == cudaErrorInvalidValue);
  CHECK(copy(large, device, 44) == cudaErrorInvalidValue);
  CHECK(copy(device, large, 44) == cudaErrorInvalidValue);
  CHECK(copy(large, pageable.data(), SIZE_MAX) == cudaErrorInvalidValue);
  CHECK(copy(large + 1, large, 40) == cudaErrorInvalidValue);  // overlap
  CHECK(copy(device, nullptr, 40) == cudaErrorInvalidValue);
  CHECK(copy(device + 1, pageable.data(), 36) == cudaSuccess);
  CHECK(copy(device, nullptr, 0) == cudaSuccess);
}

TEST_CASE("pinned memory is read when the copy runs, pageable memory when it is asked for", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const device = make_device<float>(1);
  float* const pinned = make_pinned<float>(1);
  std::vector<float> pageable{1.0F};
  *pinned = 1.0F;

  REQUIRE(cudaMemcpyAsync(device, pageable.data(), 4, cudaMemcpyHostToDevice, stream) == cudaSuccess);
  pageable[0] = 2.0F;
  CHECK(fetch(device, 1, stream)[0] == 1.0F);

  REQUIRE(cudaMemcpyAsync(device, pinned, 4, cudaMemcpyHostToDevice, stream) == cudaSuccess);
  *pinned = 2.0F;  // too early: a program that does this has a bug, and sees it
  CHECK(fetch(device, 1, stream)[0] == 2.0F);
}

TEST_CASE("a copy to pinned memory is seen after a wait only", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  const float* const device = make_device(ramp(1), stream);
  float* const pinned = make_pinned<float>(1);
  *pinned = -1.0F;
  REQUIRE(cudaMemcpyAsync(pinned, device, 4, cudaMemcpyDeviceToHost, stream) == cudaSuccess);
  CHECK(*pinned == -1.0F);
  CHECK(counts().n_synchronisations == 0);
  REQUIRE(cudaStreamSynchronize(stream) == cudaSuccess);
  CHECK(*pinned == 1.0F);
  CHECK(counts().n_synchronisations == 1);
}

TEST_CASE("a copy to pageable memory waits, and is counted as a wait", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  const float* const device = make_device(ramp(1), stream);
  CHECK(fetch(device, 1, stream)[0] == 1.0F);
  CHECK(counts().n_synchronisations == 1);
}

TEST_CASE("a fill must lie within one allocation of the device", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const device = make_device<float>(10);
  float* const pinned = make_pinned<float>(10);
  CHECK(cudaMemsetAsync(device, 0, 41, stream) == cudaErrorInvalidValue);
  CHECK(cudaMemsetAsync(pinned, 0, 40, stream) == cudaErrorInvalidValue);
  CHECK(cudaMemsetAsync(device, 0, 40, stream) == cudaSuccess);
  CHECK(fetch(device, 10, stream) == std::vector<float>(10));
  CHECK(counts().n_memsets == 1);
}

TEST_CASE("freeing waits for the work that is queued", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const device = make_device(ramp(1), stream);
  float* const pinned = make_pinned<float>(1);
  REQUIRE(cudaMemcpyAsync(pinned, device, 4, cudaMemcpyDeviceToHost, stream) == cudaSuccess);
  REQUIRE(cudaFree(device) == cudaSuccess);
  CHECK(*pinned == 1.0F);
  CHECK(counts().n_synchronisations == 1);
}
