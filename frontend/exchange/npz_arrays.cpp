#include "frontend/exchange/npz_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <stdexcept>

#include "frontend/exchange/formats.h"
#include "frontend/exchange/npy_values.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::uint64_t kChunk = 1 << 20;  // bytes of an array that are decoded at a time

}  // namespace

NpzFile::NpzFile(const std::string& path)
    : file(open_regular_file(path, "an npz", n_bytes)), zip(ArchiveFormat::kZip, file.get(), path) {}

bool NpzFile::next() {
  constexpr std::string_view kSuffix = ".npy";
  if (!zip.next()) return false;
  if (!zip.member().ends_with(kSuffix)) zip.fail("no NumPy array; an npz holds NAME.npy alone");
  name = zip.member().substr(0, zip.member().size() - kSuffix.size());
  Bytes bytes;
  type = read_npy_header(zip, bytes);
  return true;
}

bool NpzArrays::is_about_records(const std::string& name) {
  constexpr std::array<const char*, 10> kNames = {"y",     "keys",       "n_steps", "speakers", "sequences",
                                                  "dt_ms", "decimation", "classes", "header",   "offsets"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

NpzArrays::NpzArrays(const std::string& path) : path_(path) {
  NpzFile file(path);
  memory_left_ = (std::uint64_t{64} << 20) + 16 * file.n_bytes;
  while (file.next()) {
    const auto [array, is_new] = arrays_.emplace(file.name, Array{file.type, {}, {}});
    if (!is_new) file.zip.fail("stands twice");
    names_.push_back(file.name);
    if (names_.size() > kMaxNpzRecords) file.zip.fail(fmt::format("the file has more than {} arrays", kMaxNpzRecords));
    if (is_about_records(file.name)) read(file, array->second);
  }
  if (names_.empty()) throw std::runtime_error(path + ": holds no array");
}

void NpzArrays::read(NpzFile& file, Array& array) {
  const NpyHeader& type = array.type;
  ArchiveReader& zip = file.zip;
  if (zip.left() > kMaxArrayBytes || type.n_items() > kMaxNpzRecords + 1) {
    zip.fail(fmt::format("{} elements of {} bytes; at most {} records and {} bytes are read", shape_text(type.shape),
                         type.item_size(), kMaxNpzRecords, kMaxArrayBytes));
  }
  if (type.fortran) zip.fail("in Fortran order; wanted an array of one axis");
  take_memory(file.name, type.n_items() * (type.is_text() ? sizeof(std::string) : sizeof(double)));
  (type.is_text() ? array.texts.reserve(type.n_items()) : array.numbers.reserve(type.n_items()));
  const std::uint64_t items_at_once = std::max<std::uint64_t>(1, kChunk / type.item_size());
  for (Bytes bytes; zip.left() > 0; bytes.clear()) {
    zip.append(bytes, std::min(zip.left(), items_at_once * type.item_size()));
    if (type.is_text()) {
      append_texts(file.name, array, bytes);
    } else {
      std::ranges::copy(npy_numbers(type, bytes), std::back_inserter(array.numbers));
    }
  }
  zip.finish();
}

void NpzArrays::append_texts(const std::string& name, Array& array, const Bytes& bytes) {
  std::vector<std::string> more;
  try {
    more = npy_texts(array.type, bytes);
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
  std::ranges::move(more, std::back_inserter(array.texts));
}

void NpzArrays::require_memory(const std::string& name, std::uint64_t n_bytes) const {
  if (n_bytes <= memory_left_) return;
  fail(name, fmt::format("takes more memory than a file of this size should: {} bytes, {} are left; make several files "
                         "of it, or save it without compression",
                         n_bytes, memory_left_));
}

void NpzArrays::take_memory(const std::string& name, std::uint64_t n_bytes) {
  require_memory(name, n_bytes);
  memory_left_ -= n_bytes;
}

void NpzArrays::fail(const std::string& name, const std::string& message) const {
  throw std::runtime_error(fmt::format("{}: array {}: {}", path_, name, message));
}

const NpzArrays::Array& NpzArrays::checked(const std::string& name, std::optional<std::size_t> n, bool is_text) const {
  const Array& array = arrays_.at(name);
  const auto& shape = array.type.shape;
  if (n && (shape.size() != 1 || shape[0] != *n)) {
    fail(name, fmt::format("shape {}, wanted ({},): one element for each record", shape_text(shape), *n));
  }
  if (array.type.is_text() != is_text) {
    fail(name, fmt::format("type {}, wanted {}", array.type.descr, is_text ? "text" : "numbers"));
  }
  return array;
}

const std::vector<double>& NpzArrays::numbers(const std::string& name, std::optional<std::size_t> n) const {
  return checked(name, n, false).numbers;
}

const std::vector<std::string>& NpzArrays::texts(const std::string& name, std::optional<std::size_t> n) const {
  return checked(name, n, true).texts;
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
