#pragma once
// NumPy's arrays of any type and shape that an npz may hold (frontend/stream/npy.h knows those of a stream alone).
// Source: numpy/lib/format.py, "NPY format", versions 1.0 to 3.0.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/exchange/zip.h"

namespace ear {

/// What stands before the numbers.
struct NpyArray {
  std::string descr;                 ///< "<f4", "|b1", "<i8", "<U12"
  std::vector<std::uint64_t> shape;  ///< none: a scalar
  bool fortran = false;  ///< the first axis goes round fastest, as in Fortran; false where the order does not matter

  char kind() const { return descr.at(1); }  ///< 'f', 'b', 'i', 'u', 'U', 'S'
  std::uint64_t item_size() const;           ///< bytes of an element
  std::uint64_t n_items() const;
  bool is_number() const { return std::string_view("fbiu").find(kind()) != std::string_view::npos; }
  bool is_text() const { return kind() == 'U' || kind() == 'S'; }
};

/// "(2, 3)".
std::string shape_text(const std::vector<std::uint64_t>& shape);

/// Magic, version 1.0 and header, of an array in C order.
std::string npy_array_header(const NpyArray& array);

/// Reads the header of the zip's member, and compares what it claims with the member's size. Throws what ZipReader::fail
/// throws: no array, big-endian, Python objects, dates and structures, a shape that the member is too short or too long for.
NpyArray read_npy_header(ZipReader& zip);

/// n rows from `first` on of an array in Fortran order, in C order: the last axis goes round fastest. A row is what lies under one
/// index of the first axis. `bytes`: the whole array.
Bytes rows_in_c_order(const NpyArray& array, std::span<const std::uint8_t> bytes, std::uint64_t first, std::uint64_t n);

/// Elements of an array of numbers as double (whole numbers beyond 2^53 are rounded). `bytes` holds whole elements.
std::vector<double> npy_numbers(const NpyArray& array, std::span<const std::uint8_t> bytes);

/// Elements of an array of text as UTF-8, without the zeros at their ends. `bytes` holds whole elements. Throws
/// std::runtime_error for what is no character.
std::vector<std::string> npy_texts(const NpyArray& array, std::span<const std::uint8_t> bytes);

/// A list of texts as a member of "<U" elements: type and contents. Throws std::invalid_argument for text that is not UTF-8
/// and for text that ends in a zero, which NumPy drops.
struct NpyTexts {
  std::string descr;
  std::vector<std::uint8_t> bytes;
};
NpyTexts npy_text_array(std::span<const std::string> texts);

}  // namespace ear
