#pragma once
// Numbers of other formats as the arrays of a stream.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/stream/stream.h"

namespace ear {

inline constexpr double kMsPerSecond = 1000.0;

/// `values` as an array of the kind, which must not be kEvents. Throws std::runtime_error naming the first value, its step and
/// its channel that the kind cannot hold: what is not finite, other than 0 and 1 in a raster, no whole number from 0 to 65,535
/// in counts. Doubles are rounded to float in a cochleagram.
Array array_of(Kind kind, std::span<const float> values, int n_channels);
Array array_of(Kind kind, std::span<const double> values, int n_channels);

/// Every element as float, exact for all kinds but kEvents, which must not be given.
std::vector<float> floats_of(const Array& array);

/// The array's memory, as it stands in a stream.
std::span<const std::uint8_t> bytes_of(const Array& array);
std::span<const std::uint8_t> bytes_of(std::string_view text);

/// The checksum of the record's member KEY.npy (FORMAT.md 5.1).
std::uint32_t npy_crc(const Header& header, const Record& record);

/// Throws std::runtime_error if that is not `wanted`: the numbers were altered since they were written. `remedy` says what
/// to do if that was meant.
void check_npy_crc(const Header& header, const Record& record, std::uint32_t wanted, const std::string& remedy);

/// Text without blanks and line feeds, which become '_': for lists that are divided by them.
std::string one_word(std::string text);

}  // namespace ear
