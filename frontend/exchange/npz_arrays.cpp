#include "frontend/exchange/npz_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "frontend/exchange/npz.h"
#include "frontend/stream/rules.h"

namespace ear {

std::string array_name(const ZipReader& zip) {
  constexpr std::string_view kSuffix = ".npy";
  const std::string& member = zip.member();
  if (!member.ends_with(kSuffix)) zip.fail("no NumPy array; an npz holds NAME.npy alone");
  return member.substr(0, member.size() - kSuffix.size());
}

bool NpzArrays::is_about_records(const std::string& name) {
  constexpr std::array<const char*, 10> kNames = {"y",     "keys",       "n_steps", "speakers", "sequences",
                                                  "dt_ms", "decimation", "classes", "header",   "offsets"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

NpzArrays::NpzArrays(const std::string& path) : path_(path) {
  ZipReader zip(path);
  while (zip.next()) {
    const std::string name = array_name(zip);
    const NpyArray type = read_npy_header(zip);
    if (!types_.emplace(name, type).second) zip.fail("stands twice");
    names_.push_back(name);
    if (names_.size() > kMaxNpzRecords) zip.fail(fmt::format("the file has more than {} arrays", kMaxNpzRecords));
    if (!is_about_records(name)) continue;
    if (zip.left() > kMaxArrayBytes || type.n_items() > kMaxNpzRecords + 1) {
      zip.fail(fmt::format("{} elements of {} bytes; at most {} records and {} bytes are read", shape_text(type.shape),
                           type.item_size(), kMaxNpzRecords, kMaxArrayBytes));
    }
    zip.append(contents_[name], zip.left());
    zip.finish();
  }
  if (names_.empty()) throw std::runtime_error(path + ": holds no array");
}

void NpzArrays::fail(const std::string& name, const std::string& message) const {
  throw std::runtime_error(fmt::format("{}: array {}: {}", path_, name, message));
}

void NpzArrays::require_list(const std::string& name, std::size_t n) const {
  const auto& shape = type(name).shape;
  if (shape.size() != 1 || shape[0] != n) {
    fail(name, fmt::format("shape {}, wanted ({},): one element for each record", shape_text(shape), n));
  }
}

std::vector<double> NpzArrays::numbers(const std::string& name) const {
  if (!type(name).is_number()) fail(name, fmt::format("type {}, wanted numbers", type(name).descr));
  return npy_numbers(type(name), contents_.at(name));
}

std::vector<std::string> NpzArrays::texts(const std::string& name) const {
  if (!type(name).is_text()) fail(name, fmt::format("type {}, wanted text", type(name).descr));
  try {
    return npy_texts(type(name), contents_.at(name));
  } catch (const std::runtime_error& bad) {
    fail(name, bad.what());
  }
}

std::vector<double> NpzArrays::numbers(const std::string& name, std::size_t n) const {
  require_list(name, n);
  return numbers(name);
}

std::vector<std::string> NpzArrays::texts(const std::string& name, std::size_t n) const {
  require_list(name, n);
  return texts(name);
}

std::vector<std::int64_t> NpzArrays::whole(const std::string& name, std::size_t n, std::int64_t lowest,
                                           std::int64_t highest) const {
  std::vector<std::int64_t> whole;
  for (const double value : numbers(name, n)) {
    const bool fits = value >= static_cast<double>(lowest) && value <= static_cast<double>(highest);
    if (!fits || value != std::floor(value)) {
      fail(name,
           fmt::format("element {} is {}, wanted a whole number from {} to {}", whole.size(), value, lowest, highest));
    }
    whole.push_back(static_cast<std::int64_t>(value));
  }
  return whole;
}

}  // namespace ear
