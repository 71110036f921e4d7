#pragma once
// NumPy's array file, version 1.0, of the four types of a stream (FORMAT.md section 4).
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ear {

/// What stands before the numbers: element type ("<f4", "|b1", "<u2", "<u4") and shape.
struct NpyHeader {
  std::string descr;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  bool operator==(const NpyHeader&) const = default;
};

/// The first bytes, up to the length of the rest of the header.
inline constexpr std::size_t kNpyPrefix = 10;

/// Magic, version and header, as numpy.save writes them for an array in C order.
std::vector<std::uint8_t> npy_header(const NpyHeader& header);

/// Length of the whole header from its first kNpyPrefix bytes. Throws std::runtime_error.
std::size_t npy_header_size(std::span<const std::uint8_t> prefix);

/// Reads a whole header. Throws std::runtime_error for anything but a two-dimensional array in C order.
NpyHeader parse_npy_header(std::span<const std::uint8_t> bytes);

}  // namespace ear
