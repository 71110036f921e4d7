#pragma once
// Files of weights, byte by byte.
#include <cstdint>
#include <string>
#include <vector>

namespace weights_bytes {

struct Array {
  std::string name, dtype, shape, bytes;
};

template <typename Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

inline std::string file_of(const std::vector<Array>& arrays) {
  std::string header = "{", data;
  for (const Array& a : arrays) {
    header += (header.size() > 1 ? ",\"" : "\"") + a.name + R"(":{"dtype":")" + a.dtype + R"(","shape":)" + a.shape +
              R"(,"data_offsets":[)" + std::to_string(data.size()) + ",";
    data += a.bytes;
    header += std::to_string(data.size()) + "]}";
  }
  header += "}";
  const std::uint64_t length = header.size();
  return bytes_of<std::uint64_t>({length}) + header + data;
}

}  // namespace weights_bytes
