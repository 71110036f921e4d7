#include <string>
#include <thread>

#include "tests/emulated/machine.h"
#include "tests/emulated/rig.h"

using namespace emulated;

TEST_CASE("without a device, or a driver new enough, every call says so", "[emulated]") {
  const auto [n_devices, driver, error] = GENERATE(table<int, int, cudaError_t>({
      {0, CUDART_VERSION, cudaErrorNoDevice},
      {1, 0, cudaErrorInsufficientDriver},
      {1, CUDART_VERSION - 1000, cudaErrorInsufficientDriver},
  }));
  reset({.n_devices = n_devices, .driver_version = driver}, true);
  int n = -1, version = -1;
  void* data = nullptr;
  cudaStream_t stream = nullptr;
  CHECK(cudaGetDeviceCount(&n) == error);
  CHECK(n == 0);
  CHECK(cudaGetLastError() == error);
  CHECK(cudaSetDevice(0) == error);
  CHECK(cudaMalloc(&data, 8) == error);
  CHECK(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == error);
  CHECK(cudaDriverGetVersion(&version) == cudaSuccess);
  CHECK(version == driver);
  CHECK(cudaRuntimeGetVersion(&version) == cudaSuccess);
  CHECK(version == CUDART_VERSION);
}

TEST_CASE("devices have the number, the name and the compute capability of the options", "[emulated]") {
  const Rig rig({.n_devices = 2, .compute_major = 8, .compute_minor = 6});
  int n = 0;
  REQUIRE(cudaGetDeviceCount(&n) == cudaSuccess);
  CHECK(n == 2);
  cudaDeviceProp properties;
  REQUIRE(cudaGetDeviceProperties(&properties, 1) == cudaSuccess);
  CHECK(std::string(properties.name) == "Emulated device");
  CHECK(properties.major == 8);
  CHECK(properties.minor == 6);
  CHECK(cudaGetDeviceProperties(&properties, -1) == cudaErrorInvalidDevice);
  CHECK(cudaSetDevice(2) == cudaErrorInvalidDevice);
}

TEST_CASE("a device that is too old, or that the binary holds no code for, takes no kernels and says so when asked",
          "[emulated]") {
  const auto [major, minor, has_code, wanted] = GENERATE(table<int, int, bool, cudaError_t>({
      {7, 5, true, cudaSuccess},
      {7, 2, true, cudaErrorNoKernelImageForDevice},
      {6, 9, true, cudaErrorNoKernelImageForDevice},
      {9, 0, false, cudaErrorNoKernelImageForDevice},
  }));
  const Rig rig({.compute_major = major, .compute_minor = minor, .has_code = has_code});
  cudaFuncAttributes attributes;
  CHECK(cudaFuncGetAttributes(&attributes, scale_and_shift) == wanted);
  CHECK(launch_one(rig.stream, Rig::device<float>(1), 1.0F, 0.0F) == wanted);
}

TEST_CASE("a thread's device gives the memory, and takes only its own streams", "[emulated]") {
  const Rig rig({.n_devices = 2});
  float *const x = Rig::device<float>(1), *const pinned = Rig::pinned<float>(1);
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  std::size_t free = 0, total = 0;
  REQUIRE(cudaMemGetInfo(&free, &total) == cudaSuccess);
  CHECK(free == total);
  CHECK(launch_one(rig.stream, x, 1.0F, 0.0F) == cudaErrorInvalidResourceHandle);
  const cudaStream_t second = Rig::make_stream();
  CHECK(cudaMemsetAsync(x, 0, 4, second) == cudaErrorInvalidValue);
  CHECK(cudaMemcpyAsync(x, pinned, 4, cudaMemcpyHostToDevice, second) == cudaErrorInvalidValue);
  std::thread([&] { CHECK(launch_one(rig.stream, x, 1.0F, 0.0F) == cudaSuccess); }).join();  // a thread begins with 0
}

TEST_CASE("memory ends where the options say, and what is alive is counted", "[emulated]") {
  const Rig rig({.memory = 1000});
  void *data = nullptr, *more = &data;
  std::size_t free = 0, total = 0;
  CHECK(cudaMalloc(&data, 600) == cudaSuccess);
  CHECK(cudaMalloc(&more, 401) == cudaErrorMemoryAllocation);
  CHECK(more == nullptr);
  CHECK(cudaGetLastError() == cudaErrorMemoryAllocation);
  CHECK(cudaGetLastError() == cudaSuccess);  // asked for once
  CHECK(cudaMalloc(&more, SIZE_MAX) == cudaErrorMemoryAllocation);
  REQUIRE(cudaMemGetInfo(&free, &total) == cudaSuccess);
  CHECK(free == 400);
  CHECK(total == 1000);
  CHECK(counts().n_allocations_live == 1);
  CHECK(counts().bytes_live == 600);
  CHECK(cudaFree(data) == cudaSuccess);
  CHECK(counts().n_allocations_live == 0);
  CHECK(cudaMalloc(&more, 1000) == cudaSuccess);
}

TEST_CASE("a reset forgets the device and the error of a thread, and an error has a name and says why", "[emulated]") {
  reset({.n_devices = 2}, true);
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  CHECK(cudaSetDevice(2) == cudaErrorInvalidDevice);
  CHECK(std::string(cudaGetErrorName(cudaErrorInvalidDevice)) == "cudaErrorInvalidDevice");
  CHECK(std::string(cudaGetErrorString(cudaErrorInvalidDevice)) == "no device 2");
  reset();
  CHECK(cudaGetLastError() == cudaSuccess);
  const Rig rig;
  CHECK(launch_one(rig.stream, Rig::device<float>(1), 1.0F, 0.0F) == cudaSuccess);  // both of device 0
}
