#include "snn/files/safetensors.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "snn/files/metadata.h"

namespace snn {
namespace {

static_assert(std::endian::native == std::endian::little, "model files are little-endian and copied as they are");

constexpr std::size_t kPrefix = 8;  // length of the header, unsigned, little-endian
constexpr std::size_t kAlign = 8;   // data start at a multiple of this
constexpr std::uint64_t kMaxHeader = std::uint64_t{4} << 20;
constexpr std::uint64_t kMaxData = std::uint64_t{1} << 40;  // far above any network that params.cpp admits
constexpr std::string_view kCrcField = R"("crc32":")";      // an unescaped quote: cannot occur inside a JSON string
constexpr std::size_t kCrcDigits = 8;
constexpr const char* kRemedy = "the file is cut or damaged: copy it again, or make it again";

[[noreturn]] void fail(const std::string& message) {
  throw std::runtime_error(message);
}

std::uint64_t header_length(std::span<const char> bytes) {
  if (bytes.size() < kPrefix) {
    fail(fmt::format("holds {} bytes, too few for a model; {}", bytes.size(), kRemedy));
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kPrefix);
  if (length < 2 || length > kMaxHeader) {
    fail(fmt::format(
        "is not a model: its first eight bytes claim a header of {} bytes, wanted are 2 to {}; give a file that "
        "ossicle-train wrote",
        length, kMaxHeader));
  }
  return length;
}

// Of the whole file with the digits of the field itself taken as zeros. `field` is where the digits start.
std::string crc_text(std::string_view file, std::size_t field) {
  const std::string zeros(kCrcDigits, '0');
  uLong crc = crc32_z(0, nullptr, 0);
  for (const std::string_view part :
       {file.substr(0, field), std::string_view(zeros), file.substr(field + kCrcDigits)}) {
    crc = crc32_z(crc, reinterpret_cast<const Bytef*>(part.data()), part.size());
  }
  return fmt::format("{:08x}", crc);
}

void check_crc(std::string_view file, std::string_view header, const Metadata& metadata) {
  const std::size_t at = header.find(kCrcField);
  const auto found = metadata.find("crc32");
  if (at == std::string_view::npos || found == metadata.end() || found->second.size() != kCrcDigits) {
    fail(fmt::format("has no checksum \"crc32\" of {} hexadecimal digits in its metadata; {}", kCrcDigits, kRemedy));
  }
  const std::string wanted = crc_text(file, kPrefix + at + kCrcField.size());
  if (found->second != wanted) {
    fail(fmt::format("has the checksum {}, its bytes give {}; {}", found->second, wanted, kRemedy));
  }
}

void check_format(const Metadata& metadata, const std::string& format, const std::string& version) {
  const auto get = [&metadata](const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string("nothing") : found->second;
  };
  if (get("format") != format) {
    fail(fmt::format(R"(holds "{}" where "{}" is wanted; give the file that ossicle-train writes for this)",
                     shown(get("format")), format));
  }
  if (get("format_version") != version) {
    fail(fmt::format(
        "is of format version {}, this program reads version {}; use the program that wrote it or train again",
        shown(get("format_version")), version));
  }
}

/// As a model has them. Returns the number of data bytes.
std::uint64_t check_model_layout(const std::vector<TensorEntry>& tensors, std::uint64_t limit) {
  const std::uint64_t n_bytes = check_layout(tensors, limit);
  for (const TensorEntry& entry : tensors) {
    if (entry.dtype != "F32")
      fail(fmt::format("array {} is of type {}; wanted is F32; {}", shown(entry.name), shown(entry.dtype), kRemedy));
    count_values(entry, sizeof(float));
  }
  return n_bytes;
}

void check_data_size(std::uint64_t found, std::uint64_t wanted) {
  if (found != wanted) fail(fmt::format("holds {} bytes of data, its header wants {}; {}", found, wanted, kRemedy));
}

FileHeader layout(const Tensors& tensors, const Metadata& metadata) {
  FileHeader header{metadata, {}};
  std::uint64_t end = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::uint64_t begin = end;
    end += tensor.values.size() * sizeof(float);
    header.tensors.push_back({name, "F32", {tensor.shape.begin(), tensor.shape.end()}, begin, end});
  }
  return header;
}

}  // namespace

void append_from(const ByteSource& source, std::uint64_t n, std::string& bytes) {
  constexpr std::uint64_t kChunk = std::uint64_t{1} << 20;
  if (source.size) bytes.reserve(static_cast<std::size_t>(std::min(bytes.size() + n, *source.size)));
  while (n > 0) {
    const std::size_t old = bytes.size();
    std::uint64_t wanted = std::min(n, kChunk);
    // Not beyond what was reserved: the string would grow to twice its size.
    if (source.size && old < *source.size) wanted = std::min(wanted, *source.size - old);
    bytes.resize(old + static_cast<std::size_t>(wanted));
    const std::ptrdiff_t n_read = source.read(std::span(bytes).subspan(old));
    bytes.resize(old + static_cast<std::size_t>(std::max<std::ptrdiff_t>(n_read, 0)));
    if (n_read < 0 && errno == EINTR) continue;
    if (n_read < 0) fail(fmt::format("cannot be read: {}", std::generic_category().message(errno)));
    if (n_read == 0) return;
    n -= static_cast<std::uint64_t>(n_read);
  }
}

