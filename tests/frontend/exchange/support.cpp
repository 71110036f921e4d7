#include "tests/frontend/exchange/support.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/frontend/stream/samples.h"

namespace exchange_support {

namespace {

template <class Number>
void put(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

ear::Header header(ear::Kind kind) {
  ear::Header header = samples::header(kind);
  header.classes = {"one", "two words", "d\u00fcrr"};
  return header;
}

std::vector<ear::Record> records(ear::Kind kind) {
  std::vector<ear::Record> records = {samples::record(kind, "b-1", 4), samples::record(kind, "a_2", 7),
                                      samples::record(kind, "C3", 1)};
  records[0].label = "d\u00fcrr";
  records[1].label = "";
  records[1].sequence = {"two words", "one", "two words"};
  records[1].speaker = "M\u00e4rz";
  records[1].dt_ms = 0.1;
  records[2].label = records[2].speaker = "";
  records[2].decimation = 1;
  if (kind == ear::Kind::kEvents) records[2].data = std::vector<std::uint32_t>{};
  return records;
}

All read_all(ear::RecordSource& source) {
  All all;
  for (ear::SourceItem item; source.next(item);) {
    if (!item.error.empty()) throw std::runtime_error(item.error);
    all.records.push_back(item.record);
    if (!item.warning.empty()) all.warnings.push_back(item.warning);
  }
  return all;
}

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) throw std::runtime_error(path + ": cannot read");
  return bytes.str();
}

void spill(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  if (!file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush()) throw std::runtime_error(path);
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& numbers, bool fortran) {
  std::string dict =
      "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  while ((10 + dict.size() + 1) % 64 != 0) dict += ' ';
  dict += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  put(bytes, static_cast<std::uint16_t>(dict.size()));
  return bytes + dict + numbers;
}

std::string npy_texts(const std::vector<std::string>& texts) {
  std::size_t width = 1;
  for (const std::string& text : texts) width = std::max(width, text.size());
  std::vector<std::uint32_t> characters;
  for (const std::string& text : texts) {
    for (std::size_t i = 0; i < width; ++i)
      characters.push_back(i < text.size() ? static_cast<unsigned char>(text[i]) : 0);
  }
  return npy("<U" + std::to_string(width), "(" + std::to_string(texts.size()) + ",)", numbers(characters));
}

// APPNOTE.TXT 4.3: local headers with contents, then the directory, then its end.
std::string zip(const Members& members) {
  std::string files;
  std::string directory;
  for (const auto& [name, contents] : members) {
    std::string fields;  // what both headers have in common
    for (const int word : {20, 0, 0, 0, 33}) put(fields, static_cast<std::uint16_t>(word));
    put(fields, samples::slow_crc(contents));
    put(fields, static_cast<std::uint32_t>(contents.size()));
    put(fields, static_cast<std::uint32_t>(contents.size()));
    put(fields, static_cast<std::uint16_t>(name.size()));
    put(fields, std::uint16_t{0});
    directory += std::string("PK\1\2\x14\0", 6) + fields + std::string(10, '\0');
    put(directory, static_cast<std::uint32_t>(files.size()));
    directory += name;
    files += std::string("PK\3\4", 4) + fields + name + contents;
  }
  std::string end("PK\5\6\0\0\0\0", 8);
  for (int i = 0; i < 2; ++i) put(end, static_cast<std::uint16_t>(members.size()));
  put(end, static_cast<std::uint32_t>(directory.size()));
  put(end, static_cast<std::uint32_t>(files.size()));
  put(end, std::uint16_t{0});
  return files + directory + end;
}

}  // namespace exchange_support
