#pragma once
// A stand-in for the CUDA runtime on the host: the names and signatures of the real one, as far as the back end uses
// them. What it does and refuses: tests/emulated/README.md. What a test can ask of it: emulated.h.
#include <cstddef>
#include <functional>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "tests/emulated/include/driver_types.h"

#define CUDART_VERSION 13000

#define __global__
#define __launch_bounds__(...)

/// Which thread runs, as on a device; set for the thread of the host that carries out a kernel.
inline constinit thread_local uint3 blockIdx{0, 0, 0};
inline constinit thread_local uint3 threadIdx{0, 0, 0};
inline constinit thread_local dim3 blockDim{};
inline constinit thread_local dim3 gridDim{};

namespace emulated {
/// The running block's dynamic shared memory, as large as the launch asked for; null if it asked for none. Real kernels call it
/// `extern __shared__`.
inline constinit thread_local void* shared_memory = nullptr;
}  // namespace emulated

// Errors
const char* cudaGetErrorName(cudaError_t error);
const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetLastError();

// Devices
cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaRuntimeGetVersion(int* version);
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total);
cudaError_t cudaDeviceSynchronize();

// Memory
cudaError_t cudaMalloc(void** pointer, std::size_t n_bytes);
cudaError_t cudaFree(void* pointer);
cudaError_t cudaMallocHost(void** pointer, std::size_t n_bytes);
cudaError_t cudaFreeHost(void* pointer);
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t n_bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemsetAsync(void* to, int value, std::size_t n_bytes, cudaStream_t stream);

// Streams and events
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned int flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int flags = 0);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventDestroy(cudaEvent_t event);

// Graphs
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long flags = 0);
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec);

namespace emulated {

/// Whether there is code for the current device.
cudaError_t find_code();

/// Lets launches of the kernel have so much dynamic shared memory.
cudaError_t allow_shared_memory(const std::type_info& kernel, int n_bytes);

/// Checks and queues (or records) a launch. `thread` runs the kernel for the thread that blockIdx and threadIdx name.
cudaError_t launch(const cudaLaunchConfig_t* config, const std::type_info& kernel, std::function<void()> thread);

}  // namespace emulated

struct cudaFuncAttributes {
  int binaryVersion = 0;
};
template <typename Kernel>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, Kernel*) {
  attributes->binaryVersion = 75;
  return emulated::find_code();
}

template <typename Kernel>
cudaError_t cudaFuncSetAttribute(Kernel*, cudaFuncAttribute, int value) {
  return emulated::allow_shared_memory(typeid(Kernel*), value);
}

/// Launches kernel(args...). The arguments are copied bit by bit at the call, as on a device.
template <typename... Expected, typename... Actual>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Expected...), Actual&&... args) {
  static_assert((std::is_trivially_copyable_v<Expected> && ...), "a kernel's arguments are copied bit by bit");
  static_assert((sizeof(Expected) + ... + 0) <= 4096, "a kernel takes at most 4096 bytes of arguments");
  return emulated::launch(
      config, typeid(kernel),
      [kernel, copies = std::tuple<Expected...>(std::forward<Actual>(args)...)] { std::apply(kernel, copies); });
}
