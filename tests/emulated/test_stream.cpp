#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

constexpr float kDoubledFirst = 5.0F, kShiftedFirst = 8.0F;

/// x = 1, then x = 2 x in one stream and x = x + 3 in another or the same: how many of 100 seeds double first.
int n_doubled_first(bool waits, bool same_stream = false) {
  int n = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Rig rig({.seed = seed});
    const cudaStream_t other = same_stream ? rig.stream : Rig::make_stream();
    const cudaEvent_t event = Rig::make_event();
    float* const x = rig.upload<float>({1.0F});
    REQUIRE(cudaStreamSynchronize(rig.stream) == cudaSuccess);
    REQUIRE(launch_one(rig.stream, x, 2.0F, 0.0F) == cudaSuccess);
    REQUIRE(cudaEventRecord(event, rig.stream) == cudaSuccess);
    if (waits) REQUIRE(cudaStreamWaitEvent(other, event) == cudaSuccess);
    REQUIRE(launch_one(other, x, 1.0F, 3.0F) == cudaSuccess);
    REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
    const float found = rig.fetch(x, 1)[0];
    n += found == kDoubledFirst ? 1 : 0;
    CHECK((found == kDoubledFirst || found == kShiftedFirst));
  }
  return n;
}

}  // namespace

TEST_CASE("streams run in an order drawn at random unless one waits for the other, and one stream keeps its own",
          "[emulated]") {
  const int n_free = n_doubled_first(false);
  CHECK(n_free > 0);
  CHECK(n_free < 100);
  CHECK(n_doubled_first(true) == 100);
  CHECK(n_doubled_first(false, true) == 100);
}

TEST_CASE("a wait is for the latest record at the time of the call", "[emulated]") {
  const Rig rig;
  const cudaStream_t other = Rig::make_stream();
  const cudaEvent_t event = Rig::make_event();
  CHECK(cudaStreamWaitEvent(other, event) == cudaSuccess);  // never recorded: nothing to wait for
  CHECK(cudaEventSynchronize(event) == cudaSuccess);
  float* const x = rig.upload<float>({1.0F});
  REQUIRE(cudaEventRecord(event, rig.stream) == cudaSuccess);
  REQUIRE(cudaStreamWaitEvent(other, event) == cudaSuccess);
  REQUIRE(launch_one(other, x, 1.0F, 3.0F) == cudaSuccess);
  REQUIRE(cudaEventRecord(event, other) == cudaSuccess);  // the wait above does not mean this one, behind itself
  REQUIRE(cudaEventSynchronize(event) == cudaSuccess);
  CHECK(rig.fetch(x, 1)[0] == 4.0F);
}

TEST_CASE("waiting for an event runs what comes before it in its stream, and nothing behind", "[emulated]") {
  const Rig rig;
  const cudaEvent_t event = Rig::make_event();
  float *const x = rig.upload<float>({1.0F}), *const pinned = Rig::pinned<float>(2);
  const auto fetch_into = [&](float* to) { return cudaMemcpyAsync(to, x, 4, cudaMemcpyDeviceToHost, rig.stream); };
  pinned[0] = pinned[1] = -1.0F;
  REQUIRE(fetch_into(pinned) == cudaSuccess);
  REQUIRE(cudaEventRecord(event, rig.stream) == cudaSuccess);
  REQUIRE(fetch_into(pinned + 1) == cudaSuccess);
  REQUIRE(cudaEventSynchronize(event) == cudaSuccess);
  CHECK(pinned[0] == 1.0F);
  CHECK(pinned[1] == -1.0F);
  CHECK(counts().n_synchronisations == 1);
  REQUIRE(cudaStreamDestroy(rig.stream) == cudaSuccess);  // its work is still done
  CHECK(pinned[1] == 1.0F);
}

TEST_CASE("streams and events must be alive, and there is no default stream", "[emulated]") {
  const Rig rig;
  float* const x = Rig::device<float>(1);
  const cudaEvent_t event = Rig::make_event();
  const cudaStream_t gone = Rig::make_stream();
  REQUIRE(cudaStreamDestroy(gone) == cudaSuccess);
  for (const cudaStream_t stream : {cudaStream_t{}, gone}) {
    CHECK(launch_one(stream, x, 1.0F, 1.0F) == cudaErrorInvalidResourceHandle);
    CHECK(cudaMemsetAsync(x, 0, 4, stream) == cudaErrorInvalidResourceHandle);
    CHECK(cudaEventRecord(event, stream) == cudaErrorInvalidResourceHandle);
    CHECK(cudaStreamSynchronize(stream) == cudaErrorInvalidResourceHandle);
  }
  REQUIRE(cudaEventDestroy(event) == cudaSuccess);
  CHECK(cudaEventRecord(event, rig.stream) == cudaErrorInvalidResourceHandle);
  CHECK(cudaStreamWaitEvent(rig.stream, event) == cudaErrorInvalidResourceHandle);
  CHECK(cudaEventSynchronize(event) == cudaErrorInvalidResourceHandle);
  CHECK_THROWS_AS(reset(), std::logic_error);  // what is alive must be ended before the next test
}
