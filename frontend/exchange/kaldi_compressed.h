#pragma once
// Kaldi's compressed matrices, as steps/make_mfcc.sh and others write them unless told otherwise.
// Source: Kaldi's src/matrix/compressed-matrix.h: formats kOneByteWithColHeaders (CM), kTwoByte (CM2) and kOneByte (CM3).
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ear {

/// Whether a matrix of this mark, "CM ", "CM2 " or "CM3 ", is one.
bool is_compressed(std::string_view mark);

/// What stands before the numbers.
struct CompressedHeader {
  float lowest = 0.0F;  ///< value of the code 0
  float range = 0.0F;   ///< from there to the highest code's
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
};

/// Bytes of the numbers of rows x columns, both below 2^31 and their product below 2^32.
std::uint64_t compressed_bytes(std::string_view mark, const CompressedHeader& header);

/// float [rows][columns] of so many bytes. CM holds a column as codes between four of its percentiles, CM2 and CM3 hold rows
/// as codes of 16 and 8 bits between lowest and lowest + range.
std::vector<float> expand(std::string_view mark, const CompressedHeader& header, std::span<const std::uint8_t> bytes);

}  // namespace ear
