// Names of errors.
#include <cublas_v2.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <iterator>

#include "tests/emulated/machine.h"

namespace {

struct ErrorText {
  cudaError_t error;
  const char* name;
  const char* text;
};

#define EMULATED_ERROR(error, text) \
  { error, #error, text }

constexpr ErrorText kErrors[] = {
    EMULATED_ERROR(cudaSuccess, "no error"),
    EMULATED_ERROR(cudaErrorInvalidValue, "an argument is not valid"),
    EMULATED_ERROR(cudaErrorMemoryAllocation, "the device has not that much memory left"),
    EMULATED_ERROR(cudaErrorInitializationError, "the driver could not be started"),
    EMULATED_ERROR(cudaErrorInvalidConfiguration, "grid, block or shared memory beyond what the device takes"),
    EMULATED_ERROR(cudaErrorInsufficientDriver, "no driver, or one older than the runtime"),
    EMULATED_ERROR(cudaErrorInvalidDeviceFunction, "not a kernel"),
    EMULATED_ERROR(cudaErrorNoDevice, "no device"),
    EMULATED_ERROR(cudaErrorInvalidDevice, "no device of that number"),
    EMULATED_ERROR(cudaErrorNoKernelImageForDevice, "no code for a device of this compute capability"),
    EMULATED_ERROR(cudaErrorInvalidResourceHandle, "no such stream, event or graph here"),
    EMULATED_ERROR(cudaErrorIllegalState, "not possible in the present state"),
    EMULATED_ERROR(cudaErrorNotReady, "not done yet"),
    EMULATED_ERROR(cudaErrorIllegalAddress, "memory was accessed that is not allocated"),
    EMULATED_ERROR(cudaErrorLaunchOutOfResources, "not enough resources for the launch"),
    EMULATED_ERROR(cudaErrorLaunchFailure, "a kernel failed"),
    EMULATED_ERROR(cudaErrorNotSupported, "not supported"),
    EMULATED_ERROR(cudaErrorStreamCaptureUnsupported, "not allowed while a stream captures"),
    EMULATED_ERROR(cudaErrorStreamCaptureInvalidated, "an earlier error has spoilt the capture"),
    EMULATED_ERROR(cudaErrorStreamCaptureMerge, "two captures would become one"),
    EMULATED_ERROR(cudaErrorStreamCaptureUnmatched, "the capture began in another stream"),
    EMULATED_ERROR(cudaErrorStreamCaptureUnjoined, "a stream has not been joined to the one that began the capture"),
    EMULATED_ERROR(cudaErrorStreamCaptureIsolation, "a captured stream would wait for work outside the capture"),
    EMULATED_ERROR(cudaErrorCapturedEvent, "the event was last recorded in a capture"),
    EMULATED_ERROR(cudaErrorStreamCaptureWrongThread, "the capture began in another thread"),
    EMULATED_ERROR(cudaErrorUnknown, "unknown error"),
};

#undef EMULATED_ERROR

const ErrorText* find(cudaError_t error) {
  const auto* const found =
      std::find_if(std::begin(kErrors), std::end(kErrors), [&](const ErrorText& each) { return each.error == error; });
  return found == std::end(kErrors) ? nullptr : found;
}

cudaError_t last_error(bool forget) {
  emulated::Machine& m = emulated::machine();
  const std::lock_guard lock(m.mutex);
  emulated::start(m);
  if (m.sticky != cudaSuccess) return m.sticky;
  emulated::ThreadState& state = emulated::thread_state();
  return forget ? std::exchange(state.last_error, cudaSuccess) : state.last_error;
}

}  // namespace

const char* cudaGetErrorName(cudaError_t error) {
  const ErrorText* const found = find(error);
  return found != nullptr ? found->name : "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
  const ErrorText* const found = find(error);
  return found != nullptr ? found->text : "unrecognized error code";
}

cudaError_t cudaGetLastError() {
  return last_error(true);
}

cudaError_t cudaPeekAtLastError() {
  return last_error(false);
}

const char* cublasGetStatusString(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_ARCH_MISMATCH:
      return "CUBLAS_STATUS_ARCH_MISMATCH";
    case CUBLAS_STATUS_MAPPING_ERROR:
      return "CUBLAS_STATUS_MAPPING_ERROR";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    case CUBLAS_STATUS_INTERNAL_ERROR:
      return "CUBLAS_STATUS_INTERNAL_ERROR";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
  return "CUBLAS_STATUS_UNKNOWN";
}
