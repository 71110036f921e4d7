// Names of errors, and the last one of a thread.
#include <cublas_v2.h>

#include "tests/emulated/machine.h"

#define EMULATED_CASE(error) \
  case error:                \
    return #error

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
    EMULATED_CASE(cudaSuccess);
    EMULATED_CASE(cudaErrorInvalidValue);
    EMULATED_CASE(cudaErrorMemoryAllocation);
    EMULATED_CASE(cudaErrorInvalidConfiguration);
    EMULATED_CASE(cudaErrorInsufficientDriver);
    EMULATED_CASE(cudaErrorNoDevice);
    EMULATED_CASE(cudaErrorInvalidDevice);
    EMULATED_CASE(cudaErrorNoKernelImageForDevice);
    EMULATED_CASE(cudaErrorInvalidResourceHandle);
    EMULATED_CASE(cudaErrorIllegalState);
    EMULATED_CASE(cudaErrorIllegalAddress);
    EMULATED_CASE(cudaErrorNotSupported);
    EMULATED_CASE(cudaErrorStreamCaptureUnsupported);
    EMULATED_CASE(cudaErrorStreamCaptureInvalidated);
  }
  return "unrecognized error code";
}

/// Why the stand-in last refused a call: so that messages of the back end say it.
const char* cudaGetErrorString(cudaError_t error) {
  thread_local std::string text;
  text = error == cudaSuccess ? "no error" : emulated::last_refusal();
  return text.empty() ? cudaGetErrorName(error) : text.c_str();
}

const char* cublasGetStatusString(cublasStatus_t status) {
  switch (status) {
    EMULATED_CASE(CUBLAS_STATUS_SUCCESS);
    EMULATED_CASE(CUBLAS_STATUS_NOT_INITIALIZED);
    EMULATED_CASE(CUBLAS_STATUS_ALLOC_FAILED);
    EMULATED_CASE(CUBLAS_STATUS_INVALID_VALUE);
    EMULATED_CASE(CUBLAS_STATUS_EXECUTION_FAILED);
    EMULATED_CASE(CUBLAS_STATUS_NOT_SUPPORTED);
  }
  return "CUBLAS_STATUS_UNKNOWN";
}

cudaError_t cudaGetLastError() {
  emulated::Machine& m = emulated::machine();
  const std::lock_guard lock(m.mutex);
  emulated::start(m);
  if (m.sticky != cudaSuccess) return m.sticky;
  return std::exchange(emulated::thread_state().last_error, cudaSuccess);
}
