#pragma once
// What stands before the numbers in NumPy's array file: of a stream (FORMAT.md section 4), or of an npz from elsewhere.
// Source: numpy/lib/format.py, "NPY format", versions 1.0 to 3.0.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/stream/archive.h"
#include "frontend/stream/stream.h"

namespace ear {

struct NpyHeader {
  std::string descr;                 ///< type of an element: "<f4", "|b1", "<i8", "<U12"
  std::vector<std::uint64_t> shape;  ///< none: a scalar
  bool fortran = false;  ///< the first axis goes round fastest, as in Fortran; false where the order does not matter

  char kind() const { return descr.at(1); }  ///< 'f', 'b', 'i', 'u', 'U', 'S'
  std::uint64_t item_size() const;           ///< bytes of an element
  std::uint64_t n_items() const;
  bool is_number() const { return std::string_view("fbiu").find(kind()) != std::string_view::npos; }
  bool is_text() const { return kind() == 'U' || kind() == 'S'; }
  bool operator==(const NpyHeader&) const = default;
};

/// "(2, 3)", "(2,)".
std::string shape_text(const std::vector<std::uint64_t>& shape);

/// Magic, version 1.0 and header, as numpy.save writes them for an array in C order.
std::string npy_header(const NpyHeader& header);

/// The header of a record's array.
NpyHeader npy_header_of(const Header& header, const Array& array);

/// The dictionary in a header: a literal of Python, of whatever blanks, quotes and order, with numbers such as 3L, which Python 2
/// wrote. Throws std::runtime_error saying what is wrong, and for a type other than little-endian float32 and float64, bool,
/// integers and text of at most kMaxHeaderBytes characters.
NpyHeader parse_npy_dict(std::string dict);

/// Reads the header of the archive's member, appends its bytes to `bytes`, and compares what it claims with the member's size.
/// Throws what ArchiveReader::fail throws: no array, what parse_npy_dict() refuses, a shape that the member is too short or too
/// long for.
NpyHeader read_npy_header(ArchiveReader& archive, Bytes& bytes);

/// Whether the bytes spell the header as npy_header() does, with whatever number of blanks before the line feed at its end.
bool is_spelt_as_numpy(std::string_view bytes, const NpyHeader& header);

}  // namespace ear
