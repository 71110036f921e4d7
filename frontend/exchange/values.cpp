#include "frontend/exchange/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "frontend/base/checksum.h"
#include "frontend/stream/npy.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

template <class To, class From, class Fits>
Array convert(std::span<const From> values, int n_channels, Fits fits, const char* wanted) {
  std::vector<To> data(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!fits(values[i])) {
      const auto n = static_cast<std::size_t>(n_channels);
      throw std::runtime_error(
          fmt::format("value {} at step {}, channel {}; wanted {}", values[i], i / n, i % n, wanted));
    }
    data[i] = static_cast<To>(values[i]);
  }
  return data;
}

template <class From>
Array array_of_any(Kind kind, std::span<const From> values, int n_channels) {
  const auto whole_up_to = [](From most) {
    return [most](From v) { return v >= 0 && v <= most && v == std::floor(v); };
  };
  switch (kind) {
    case Kind::kRaster:
      return convert<std::uint8_t>(values, n_channels, whole_up_to(1), "0 or 1 in a raster");
    case Kind::kCounts:
      return convert<std::uint16_t>(values, n_channels, whole_up_to(65535), "whole numbers of 0 to 65535 in counts");
    case Kind::kCochleagram:
      return convert<float>(
          values, n_channels, [](From v) { return std::abs(v) <= std::numeric_limits<float>::max(); },
          "finite numbers within the range of float");
    default:
      throw std::invalid_argument("array_of: events are no dense array");
  }
}

}  // namespace

Array array_of(Kind kind, std::span<const float> values, int n_channels) {
  return array_of_any(kind, values, n_channels);
}

Array array_of(Kind kind, std::span<const double> values, int n_channels) {
  return array_of_any(kind, values, n_channels);
}

std::vector<float> floats_of(const Array& array) {
  return std::visit([](const auto& data) { return std::vector<float>(data.begin(), data.end()); }, array);
}

std::span<const std::uint8_t> bytes_of(const Array& array) {
  return std::visit(
      [](const auto& data) {
        return std::span(reinterpret_cast<const std::uint8_t*>(data.data()), data.size() * sizeof(*data.data()));
      },
      array);
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::uint32_t npy_crc(const Header& header, const Record& record) {
  const auto numbers = bytes_of(record.data);
  NpyHeader shape{dtype(header.kind), 0, 2};
  if (header.kind != Kind::kEvents) shape.columns = static_cast<std::uint64_t>(header.n_channels);
  shape.rows = numbers.size() / (item_size(header.kind) * shape.columns);
  return crc32(numbers, crc32(npy_header(shape)));
}

void check_npy_crc(const Header& header, const Record& record, std::uint32_t wanted, const std::string& remedy) {
  if (npy_crc(header, record) == wanted) return;
  throw std::runtime_error(
      fmt::format("record {}: its numbers are not those that were written (checksum {} was stored); "
                  "if they were changed on purpose, {}",
                  record.key, crc_text(wanted), remedy));
}

std::string one_word(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; }, '_');
  return text;
}

}  // namespace ear
