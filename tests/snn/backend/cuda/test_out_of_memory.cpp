#include "snn/backend/out_of_memory.h"

#include <emulated.h>

#include <catch2/catch.hpp>
#include <stdexcept>
#include <typeinfo>

#include "snn/backend/cuda/check.h"

namespace {

/// The type of what check() throws of an error.
template <class Error>
const std::type_info& thrown_of(Error error) {
  try {
    snn::cuda::check(error, "trying");
  } catch (const std::exception& thrown) {
    return typeid(thrown);
  }
  return typeid(void);
}

}  // namespace

TEST_CASE("out of memory: that and no other failure of the runtime or of cuBLAS has this type") {
  CHECK(thrown_of(cudaErrorMemoryAllocation) == typeid(snn::OutOfMemory));
  CHECK(thrown_of(CUBLAS_STATUS_ALLOC_FAILED) == typeid(snn::OutOfMemory));
  CHECK(thrown_of(cudaErrorInvalidValue) == typeid(std::runtime_error));
  CHECK(thrown_of(CUBLAS_STATUS_INVALID_VALUE) == typeid(std::runtime_error));
}

TEST_CASE("out of memory: the calls behind it know nothing of it") {
  emulated::reset({.memory = 1 << 20});
  void* memory = nullptr;
  CHECK(thrown_of(cudaMalloc(&memory, std::size_t{1} << 30)) == typeid(snn::OutOfMemory));
  CHECK(cudaGetLastError() == cudaSuccess);
  emulated::reset();
}
