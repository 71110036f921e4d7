#pragma once
// What the tests of the stand-in share.
#include <cuda_runtime.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "tests/emulated/include/emulated.h"

namespace emulated {

/// A machine fresh at the beginning of a test, with a stream, and cleared at its end.
struct Rig {
  cudaStream_t stream = nullptr;

  explicit Rig(const Options& options = {}) {
    reset(options, true);
    stream = make_stream();
  }
  ~Rig() { reset({}, true); }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  static cudaStream_t make_stream() {
    cudaStream_t made = nullptr;
    REQUIRE(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking) == cudaSuccess);
    return made;
  }
  static cudaEvent_t make_event() {
    cudaEvent_t event = nullptr;
    REQUIRE(cudaEventCreateWithFlags(&event, cudaEventDisableTiming) == cudaSuccess);
    return event;
  }

  /// n numbers on the device, every byte 0xFF.
  template <typename T>
  static T* device(std::size_t n) {
    void* data = nullptr;
    REQUIRE(cudaMalloc(&data, n * sizeof(T)) == cudaSuccess);
    return static_cast<T*>(data);
  }
  template <typename T>
  static T* pinned(std::size_t n) {
    void* data = nullptr;
    REQUIRE(cudaMallocHost(&data, n * sizeof(T)) == cudaSuccess);
    return static_cast<T*>(data);
  }
  /// These numbers on the device, by way of pinned memory.
  template <typename T>
  T* upload(const std::vector<T>& values) const {
    T *const data = device<T>(values.size()), *const source = pinned<T>(values.size());
    std::ranges::copy(values, source);
    REQUIRE(cudaMemcpyAsync(data, source, values.size() * sizeof(T), cudaMemcpyHostToDevice, stream) == cudaSuccess);
    return data;
  }
  /// n numbers from the device; waits for the stream.
  template <typename T>
  std::vector<T> fetch(const T* data, std::size_t n) const {
    T* const target = pinned<T>(n);
    REQUIRE(cudaMemcpyAsync(target, data, n * sizeof(T), cudaMemcpyDeviceToHost, stream) == cudaSuccess);
    REQUIRE(cudaStreamSynchronize(stream) == cudaSuccess);
    return {target, target + n};
  }
};

/// Launches kernel(args...) on the stream.
template <typename... Expected, typename... Actual>
cudaError_t launch(cudaStream_t stream, dim3 grid, dim3 block, void (*kernel)(Expected...), Actual... args) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.stream = stream;
  return cudaLaunchKernelEx(&config, kernel, args...);
}

/// x = scale x + shift: two of them show in which order they ran.
inline __global__ void scale_and_shift(float* x, float scale, float shift) {
  *x = scale * *x + shift;
}

inline cudaError_t launch_one(cudaStream_t stream, float* x, float scale, float shift) {
  return launch(stream, 1, 1, scale_and_shift, x, scale, shift);
}

}  // namespace emulated
