#include "frontend/hdf5/hdf5_library.h"

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace ear::hdf5 {

namespace {

/// Messages of the failed call, the outermost first.
std::vector<std::string> messages() {
  std::vector<std::string> found;
  const auto collect = [](unsigned, const H5E_error2_t* error, void* target) -> herr_t {
    if (error->desc != nullptr) static_cast<std::vector<std::string>*>(target)->emplace_back(error->desc);
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, collect, &found);
  return found;
}

}  // namespace

Quiet::Quiet() {
  // At exit the library would close what failed to close once more, and print when that fails again.
  static const herr_t once = H5dont_atexit();
  static_cast<void>(once);
  H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Quiet::~Quiet() {
  H5Eset_auto2(H5E_DEFAULT, print_, data_);
}

std::string reason() {
  const auto found = messages();
  return found.empty() ? "" : " (" + found.back() + ")";
}

int system_error() {
  for (const std::string& message : messages()) {
    const auto place = message.find("errno = ");
    if (place != std::string::npos) return std::atoi(message.c_str() + place + 8);
  }
  return 0;
}

Handle transfer_of_one_row() {
  const Quiet quiet;
  constexpr std::size_t kBytes = 4096;  // in place of 1 MiB; a row is 16 bytes that point to its numbers
  Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
  H5Pset_buffer(transfer.get(), kBytes, nullptr, nullptr);
  return transfer;
}

Handle float16_type() {
  Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  H5Tset_fields(type.get(), 15, 10, 5, 0, 10);
  H5Tset_size(type.get(), 2);
  H5Tset_ebias(type.get(), 15);
  return type;
}

void decode_float16(const void* stored, std::span<double> values) {
  const auto* bytes = static_cast<const unsigned char*>(stored);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t bits = bytes[2 * i] | static_cast<unsigned>(bytes[2 * i + 1]) << 8;
    const std::uint64_t sign = bits >> 15 << 63;
    const std::uint64_t exponent = bits >> 10 & 31;
    const std::uint64_t mantissa = bits & 1023;
    if (exponent == 0) {
      values[i] = static_cast<double>(mantissa) * (sign != 0 ? -0x1p-24 : 0x1p-24);
    } else {
      const std::uint64_t widened = exponent == 31 ? 2047 : exponent + 1023 - 15;
      values[i] = std::bit_cast<double>(sign | widened << 52 | mantissa << 42);
    }
  }
}

}  // namespace ear::hdf5
