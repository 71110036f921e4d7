#include "snn/backend/cuda/library.h"

#include "snn/backend/cuda/cuda_backend.cuh"

#define OSSICLE_EXPORT extern "C" __attribute__((visibility("default")))

OSSICLE_EXPORT const char* ossicle_cuda_version() {
  return snn::cuda::kLibraryVersion;
}

OSSICLE_EXPORT void ossicle_cuda_find_device(const snn::BackendChoice& choice, std::string& device,
                                             std::string& label) {
  const snn::cuda::Device found = snn::cuda::use(choice.device);
  snn::cuda::parse_precision(choice.precision, found);
  device = "cuda:" + std::to_string(found.index);
  label = found.label();
}

OSSICLE_EXPORT snn::Backend<float>* ossicle_cuda_make_backend(const snn::BackendChoice& choice) {
  return new snn::cuda::CudaBackend<float>(choice);
}
