#include "snn/backend/cuda/device.h"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

#include "snn/backend/cuda/check.h"

namespace snn::cuda {

namespace {

constexpr int kOldestMajor = 7, kOldestMinor = 5;  // of the kernels in this build

int parse_index(const std::string& name) {
  if (name == "cuda") return 0;
  int index = -1;
  if (name.starts_with("cuda:")) {
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + 5, end, index);
    if (error != std::errc() || stop != end) index = -1;
  }
  if (index < 0) throw std::invalid_argument(fmt::format("device '{}': wanted cpu, cuda, cuda:N or auto", name));
  return index;
}

std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

int count_devices(const std::string& name) {
  int n = 0;
  const cudaError_t error = cudaGetDeviceCount(&n);
  if (error == cudaErrorInsufficientDriver) {
    int driver = 0, runtime = 0;
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    throw std::runtime_error(
        fmt::format("device {}: {}, wanted one for CUDA {}; install a newer NVIDIA driver, or use --device cpu", name,
                    driver == 0 ? "no NVIDIA driver found" : "the NVIDIA driver is for CUDA " + version_text(driver),
                    version_text(runtime)));
  }
  if (error == cudaErrorNoDevice || (error == cudaSuccess && n == 0)) {
    throw std::runtime_error(
        fmt::format("device {}: no CUDA device found (CUDA_VISIBLE_DEVICES can hide them); use --device cpu", name));
  }
  if (error != cudaSuccess) {
    throw std::runtime_error(fmt::format("device {}: looking for CUDA devices failed: {} ({}); use --device cpu", name,
                                         cudaGetErrorString(error), cudaGetErrorName(error)));
  }
  return n;
}

}  // namespace

std::string Device::label() const {
  return fmt::format("cuda:{} ({})", index, name);
}

void refuse(const Device& device, const char* why) {
  throw std::runtime_error(fmt::format("device {}: it cannot be used: {}; use --device cpu", device.label(), why));
}

Device find_device(const std::string& name) {
  const int index = parse_index(name);
  const int n_devices = count_devices(name);
  if (index >= n_devices) {
    throw std::runtime_error(fmt::format("device {}: this machine has {} CUDA device{}, wanted 0 to {}", name,
                                         n_devices, n_devices == 1 ? "" : "s", n_devices - 1));
  }
  cudaDeviceProp found = {};
  check(cudaGetDeviceProperties(&found, index), "asking for a device's properties");
  const Device device{index, found.name, found.major, found.minor, found.sharedMemPerBlockOptin};
  if (device.major < kOldestMajor || (device.major == kOldestMajor && device.minor < kOldestMinor)) {
    throw std::runtime_error(fmt::format("device {}: compute capability {}.{}, wanted {}.{} or newer; use --device cpu",
                                         device.label(), device.major, device.minor, kOldestMajor, kOldestMinor));
  }
  return device;
}

}  // namespace snn::cuda
