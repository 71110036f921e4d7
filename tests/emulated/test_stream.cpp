#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

/// What 100 seeds make of a program: how often it gave each of two values.
struct Outcomes {
  int n_first = 0, n_second = 0, n_other = 0;
};

Outcomes over_seeds(const std::function<float()>& program, float first, float second) {
  Outcomes outcomes;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Options options;
    options.seed = seed;
    const Rig rig(options);
    const float value = program();
    ++(value == first ? outcomes.n_first : value == second ? outcomes.n_second : outcomes.n_other);
  }
  return outcomes;
}

/// x = 1, then in one stream x = 2 x and in another x = x + 3, with or without the wait between them.
float two_streams(bool waits) {
  const cudaStream_t one = make_stream(), other = make_stream();
  const cudaEvent_t event = make_event();
  float* const x = make_device<float>({1.0F}, one);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  REQUIRE(launch_one(one, x, 2.0F, 0.0F) == cudaSuccess);
  REQUIRE(cudaEventRecord(event, one) == cudaSuccess);
  if (waits) REQUIRE(cudaStreamWaitEvent(other, event) == cudaSuccess);
  REQUIRE(launch_one(other, x, 1.0F, 3.0F) == cudaSuccess);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  return fetch(x, 1, one)[0];
}

constexpr float kDoubledFirst = 5.0F, kShiftedFirst = 8.0F;

}  // namespace

TEST_CASE("streams run in an order drawn at random unless one waits for the other", "[emulated]") {
  const Outcomes free = over_seeds([] { return two_streams(false); }, kDoubledFirst, kShiftedFirst);
  CHECK(free.n_first > 0);
  CHECK(free.n_second > 0);
  CHECK(free.n_other == 0);
  const Outcomes ordered = over_seeds([] { return two_streams(true); }, kDoubledFirst, kShiftedFirst);
  CHECK(ordered.n_first == 100);
}

TEST_CASE("a stream keeps its own order", "[emulated]") {
  const Outcomes outcomes = over_seeds(
      [] {
        const cudaStream_t stream = make_stream();
        float* const x = make_device<float>({1.0F}, stream);
        REQUIRE(launch_one(stream, x, 2.0F, 0.0F) == cudaSuccess);
        REQUIRE(launch_one(stream, x, 1.0F, 3.0F) == cudaSuccess);
        return fetch(x, 1, stream)[0];
      },
      kDoubledFirst, kShiftedFirst);
  CHECK(outcomes.n_first == 100);
}

TEST_CASE("a wait is for the latest record at the time of the call", "[emulated]") {
  const Rig rig;
  const cudaStream_t one = make_stream(), other = make_stream();
  const cudaEvent_t event = make_event();
  CHECK(cudaStreamWaitEvent(other, event) == cudaSuccess);  // never recorded: nothing to wait for
  CHECK(cudaEventQuery(event) == cudaSuccess);
  CHECK(cudaEventSynchronize(event) == cudaSuccess);
  float* const x = make_device<float>({1.0F}, one);
  REQUIRE(cudaEventRecord(event, one) == cudaSuccess);
  REQUIRE(cudaStreamWaitEvent(other, event) == cudaSuccess);
  REQUIRE(launch_one(other, x, 1.0F, 3.0F) == cudaSuccess);
  REQUIRE(cudaEventRecord(event, other) == cudaSuccess);  // the wait above does not mean this one, behind itself
  REQUIRE(cudaEventSynchronize(event) == cudaSuccess);
  CHECK(fetch(x, 1, one)[0] == 4.0F);
}

TEST_CASE("waiting for an event runs what comes before it", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  const cudaEvent_t event = make_event();
  float* const x = make_device<float>({1.0F}, stream);
  float* const pinned = make_pinned<float>(2);
  const auto fetch_into = [&](float* to) {
    return cudaMemcpyAsync(to, x, sizeof(float), cudaMemcpyDeviceToHost, stream);
  };
  pinned[0] = pinned[1] = -1.0F;
  REQUIRE(fetch_into(pinned) == cudaSuccess);
  REQUIRE(cudaEventRecord(event, stream) == cudaSuccess);
  REQUIRE(fetch_into(pinned + 1) == cudaSuccess);
  REQUIRE(cudaEventSynchronize(event) == cudaSuccess);
  CHECK(pinned[0] == 1.0F);
  CHECK(pinned[1] == -1.0F);  // behind the event
  CHECK(counts().n_synchronisations == 1);
}

