#pragma once
// Single values among a file's metadata, which are all strings. The getters throw std::runtime_error naming the key.
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "snn/files/safetensors.h"

namespace snn {

const std::string& get_text(const Metadata& metadata, const std::string& key);
/// Decimal, low..high.
std::int64_t get_int(const Metadata& metadata, const std::string& key, std::int64_t low, std::int64_t high);
/// Sixteen hexadecimal digits, without and with the right to be absent.
std::uint64_t get_hash(const Metadata& metadata, const std::string& key);
std::optional<std::uint64_t> find_hash(const Metadata& metadata, const std::string& key);
/// A finite number above 0; may be absent.
std::optional<double> find_positive(const Metadata& metadata, const std::string& key);
/// A share, 0..1; may be absent.
std::optional<double> find_share(const Metadata& metadata, const std::string& key);

/// A text of a file as a message shows it: the first 60 bytes, whole characters of UTF-8, then "...".
std::string shown(std::string_view text);

std::string hash_text(std::uint64_t hash);

/// Runs `read` and puts the file's name before what it throws, as std::runtime_error.
template <typename F>
auto with_file_name(const std::string& name, F read) {
  try {
    return read();
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(name + ": " + error.what());
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(name + ": " + error.what());
  }
}

}  // namespace snn
