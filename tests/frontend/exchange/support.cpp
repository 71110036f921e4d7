#include "tests/frontend/exchange/support.h"

#include <fcntl.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "frontend/exchange/files.h"
#include "frontend/exchange/formats.h"

namespace exchange_support {

namespace {

template <class Number>
void put(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// APPNOTE.TXT 4.4.5: nothing (0), or deflate without zlib's own header (8).
constexpr int kStored = 0;
constexpr int kDeflated = 8;

std::string deflated(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zlib");
  return out;
}

// APPNOTE.TXT 4.3: local headers with contents, then the directory, then its end.
std::string zip_of(const Members& members, int method) {
  std::string files;
  std::string directory;
  for (const auto& [name, contents] : members) {
    const std::string stored = method == kDeflated ? deflated(contents) : contents;
    std::string fields;  // what both headers have in common
    const bool is_ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    const int flags = is_ascii ? 0 : 1 << 11;  // the name is UTF-8
    for (const int word : {20, flags, method, 0, 33}) put(fields, static_cast<std::uint16_t>(word));
    put(fields,
        static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(contents.data()), contents.size())));
    put(fields, static_cast<std::uint32_t>(stored.size()));
    put(fields, static_cast<std::uint32_t>(contents.size()));
    put(fields, static_cast<std::uint16_t>(name.size()));
    put(fields, std::uint16_t{0});
    directory += std::string("PK\1\2\x14\0", 6) + fields + std::string(10, '\0');
    put(directory, static_cast<std::uint32_t>(files.size()));
    directory += name;
    files += std::string("PK\3\4", 4) + fields + name + stored;
  }
  std::string end("PK\5\6\0\0\0\0", 8);
  for (int i = 0; i < 2; ++i) put(end, static_cast<std::uint16_t>(members.size()));
  put(end, static_cast<std::uint32_t>(directory.size()));
  put(end, static_cast<std::uint32_t>(files.size()));
  put(end, std::uint16_t{0});
  return files + directory + end;
}

std::vector<std::string> write_all(ear::RecordWriter& writer, const std::vector<ear::Record>& records) {
  for (const ear::Record& record : records) writer.write(record);
  return writer.close();
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

All read_all(ear::RecordReader& source) {
  All all;
  for (ear::ReadRecord item; source.next(item);) {
    if (!item.error.empty()) throw std::runtime_error(item.error);
    all.records.push_back(item.record);
    if (!item.warning.empty()) all.warnings.push_back(item.warning);
  }
  return all;
}

ear::ForeignParams step_of(double dt_ms) {
  ear::ForeignParams params;
  params.dt_ms = dt_ms;
  return params;
}

std::vector<std::string> write_npz(const std::string& path, const ear::Header& header,
                                   const std::vector<ear::Record>& records) {
  const ear::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666));
  return write_all(*ear::make_npz_writer(file.get(), path, header, path.substr(0, path.rfind('/'))), records);
}

std::vector<std::string> write_kaldi(const std::string& folder, const ear::Header& header,
                                     const std::vector<ear::Record>& records) {
  std::filesystem::create_directory(folder);
  return write_all(*ear::make_kaldi_writer(folder, "data/train", header), records);
}

std::vector<std::string> write_shd(const std::string& path, ear::Kind kind) {
  return write_all(*ear::make_shd_writer(path, path, header(kind)), records(kind));
}

std::string path_of(const samples::Memory& memory) {
  return "/proc/self/fd/" + std::to_string(memory.fd());
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

std::string zip(const Members& members) {
  return zip_of(members, kStored);
}

std::string deflated_zip(const Members& members) {
  return zip_of(members, kDeflated);
}

}  // namespace exchange_support
