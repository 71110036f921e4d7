#include "tests/emulated/memory.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <functional>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

/// The signal that ends a child that runs `body`; 0 if it comes back from it.
int signal_of(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGSEGV, SIG_DFL);  // a sanitizer or Catch may have a handler of its own
    signal(SIGBUS, SIG_DFL);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    body();
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

__global__ void write_at(unsigned char* data, std::ptrdiff_t index) {
  data[index] = 1;
}

int signal_of_write(cudaStream_t stream, unsigned char* data, std::ptrdiff_t index) {
  return signal_of([&] {
    (void)launch(stream, 1, 1, write_at, data, index);
    (void)cudaStreamSynchronize(stream);
  });
}

}  // namespace

TEST_CASE("device memory is aligned to 256 bytes and holds no number", "[emulated]") {
  const Rig rig;
  const float* const data = Rig::device<float>(100);
  CHECK(reinterpret_cast<std::uintptr_t>(data) % 256 == 0);
  for (const float value : rig.fetch(data, 100)) CHECK(std::isnan(value));
  void* none = &none;
  CHECK(cudaMalloc(&none, 0) == cudaSuccess);
  CHECK(none == nullptr);
}

TEST_CASE("the host cannot reach device memory, nor a kernel that of another device", "[emulated]") {
  const Rig rig({.n_devices = 2});
  volatile unsigned char* const data = Rig::device<unsigned char>(10);
  CHECK(signal_of([&] { data[0] = 1; }) == SIGSEGV);
  CHECK(signal_of([&] { (void)data[0]; }) == SIGSEGV);
  REQUIRE(cudaMemsetAsync(const_cast<unsigned char*>(data), 0, 10, rig.stream) == cudaSuccess);
  REQUIRE(cudaStreamSynchronize(rig.stream) == cudaSuccess);
  CHECK(signal_of([&] { (void)data[0]; }) == SIGSEGV);  // nor after work has run
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  CHECK(signal_of_write(Rig::make_stream(), const_cast<unsigned char*>(data), 0) == SIGSEGV);
}

TEST_CASE("what is written beside an allocation is found out, far beside it at once", "[emulated]") {
  const Rig rig;
  unsigned char* const data = Rig::device<unsigned char>(300);
  CHECK(signal_of_write(rig.stream, data, 299) == 0);
  CHECK(signal_of_write(rig.stream, data, 512) == SIGSEGV);
  const std::ptrdiff_t index = GENERATE(300, 511, -1);
  REQUIRE(launch(rig.stream, 1, 1, write_at, data, index) == cudaSuccess);
  CHECK(cudaStreamSynchronize(rig.stream) == cudaErrorIllegalAddress);
  CHECK_THAT(last_refusal(), Catch::Contains("beside an allocation"));
  CHECK(cudaFree(data) == cudaErrorIllegalAddress);  // sticky
}

TEST_CASE("what is written beside pinned memory is found out, and freed it is out of reach", "[emulated]") {
  const Rig rig;
  unsigned char* const freed = Rig::pinned<unsigned char>(300);
  REQUIRE(cudaFreeHost(freed) == cudaSuccess);
  CHECK(signal_of([&] { *static_cast<volatile unsigned char*>(freed) = 1; }) == SIGSEGV);
  unsigned char* const data = Rig::pinned<unsigned char>(300);
  data[300] = 1;
  CHECK(cudaFreeHost(data) == cudaErrorIllegalAddress);
}

TEST_CASE("freed memory stays out of reach and cannot be freed again", "[emulated]") {
  const Rig rig;
  unsigned char* const data = Rig::device<unsigned char>(300);
  REQUIRE(cudaFree(data) == cudaSuccess);
  CHECK(cudaFree(data) == cudaErrorInvalidValue);
  CHECK(cudaMemsetAsync(data, 0, 1, rig.stream) == cudaErrorInvalidValue);
  CHECK(signal_of_write(rig.stream, data, 0) == SIGSEGV);
  for (int i = 0; i < 100; ++i) CHECK(Rig::device<unsigned char>(300) != data);
}

TEST_CASE("what was not allocated so cannot be freed", "[emulated]") {
  const Rig rig;
  unsigned char *const data = Rig::device<unsigned char>(300), *const pinned = Rig::pinned<unsigned char>(300);
  int on_stack = 0;
  CHECK(cudaFree(&on_stack) == cudaErrorInvalidValue);
  CHECK(cudaFree(data + 256) == cudaErrorInvalidValue);
  CHECK(cudaFree(pinned) == cudaErrorInvalidValue);
  CHECK(cudaFreeHost(data) == cudaErrorInvalidValue);
  CHECK(cudaFree(data) == cudaSuccess);
  CHECK(cudaFreeHost(pinned) == cudaSuccess);
  CHECK(cudaFree(nullptr) == cudaSuccess);
}
