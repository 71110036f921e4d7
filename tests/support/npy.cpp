#include "tests/support/npy.h"

#include <archive.h>
#include <archive_entry.h>
#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace support {

static_assert(std::endian::native == std::endian::little, "the golden vectors are little endian");

namespace {

template <class Element>
void widen(const char* data, std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Element element;
    std::memcpy(&element, data + i * sizeof(Element), sizeof(Element));
    values[i] = static_cast<double>(element);
  }
}

struct ElementType {
  std::string code;
  std::size_t size;
  std::function<void(const char*, std::vector<double>&)> widen;
};

const std::vector<ElementType>& element_types() {
  static const std::vector<ElementType> kTypes = {
      {"<f8", 8, widen<double>},        {"<f4", 4, widen<float>},         {"<i4", 4, widen<std::int32_t>},
      {"<i8", 8, widen<std::int64_t>},  {"<i2", 2, widen<std::int16_t>},  {"<u2", 2, widen<std::uint16_t>},
      {"<u4", 4, widen<std::uint32_t>}, {"<u8", 8, widen<std::uint64_t>}, {"|i1", 1, widen<std::int8_t>},
      {"|u1", 1, widen<std::uint8_t>},  {"|b1", 1, widen<std::uint8_t>}};
  return kTypes;
}

/// The text between `open` and `close` after the key in a .npy header.
std::string header_field(const std::string& header, const std::string& key, char open, char close) {
  const auto at = header.find("'" + key + "':");
  const auto first = at == std::string::npos ? at : header.find(open, at + key.size() + 3);
  const auto last = first == std::string::npos ? first : header.find(close, first + 1);
  if (last == std::string::npos) throw std::runtime_error("no field '" + key + "' in the .npy header " + header);
  return header.substr(first + 1, last - first - 1);
}

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

Reader open_npz(const std::filesystem::path& path) {
  Reader reader(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), 1 << 16) != ARCHIVE_OK) {
    throw std::runtime_error(path.string() + ": " + archive_error_string(reader.get()));
  }
  return reader;
}

std::string read_member(archive* reader, archive_entry* entry) {
  std::string content;
  std::vector<char> block(1 << 16);
  for (;;) {
    const auto n_bytes = archive_read_data(reader, block.data(), block.size());
    if (n_bytes < 0) throw std::runtime_error(std::string(archive_entry_pathname(entry)) + ": cannot be read");
    if (n_bytes == 0) return content;
    content.append(block.data(), static_cast<std::size_t>(n_bytes));
  }
}

bool holds_case(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return std::filesystem::exists(path / "case.json");
  if (path.extension() != ".npz") return false;
  const Reader reader = open_npz(path);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    if (std::string(archive_entry_pathname(entry)) == "case.json") return true;
  }
  return false;
}

}  // namespace

Array parse_npy(const std::string& bytes, const std::string& name) {
  constexpr std::size_t kPreamble = 10;  // magic, version 1.0, header length
  if (bytes.size() < kPreamble || bytes.compare(0, 6, "\x93NUMPY") != 0 || bytes[6] != 1) {
    throw std::runtime_error(name + ": not a .npy file of version 1");
  }
  const std::size_t length =
      static_cast<unsigned char>(bytes[8]) + 256U * static_cast<std::size_t>(static_cast<unsigned char>(bytes[9]));
  const std::string header = bytes.substr(kPreamble, length);
  if (header.find("'fortran_order': False") == std::string::npos) throw std::runtime_error(name + ": not in C order");
  Array array;
  std::stringstream extents(header_field(header, "shape", '(', ')'));
  for (std::string extent; std::getline(extents, extent, ',');) {
    if (extent.find_first_not_of(' ') != std::string::npos) array.shape.push_back(std::stoi(extent));
  }
  const std::string code = header_field(header, "descr", '\'', '\'');
  const auto& types = element_types();
  const auto type = std::find_if(types.begin(), types.end(), [&](const ElementType& t) { return t.code == code; });
  if (type == types.end()) throw std::runtime_error(name + ": element type " + code + " is not supported");
  const std::size_t n_values =
      std::accumulate(array.shape.begin(), array.shape.end(), std::size_t{1},
                      [](std::size_t product, int extent) { return product * static_cast<std::size_t>(extent); });
  if (bytes.size() != kPreamble + length + n_values * type->size) {
    throw std::runtime_error(name + ": " + std::to_string(bytes.size()) + " bytes do not fit the header " + header);
  }
  array.values.resize(n_values);
  type->widen(bytes.data() + kPreamble + length, array.values);
  return array;
}

Golden::Golden(std::filesystem::path path) : path_(std::move(path)) {
  if (std::filesystem::is_directory(path_)) return;
  const Reader reader = open_npz(path_);
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const std::string name = archive_entry_pathname(entry);
    members_[name] = read_member(reader.get(), entry);
  }
  if (status != ARCHIVE_EOF) throw std::runtime_error(path_.string() + ": " + archive_error_string(reader.get()));
}

std::string Golden::bytes(const std::string& file) const {
  if (const auto member = members_.find(file); member != members_.end()) return member->second;
  std::ifstream stream(path_ / file, std::ios::binary);
  if (!members_.empty() || !stream) throw std::runtime_error(path_.string() + ": no " + file);
  std::stringstream content;
  content << stream.rdbuf();
  return content.str();
}

Array Golden::array(const std::string& name) const {
  return parse_npy(bytes(name + ".npy"), path_.string() + ": " + name + ".npy");
}

bool Golden::has(const std::string& name) const {
  return members_.contains(name + ".npy") || std::filesystem::exists(path_ / (name + ".npy"));
}

nlohmann::json Golden::json(const std::string& name) const {
  return nlohmann::json::parse(bytes(name + ".json"));
}

std::string Golden::name() const {
  return path_.extension() == ".npz" ? path_.stem() : path_.filename();
}

std::filesystem::path golden_root(const std::string& kind) {
  const char* elsewhere = std::getenv("OSSICLE_GOLDEN");
  return std::filesystem::path(elsewhere != nullptr ? elsewhere : OSSICLE_TEST_DATA) / kind;
}

std::vector<std::filesystem::path> golden_cases(const std::string& kind) {
  std::map<std::string, std::filesystem::path> cases;
  for (const auto& root : {golden_root(kind), std::filesystem::path(OSSICLE_TEST_DATA) / kind}) {
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
      if (holds_case(entry.path())) cases.emplace(Golden(entry.path()).name(), entry.path());
    }
  }
  if (cases.empty()) throw std::runtime_error("no golden cases in " + golden_root(kind).string());
  std::vector<std::filesystem::path> paths;
  for (const auto& [name, path] : cases) paths.push_back(path);
  return paths;
}

std::filesystem::path golden_path(const std::filesystem::path& root, const std::string& name) {
  return std::filesystem::is_directory(root / name) ? root / name : root / (name + ".npz");
}

}  // namespace support
