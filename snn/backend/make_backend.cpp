// The only file that knows which back ends there are.
#include <fmt/format.h>

#include "snn/backend/backend.h"
#include "snn/backend/cpu/cpu_backend.h"
#include "snn/backend/load_cuda.h"

namespace snn {

namespace {

constexpr const char* kCpu = "cpu";
constexpr const char* kAuto = "auto";

bool is_cuda(const std::string& device) {
  return device == "cuda" || device.starts_with("cuda:");
}

void check_cpu_precision(const BackendChoice& choice) {
  if (choice.precision == "fp32") return;
  throw std::invalid_argument(fmt::format(
      "precision '{}': the CPU multiplies in fp32; use --device cuda, or leave --precision out", choice.precision));
}

}  // namespace

ResolvedDevice resolve_device(const BackendChoice& choice) {
  if (choice.device == kCpu) {
    check_cpu_precision(choice);
    return {kCpu, kCpu, ""};
  }
  if (choice.device != kAuto) {
    if (!is_cuda(choice.device)) {
      throw std::invalid_argument(fmt::format("device '{}': wanted cpu, cuda, cuda:N or auto", choice.device));
    }
    const CudaDevice found = find_cuda_device(choice);
    return {found.device, found.label, ""};
  }
  try {
    BackendChoice first = choice;
    first.device = "cuda";
    const CudaDevice found = find_cuda_device(first);
    return {found.device, found.label, ""};
  } catch (const std::runtime_error& error) {
    check_cpu_precision(choice);
    return {kCpu, kCpu, error.what()};
  }
}

template <class Real>
std::unique_ptr<Backend<Real>> make_backend(const BackendChoice& choice) {
  const ResolvedDevice resolved = resolve_device(choice);
  if (resolved.device == kCpu) return make_cpu_backend<Real>(choice.n_threads, choice.isa);
  BackendChoice found = choice;
  found.device = resolved.device;
  return load_cuda_backend(found);
}

template std::unique_ptr<Backend<float>> make_backend(const BackendChoice&);

}  // namespace snn
