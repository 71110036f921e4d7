#pragma once
// The CUDA back end on the stand-in of tests/emulated/, in float and in double.
#include <emulated.h>

#include "snn/backend/cuda/cuda_backend.cuh"

template <>
inline void snn::cuda::Blas::multiply(const Product<double>& product) const {
  multiply_as(product, CUDA_R_64F, CUBLAS_COMPUTE_64F);
}

namespace support {

template <class Real>
std::unique_ptr<snn::Backend<Real>> make_emulated_backend(const std::string& precision = "fp32") {
  return std::make_unique<snn::cuda::CudaBackend<Real>>(snn::BackendChoice{.device = "cuda", .precision = precision});
}

/// A device with a stream and memory, without the rest of a back end. The stand-in begins anew with it.
struct EmulatedDevice {
  snn::cuda::Device device;
  snn::cuda::Stream stream;
  snn::cuda::DeviceMemory memory;

  explicit EmulatedDevice(const emulated::Options& options = {})
      : device((emulated::reset(options), snn::cuda::use("cuda"))),
        stream(snn::cuda::make_stream()),
        memory(device, stream.get()) {}

  template <class T>
  snn::Buffer<T> upload(const std::vector<T>& values) {
    snn::Buffer<T> buffer(memory, values.size());
    buffer.upload(values);
    return buffer;
  }
};

}  // namespace support
