#pragma once
// Which CUDA device, and whether it can be used.
#include <cstddef>
#include <string>

namespace snn::cuda {

struct Device {
  int index = 0;
  std::string name;              ///< "NVIDIA H100 80GB HBM3"
  int major = 0, minor = 0;      ///< compute capability
  std::size_t shared_bytes = 0;  ///< memory on the chip that a block of threads can have
  std::string label() const;     ///< "cuda:0 (NVIDIA H100 80GB HBM3)"
};

/// The device of a name "cuda" or "cuda:N". Throws std::invalid_argument for another name, std::runtime_error if there is
/// no driver, no such device, or if it is too old, saying what was found and what is wanted.
Device find_device(const std::string& name);

/// Throws std::runtime_error saying that this device cannot be used, and why.
[[noreturn]] void refuse(const Device& device, const char* why);

}  // namespace snn::cuda
