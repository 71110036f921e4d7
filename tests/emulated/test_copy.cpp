#include "tests/emulated/rig.h"

using namespace emulated;

TEST_CASE("a copy goes between pinned memory and the device, in the direction that it says", "[emulated]") {
  const Rig rig;
  float *const device = Rig::device<float>(10), *const other = Rig::device<float>(10),
               *const pinned = Rig::pinned<float>(10);
  std::vector<float> pageable(10);
  struct {
    void* to;
    const void* from;
    cudaMemcpyKind kind;
  } const wrong[] = {
      {device, pinned, cudaMemcpyDeviceToHost},
      {pinned, device, cudaMemcpyHostToDevice},
      {pinned, device, cudaMemcpyDeviceToDevice},
      {device, pinned, cudaMemcpyHostToHost},
      {device, pinned, cudaMemcpyDefault},
      {other, device, cudaMemcpyHostToDevice},
      {other, device, cudaMemcpyDeviceToDevice},
      {device, pageable.data(), cudaMemcpyHostToDevice},
      {pageable.data(), device, cudaMemcpyDeviceToHost},
  };
  for (const auto& each : wrong) {
    CHECK(cudaMemcpyAsync(each.to, each.from, 40, each.kind, rig.stream) == cudaErrorInvalidValue);
  }
  CHECK(counts().n_copies_to_device + counts().n_copies_from_device == 0);
}

TEST_CASE("copies and fills lie within one allocation", "[emulated]") {
  const Rig rig;
  float *const device = Rig::device<float>(10), *const large = Rig::device<float>(1000);
  float *const pinned = Rig::pinned<float>(10), *const large_pinned = Rig::pinned<float>(1000);
  const auto up = [&](float* to, const float* from, std::size_t n) {
    return cudaMemcpyAsync(to, from, n, cudaMemcpyHostToDevice, rig.stream);
  };
  CHECK(up(device, large_pinned, 41) == cudaErrorInvalidValue);
  CHECK_THAT(last_refusal(), Catch::Contains("41 bytes"));
  CHECK(up(device + 1, large_pinned, 40) == cudaErrorInvalidValue);
  CHECK(up(device - 1, large_pinned, 40) == cudaErrorInvalidValue);
  CHECK(up(large, pinned, 41) == cudaErrorInvalidValue);
  CHECK(up(device, pinned, SIZE_MAX) == cudaErrorInvalidValue);
  CHECK(up(device, nullptr, 40) == cudaErrorInvalidValue);
  CHECK(cudaMemsetAsync(device, 0, 41, rig.stream) == cudaErrorInvalidValue);
  CHECK(cudaMemsetAsync(pinned, 0, 40, rig.stream) == cudaErrorInvalidValue);
  CHECK(cudaMemsetAsync(device, 0, 40, rig.stream) == cudaSuccess);
  CHECK(rig.fetch(device, 10) == std::vector<float>(10));
  CHECK(counts().n_memsets == 1);
}

TEST_CASE("pinned memory is read and written when the copy runs, not when it is asked for", "[emulated]") {
  const Rig rig;
  float *const device = Rig::device<float>(1), *const source = Rig::pinned<float>(1),
               *const target = Rig::pinned<float>(1);
  *source = 1.0F;
  REQUIRE(cudaMemcpyAsync(device, source, 4, cudaMemcpyHostToDevice, rig.stream) == cudaSuccess);
  *source = 2.0F;  // too early: a program that does this has a bug, and sees it
  *target = -1.0F;
  REQUIRE(cudaMemcpyAsync(target, device, 4, cudaMemcpyDeviceToHost, rig.stream) == cudaSuccess);
  CHECK(*target == -1.0F);
  CHECK(counts().n_synchronisations == 0);
  SECTION("a wait") {
    REQUIRE(cudaStreamSynchronize(rig.stream) == cudaSuccess);
  }
  SECTION("freeing waits too") {
    REQUIRE(cudaFree(Rig::device<float>(1)) == cudaSuccess);
  }
  CHECK(*target == 2.0F);
  CHECK(counts().n_synchronisations == 1);
  CHECK(counts().n_copies_to_device == 1);
  CHECK(counts().n_copies_from_device == 1);
}