TEST_CASE("asking for an event runs some work, and in the end all", "[emulated]") {
  int n_not_ready = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Options options;
    options.seed = seed;
    const Rig rig(options);
    const cudaStream_t stream = make_stream();
    const cudaEvent_t event = make_event();
    float* const x = make_device<float>({1.0F}, stream);
    REQUIRE(launch_one(stream, x, 2.0F, 0.0F) == cudaSuccess);
    REQUIRE(cudaEventRecord(event, stream) == cudaSuccess);
    int n_asked = 1;
    for (cudaError_t answer = cudaEventQuery(event); answer != cudaSuccess; answer = cudaEventQuery(event)) {
      REQUIRE(answer == cudaErrorNotReady);
      REQUIRE(++n_asked < 1000);
      ++n_not_ready;
    }
    CHECK(fetch(x, 1, stream)[0] == 2.0F);
  }
  CHECK(n_not_ready > 0);
}

TEST_CASE("work of a destroyed stream is still done", "[emulated]") {
  const Rig rig;
  const cudaStream_t one = make_stream(), other = make_stream();
  float* const x = make_device<float>({1.0F}, other);
  REQUIRE(cudaStreamSynchronize(other) == cudaSuccess);
  REQUIRE(launch_one(one, x, 2.0F, 0.0F) == cudaSuccess);
  REQUIRE(cudaStreamDestroy(one) == cudaSuccess);
  CHECK(counts().n_handles_live == 2);
  CHECK(cudaStreamDestroy(one) == cudaErrorInvalidResourceHandle);
  CHECK(launch_one(one, x, 2.0F, 0.0F) == cudaErrorInvalidResourceHandle);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  CHECK(counts().n_handles_live == 1);
  CHECK(fetch(x, 1, other)[0] == 2.0F);
}

TEST_CASE("streams and events must be alive, and flags known", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  cudaEvent_t event = make_event();
  float* const x = make_device<float>({1.0F}, stream);
  CHECK(cudaStreamCreateWithFlags(nullptr, 0) == cudaErrorInvalidValue);
  cudaStream_t unmade = nullptr;
  CHECK(cudaStreamCreateWithFlags(&unmade, 2) == cudaErrorInvalidValue);
  CHECK(cudaEventCreateWithFlags(nullptr, 0) == cudaErrorInvalidValue);
  CHECK(cudaStreamWaitEvent(stream, event, 1) == cudaErrorInvalidValue);
  CHECK(launch_one(nullptr, x, 1.0F, 1.0F) == cudaErrorInvalidResourceHandle);
  CHECK_THAT(last_refusal(), Catch::Contains("default stream"));
  CHECK(cudaStreamSynchronize(nullptr) == cudaErrorInvalidResourceHandle);
  CHECK(cudaMemsetAsync(x, 0, 4) == cudaErrorInvalidResourceHandle);
  CHECK(cudaEventRecord(event) == cudaErrorInvalidResourceHandle);
  REQUIRE(cudaEventDestroy(event) == cudaSuccess);
  CHECK(cudaEventDestroy(event) == cudaErrorInvalidResourceHandle);
  CHECK(cudaEventRecord(event, stream) == cudaErrorInvalidResourceHandle);
  CHECK(cudaStreamWaitEvent(stream, event) == cudaErrorInvalidResourceHandle);
  CHECK(cudaEventQuery(event) == cudaErrorInvalidResourceHandle);
  CHECK(cudaEventSynchronize(nullptr) == cudaErrorInvalidResourceHandle);
}

TEST_CASE("a machine that is not forced keeps its handles", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  CHECK_THROWS_AS(reset(), std::logic_error);
  REQUIRE(cudaStreamDestroy(stream) == cudaSuccess);
  CHECK_NOTHROW(reset());
}
