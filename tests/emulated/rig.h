#pragma once
// What the tests of the stand-in share.
#include <cuda_runtime.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "tests/emulated/include/emulated.h"

namespace emulated {

/// A machine fresh at the beginning of a test, and cleared at its end.
struct Rig {
  explicit Rig(const Options& options = {}) { reset(options, true); }
  ~Rig() { reset({}, true); }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;
};

inline cudaStream_t make_stream() {
  cudaStream_t stream = nullptr;
  REQUIRE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
  return stream;
}

inline cudaEvent_t make_event() {
  cudaEvent_t event = nullptr;
  REQUIRE(cudaEventCreateWithFlags(&event, cudaEventDisableTiming) == cudaSuccess);
  return event;
}

/// n numbers on the device, every byte 0xFF.
template <typename T>
T* make_device(std::size_t n) {
  T* data = nullptr;
  REQUIRE(cudaMalloc(&data, n * sizeof(T)) == cudaSuccess);
  return data;
}

template <typename T>
T* make_pinned(std::size_t n) {
  T* data = nullptr;
  REQUIRE(cudaMallocHost(&data, n * sizeof(T)) == cudaSuccess);
  return data;
}

template <typename T>
T* make_device(const std::vector<T>& values, cudaStream_t stream) {
  T* const data = make_device<T>(values.size());
  REQUIRE(cudaMemcpyAsync(data, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice, stream) ==
          cudaSuccess);
  return data;
}

/// n numbers from the device; waits for the stream.
template <typename T>
std::vector<T> fetch(const T* data, std::size_t n, cudaStream_t stream) {
  std::vector<T> values(n);
  REQUIRE(cudaMemcpyAsync(values.data(), data, n * sizeof(T), cudaMemcpyDeviceToHost, stream) == cudaSuccess);
  return values;
}

inline cudaLaunchConfig_t configure(dim3 grid, dim3 block, cudaStream_t stream) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.stream = stream;
  return config;
}

// Kernels

/// x = scale x + shift: two of them show in which order they ran.
inline __global__ void scale_and_shift(float* x, float scale, float shift) {
  *x = scale * *x + shift;
}

inline __global__ void fill(float* x, float value) {
  *x = value;
}

inline cudaError_t launch_one(cudaStream_t stream, float* x, float scale, float shift) {
  const cudaLaunchConfig_t config = configure(1, 1, stream);
  return cudaLaunchKernelEx(&config, scale_and_shift, x, scale, shift);
}

}  // namespace emulated
