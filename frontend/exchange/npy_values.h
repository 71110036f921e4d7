#pragma once
// The numbers and texts of NumPy's arrays (frontend/stream/npy.h knows what stands before them).
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "frontend/stream/npy.h"

namespace ear {

/// n rows from `first` on of an array of two or three axes in Fortran order, in C order: the last axis goes round fastest. A row is
/// what lies under one index of the first axis. `bytes`: the whole array.
Bytes rows_in_c_order(const NpyHeader& type, std::span<const std::uint8_t> bytes, std::uint64_t first, std::uint64_t n);

/// Elements of an array of numbers as double (whole numbers beyond 2^53 are rounded). `bytes` holds whole elements.
std::vector<double> npy_numbers(const NpyHeader& type, std::span<const std::uint8_t> bytes);

/// Elements of an array of text as UTF-8, without the zeros at their ends. `bytes` holds whole elements. Throws
/// std::runtime_error for what is no character.
std::vector<std::string> npy_texts(const NpyHeader& type, std::span<const std::uint8_t> bytes);

/// A list of texts as a member of "<U" elements: type and contents. Throws std::invalid_argument for text that is not UTF-8
/// and for text that ends in a zero, which NumPy drops.
struct NpyTexts {
  std::string descr;
  Bytes bytes;
};
NpyTexts npy_text_array(std::span<const std::string> texts);

}  // namespace ear
