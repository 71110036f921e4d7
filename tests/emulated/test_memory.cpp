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

cudaError_t launch_write(cudaStream_t stream, unsigned char* data, std::ptrdiff_t index) {
  const cudaLaunchConfig_t config = configure(1, 1, stream);
  return cudaLaunchKernelEx(&config, write_at, data, index);
}

}  // namespace

TEST_CASE("device memory is aligned to 256 bytes and holds no number", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  const float* const data = make_device<float>(100);
  CHECK(reinterpret_cast<std::uintptr_t>(data) % 256 == 0);
  for (const float value : fetch(data, 100, stream)) CHECK(std::isnan(value));
}

TEST_CASE("the host cannot reach device memory", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  volatile unsigned char* const data = make_device<unsigned char>(10);
  CHECK(signal_of([&] { data[0] = 1; }) == SIGSEGV);
  CHECK(signal_of([&] { (void)data[0]; }) == SIGSEGV);
  REQUIRE(cudaMemsetAsync(const_cast<unsigned char*>(data), 0, 10, stream) == cudaSuccess);
  REQUIRE(cudaStreamSynchronize(stream) == cudaSuccess);
  CHECK(signal_of([&] { (void)data[0]; }) == SIGSEGV);  // nor after work has run
}

TEST_CASE("a kernel that writes into the guard page dies", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  unsigned char* const data = make_device<unsigned char>(512);
  const auto run = [&](std::ptrdiff_t index) {
    return signal_of([&] {
      (void)launch_write(stream, data, index);
      (void)cudaStreamSynchronize(stream);
    });
  };
  CHECK(run(511) == 0);
  CHECK(run(512) == SIGSEGV);
}

TEST_CASE("a kernel that writes just beside its memory is found out", "[emulated]") {
  const std::ptrdiff_t index = GENERATE(300, 511, -1);
  const Rig rig;
  const cudaStream_t stream = make_stream();
  unsigned char* const data = make_device<unsigned char>(300);
  REQUIRE(launch_write(stream, data, index) == cudaSuccess);
  CHECK(cudaStreamSynchronize(stream) == cudaErrorIllegalAddress);
  CHECK_FALSE(last_refusal().empty());
  CHECK(cudaFree(data) == cudaErrorIllegalAddress);  // sticky
}

TEST_CASE("what is written beside pinned memory is found out", "[emulated]") {
  const Rig rig;
  unsigned char* const data = make_pinned<unsigned char>(300);
  data[300] = 1;
  CHECK(cudaFreeHost(data) == cudaErrorIllegalAddress);
}

TEST_CASE("damage to the memory of one device is seen whatever another does", "[emulated]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Options options;
    options.n_devices = 2;
    options.seed = seed;
    const Rig rig(options);
    REQUIRE(launch_write(make_stream(), make_device<unsigned char>(300), 300) == cudaSuccess);
    REQUIRE(cudaSetDevice(1) == cudaSuccess);
    REQUIRE(cudaMemsetAsync(make_device<unsigned char>(8), 0, 8, make_stream()) == cudaSuccess);
    CHECK(cudaDeviceSynchronize() == cudaErrorIllegalAddress);
  }
}

TEST_CASE("a range that goes round the end of all addresses is bad", "[emulated]") {
  const Memory memory;
  CHECK(memory.place(&memory, 1) == Place::pageable);
  CHECK(memory.place(&memory, SIZE_MAX) == Place::bad);
}

TEST_CASE("freed memory stays out of reach and cannot be freed again", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  unsigned char* const data = make_device<unsigned char>(300);
  REQUIRE(cudaFree(data) == cudaSuccess);
  CHECK(cudaFree(data) == cudaErrorInvalidValue);
  CHECK(cudaMemsetAsync(data, 0, 1, stream) == cudaErrorInvalidValue);
  CHECK(signal_of([&] {
          (void)launch_write(stream, data, 0);
          (void)cudaStreamSynchronize(stream);
        }) == SIGSEGV);
  for (int i = 0; i < 100; ++i) CHECK(make_device<unsigned char>(300) != data);
}

TEST_CASE("what was not allocated so cannot be freed", "[emulated]") {
  const Rig rig;
  unsigned char* const data = make_device<unsigned char>(300);
  unsigned char* const pinned = make_pinned<unsigned char>(300);
  int on_stack = 0;
  CHECK(cudaFree(&on_stack) == cudaErrorInvalidValue);
  CHECK(cudaFree(data + 256) == cudaErrorInvalidValue);
  CHECK(cudaFree(pinned) == cudaErrorInvalidValue);
  CHECK(cudaFreeHost(data) == cudaErrorInvalidValue);
  CHECK(cudaFree(data) == cudaSuccess);
  CHECK(cudaFreeHost(pinned) == cudaSuccess);
  CHECK(cudaFree(nullptr) == cudaSuccess);
  CHECK(cudaFreeHost(nullptr) == cudaSuccess);
}

TEST_CASE("memory ends where the options say", "[emulated]") {
  Options options;
  options.memory = 1000;
  const Rig rig(options);
  const float* const data = make_device<float>(150);
  void* more = &options;
  CHECK(cudaMalloc(&more, 401) == cudaErrorMemoryAllocation);
  CHECK(more == nullptr);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaSuccess);  // not sticky
  CHECK(cudaMalloc(&more, SIZE_MAX) == cudaErrorMemoryAllocation);
  std::size_t free = 0, total = 0;
  REQUIRE(cudaMemGetInfo(&free, &total) == cudaSuccess);
  CHECK(free == 400);
  CHECK(total == 1000);
  CHECK(cudaMalloc(&more, 400) == cudaSuccess);
  CHECK(cudaFree(const_cast<float*>(data)) == cudaSuccess);
  REQUIRE(cudaMemGetInfo(&free, &total) == cudaSuccess);
  CHECK(free == 600);
}

TEST_CASE("no bytes are no allocation", "[emulated]") {
  const Rig rig;
  void* data = &data;
  CHECK(cudaMalloc(&data, 0) == cudaSuccess);
  CHECK(data == nullptr);
  CHECK_FALSE(allocations_leaked());
  CHECK(cudaMalloc(static_cast<void**>(nullptr), 8) == cudaErrorInvalidValue);
}

TEST_CASE("memory that is alive is counted", "[emulated]") {
  const Rig rig;
  float* const data = make_device<float>(100);
  float* const pinned = make_pinned<float>(10);
  CHECK(counts().n_allocations_live == 1);
  CHECK(counts().bytes_live == 400);
  CHECK(counts().n_pinned_allocations_live == 1);
  CHECK(counts().pinned_bytes_live == 40);
  CHECK_THROWS_AS(reset(), std::logic_error);
  REQUIRE(cudaFree(data) == cudaSuccess);
  CHECK(allocations_leaked());
  REQUIRE(cudaFreeHost(pinned) == cudaSuccess);
  CHECK_FALSE(allocations_leaked());
  CHECK_NOTHROW(reset());
}

TEST_CASE("a freed allocation is kept out of reach up to a bound", "[emulated]") {
  Memory memory;
  constexpr std::size_t kLarge = std::size_t{200} << 20;
  void* const first = memory.allocate(kLarge, 0);
  REQUIRE(first != nullptr);
  CHECK(memory.release(first, false));
  CHECK(memory.place(first, 1) == Place::bad);
  void* const second = memory.allocate(kLarge, 0);
  REQUIRE(second != nullptr);
  CHECK(memory.release(second, false));
  CHECK(memory.place(second, 1) == Place::bad);
  CHECK(memory.place(first, 1) == Place::pageable);  // given back to the system
}