std::uint64_t check_layout(std::vector<TensorEntry> entries, std::uint64_t n_data) {
  std::ranges::sort(entries, {}, [](const TensorEntry& entry) { return std::pair(entry.begin, entry.end); });
  std::uint64_t end = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != end || entry.end < entry.begin || entry.end > n_data) {
      fail(fmt::format("array {} claims the data bytes {} to {}; wanted are bytes from {} on, up to {}; {}",
                       shown(entry.name), entry.begin, entry.end, end, n_data, kRemedy));
    }
    end = entry.end;
  }
  return end;
}

std::size_t count_values(const TensorEntry& entry, std::size_t value_bytes) {
  const std::uint64_t n_bytes = entry.end - entry.begin;
  std::uint64_t wanted = value_bytes;
  for (const std::uint64_t n : entry.shape) {
    if (n == 0 || wanted > kMaxData / n)
      fail(fmt::format("array {} claims an impossible shape; {}", shown(entry.name), kRemedy));
    wanted *= n;
  }
  if (wanted != n_bytes)
    fail(fmt::format("array {} takes {} bytes, its shape wants {}; {}", shown(entry.name), n_bytes, wanted, kRemedy));
  return static_cast<std::size_t>(n_bytes / value_bytes);
}

std::string to_safetensors(const TensorFile& file) {
  Metadata metadata = file.metadata;
  metadata["crc32"] = std::string(kCrcDigits, '0');
  std::string header = header_to_json(layout(file.tensors, metadata));
  header.append((kAlign - header.size() % kAlign) % kAlign, ' ');
  if (header.size() > kMaxHeader) {
    throw std::invalid_argument(fmt::format(
        "the header would take {} bytes; at most {} fit: use fewer or shorter class names", header.size(), kMaxHeader));
  }
  const std::uint64_t length = header.size();
  std::size_t n_bytes = kPrefix + header.size();
  for (const auto& [name, tensor] : file.tensors) n_bytes += tensor.values.size() * sizeof(float);
  std::string bytes(kPrefix, '\0');
  bytes.reserve(n_bytes);  // a string that grows is there twice
  std::memcpy(bytes.data(), &length, kPrefix);
  bytes += header;
  for (const auto& [name, tensor] : file.tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float));
  }
  const std::size_t field = bytes.find(kCrcField) + kCrcField.size();
  bytes.replace(field, kCrcDigits, crc_text(bytes, field));
  return bytes;
}

TensorFile from_safetensors(std::span<const char> bytes, const std::string& format, const std::string& version) {
  const std::uint64_t length = header_length(bytes);
  if (length > bytes.size() - kPrefix) {
    fail(fmt::format("claims a header of {} bytes, {} are there; {}", length, bytes.size() - kPrefix, kRemedy));
  }
  const std::string_view all(bytes.data(), bytes.size());
  const std::string_view text = all.substr(kPrefix, static_cast<std::size_t>(length));
  const std::string_view data = all.substr(kPrefix + text.size());
  FileHeader header = header_from_json(text);
  check_format(header.metadata, format, version);
  const std::uint64_t n_bytes = check_model_layout(header.tensors, data.size());
  check_data_size(data.size(), n_bytes);
  check_crc(all, text, header.metadata);
  TensorFile file{std::move(header.metadata), {}};
  file.metadata.erase("crc32");
  for (const TensorEntry& entry : header.tensors) {
    Tensor& tensor = file.tensors[entry.name];
    tensor.shape.assign(entry.shape.begin(), entry.shape.end());
    tensor.values.resize((entry.end - entry.begin) / sizeof(float));
    std::memcpy(tensor.values.data(), data.data() + entry.begin, entry.end - entry.begin);
  }
  return file;
}

std::string read_safetensors(const ByteSource& source, const std::string& format, const std::string& version,
                             const DataLimit& limit) {
  std::string bytes;
  append_from(source, kPrefix, bytes);
  const std::uint64_t length = header_length(bytes);
  append_from(source, length, bytes);
  if (bytes.size() < kPrefix + length) return bytes;
  const FileHeader header = header_from_json(std::string_view(bytes).substr(kPrefix));
  check_format(header.metadata, format, version);
  const std::uint64_t n_bytes = check_model_layout(header.tensors, kMaxData);
  if (const std::uint64_t most = limit(header.metadata); n_bytes > most) {
    fail(fmt::format("claims {} bytes of arrays, the network in its metadata has {} at most; {}", n_bytes, most,
                     kRemedy));
  }
  if (source.size) check_data_size(*source.size - bytes.size(), n_bytes);
  append_from(source, n_bytes + 1, bytes);  // one more byte tells a pipe that is too long
  return bytes;
}

std::string read_safetensors(const std::string& path, const std::string& format, const std::string& version,
                             const DataLimit& limit) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(fmt::format("cannot be opened: {}", std::generic_category().message(errno)));
  ByteSource source{[&in](std::span<char> bytes) -> std::ptrdiff_t {
                      in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
                      return in.bad() ? -1 : static_cast<std::ptrdiff_t>(in.gcount());
                    },
                    std::nullopt};
  if (std::filesystem::is_regular_file(path)) source.size = std::filesystem::file_size(path);
  return read_safetensors(source, format, version, limit);
}

}  // namespace snn
