#pragma once
// Kaldi's binary archives of matrices: `KEY <NUL>BFM <4>rows<4>columns numbers`, one after the other, little-endian.
// Source: Kaldi's src/matrix/kaldi-matrix.cc (Matrix::Write), src/util/kaldi-table-inl.h and, for the formats kOneByteWithColHeaders
// (CM), kTwoByte (CM2) and kOneByte (CM3) that steps/make_mfcc.sh and others write, src/matrix/compressed-matrix.h.
#include <cstdint>
#include <string>
#include <vector>

#include "frontend/exchange/files.h"

namespace ear {

/// float [rows][columns]; doubles are rounded, compressed numbers expanded.
struct KaldiMatrix {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::vector<float> values;
};

/// What stands before the numbers, after `KEY `. Throws std::invalid_argument for sizes beyond 2^31 - 1.
std::string ark_matrix_header(std::uint64_t rows, std::uint64_t columns);

/// The key and the blank after it; false at the end of the archive. Throws std::runtime_error naming archive and byte for what is
/// no key.
bool read_ark_key(ByteInput& ark, std::string& key);

/// The matrix after a key. Throws std::runtime_error naming archive, key and byte: cut, a text archive, a vector, an empty matrix or one beyond FORMAT.md's limit, a double beyond float's range.
KaldiMatrix read_ark_matrix(ByteInput& ark, const std::string& key);

}  // namespace ear
