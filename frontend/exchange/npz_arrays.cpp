#include "frontend/exchange/npz_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <stdexcept>

#include "frontend/exchange/npz.h"
#include "frontend/stream/rules.h"
#include "frontend/stream/stream.h"

namespace ear {

namespace {

constexpr std::uint64_t kChunk = 1 << 20;  // bytes of an array that are decoded at a time

}  // namespace

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
  max_memory_ = max_npz_memory(std::filesystem::file_size(path));
  while (zip.next()) {
    const std::string name = array_name(zip);
    const NpyArray type = read_npy_header(zip);
    if (!types_.emplace(name, type).second) zip.fail("stands twice");
    names_.push_back(name);
    if (names_.size() > kMaxNpzRecords) zip.fail(fmt::format("the file has more than {} arrays", kMaxNpzRecords));
    if (is_about_records(name)) read(zip, name, type);
  }
  if (names_.empty()) throw std::runtime_error(path + ": holds no array");
}

void NpzArrays::read(ZipReader& zip, const std::string& name, const NpyArray& type) {
  if (zip.left() > kMaxArrayBytes || type.n_items() > kMaxNpzRecords + 1) {
    zip.fail(fmt::format("{} elements of {} bytes; at most {} records and {} bytes are read", shape_text(type.shape),
                         type.item_size(), kMaxNpzRecords, kMaxArrayBytes));
  }
  if (type.fortran) zip.fail("in Fortran order; wanted an array of one axis");
  take_memory(name, type.n_items() * (type.is_text() ? sizeof(std::string) : sizeof(double)));
  auto& texts = texts_[name];
  auto& numbers = numbers_[name];
  if (type.is_text()) texts.reserve(type.n_items());
  if (type.is_number()) numbers.reserve(type.n_items());
  const std::uint64_t items_at_once = std::max<std::uint64_t>(1, kChunk / type.item_size());
  for (Bytes bytes; zip.left() > 0; bytes.clear()) {
    zip.append(bytes, std::min(zip.left(), items_at_once * type.item_size()));
    if (type.is_text()) {
      append_texts(name, type, bytes);
    } else {
      const auto more = npy_numbers(type, bytes);
      numbers.insert(numbers.end(), more.begin(), more.end());
    }
  }
  zip.finish();
}

void NpzArrays::append_texts(const std::string& name, const NpyArray& type, const Bytes& bytes) {
  std::vector<std::string> more;
  try {
    more = npy_texts(type, bytes);
  } catch (const std::runtime_error& bad) {
    fail(name, bad.what());
  }
  const std::size_t n_inside = std::string().capacity();  // characters that need no memory of their own
  std::uint64_t n_bytes = 0;
  for (std::string& text : more) {
    text.shrink_to_fit();
    if (text.capacity() > n_inside) n_bytes += text.capacity() + 1;
  }
  take_memory(name, n_bytes);
  std::ranges::move(more, std::back_inserter(texts_[name]));
}

void NpzArrays::require_memory(const std::string& name, std::uint64_t n_bytes) const {
  if (n_bytes <= max_memory_ - memory_) return;
  fail(name,
       fmt::format("takes more memory than a file of this size should: {} bytes with what was read before, at most "
                   "{} are taken; make several files of it, or save it without compression",
                   memory_ + n_bytes, max_memory_));
}

void NpzArrays::take_memory(const std::string& name, std::uint64_t n_bytes) {
  require_memory(name, n_bytes);
  memory_ += n_bytes;
}

void NpzArrays::require_memory_for(const std::string& name, std::uint64_t n_records) const {
  constexpr std::uint64_t kKey = 100;  // bytes of a key in the set of those that were given
  require_memory(name, n_records * (sizeof(Record) + kKey));
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

const std::vector<double>& NpzArrays::numbers(const std::string& name) const {
  if (!type(name).is_number()) fail(name, fmt::format("type {}, wanted numbers", type(name).descr));
  return numbers_.at(name);
}

const std::vector<std::string>& NpzArrays::texts(const std::string& name) const {
  if (!type(name).is_text()) fail(name, fmt::format("type {}, wanted text", type(name).descr));
  return texts_.at(name);
}

const std::vector<double>& NpzArrays::numbers(const std::string& name, std::size_t n) const {
  require_list(name, n);
  return numbers(name);
}

const std::vector<std::string>& NpzArrays::texts(const std::string& name, std::size_t n) const {
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
