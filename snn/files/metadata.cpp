#include "snn/files/metadata.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>

namespace snn {
namespace {

template <typename T, typename... Format>
std::optional<T> parse(std::string_view text, Format... format) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, format...);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

[[noreturn]] void fail(const std::string& key, const std::string& found, const std::string& wanted) {
  throw std::runtime_error(fmt::format(R"(metadata "{}" is "{}"; wanted is {})", key, shown(found), wanted));
}

}  // namespace

const std::string& get_text(const Metadata& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) throw std::runtime_error(fmt::format("metadata \"{}\" is missing", key));
  return found->second;
}

std::int64_t get_int(const Metadata& metadata, const std::string& key, std::int64_t low, std::int64_t high) {
  const std::string& text = get_text(metadata, key);
  const auto value = parse<std::int64_t>(text);
  if (!value || *value < low || *value > high) fail(key, text, fmt::format("an integer from {} to {}", low, high));
  return *value;
}

std::uint64_t get_hash(const Metadata& metadata, const std::string& key) {
  const std::string& text = get_text(metadata, key);
  const auto value = parse<std::uint64_t>(text, 16);
  if (!value || text != hash_text(*value)) fail(key, text, "16 hexadecimal digits");
  return *value;
}

std::optional<std::uint64_t> find_hash(const Metadata& metadata, const std::string& key) {
  if (!metadata.contains(key)) return std::nullopt;
  return get_hash(metadata, key);
}

std::optional<double> find_positive(const Metadata& metadata, const std::string& key) {
  if (!metadata.contains(key)) return std::nullopt;
  const std::string& text = get_text(metadata, key);
  const auto value = parse<double>(text);
  if (!value || !(*value > 0.0 && std::isfinite(*value))) fail(key, text, "a number above 0");
  return value;
}

std::optional<double> find_share(const Metadata& metadata, const std::string& key) {
  if (!metadata.contains(key)) return std::nullopt;
  const std::string& text = get_text(metadata, key);
  const auto value = parse<double>(text);
  if (!value || !(*value >= 0.0 && *value <= 1.0)) fail(key, text, "a number from 0 to 1");
  return value;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  if (text.size() <= kMost) return std::string(text);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // within a character
  return std::string(text.substr(0, end)) + "...";
}

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

}  // namespace snn
