#pragma once
// The container of models and checkpoints: a safetensors file (format of the Hugging Face library of that name) of
// float32 arrays, with a CRC-32 of its own among the metadata. The bytes are set down in MODEL.md.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "snn/files/model_json.h"
#include "snn/model/tensors.h"

namespace snn {

using Metadata = std::map<std::string, std::string>;

struct TensorFile {
  Metadata metadata;  ///< without "crc32", which is the container's own
  Tensors tensors;
};

/// Throws std::invalid_argument for text that is not UTF-8 or a header of more than 4 MiB.
std::string to_safetensors(const TensorFile& file);

/// Throws std::runtime_error saying what was found, wanted and to be done, for bytes that are cut, altered or something
/// else. `format` and `version` are what the metadata "format" and "format_version" must say; checked before anything
/// else of them.
TensorFile from_safetensors(std::span<const char> bytes, const std::string& format, const std::string& version);

/// Bytes that arrive one after the other: a file, a pipe, memory.
struct ByteSource {
  /// Reads the next bytes, as read(2) does: how many, 0 at the end, -1 with errno where it fails.
  std::function<std::ptrdiff_t(std::span<char>)> read;
  std::optional<std::uint64_t> size;  ///< how many there are in all; nothing where only the end tells, as of a pipe
};

/// Appends up to n bytes, fewer only at the source's end. No memory is taken for bytes that are not there. Throws
/// std::runtime_error "cannot be read: ...".
void append_from(const ByteSource& source, std::uint64_t n, std::string& bytes);

/// Most bytes of arrays that a file with these metadata can have. May throw as from_safetensors does.
using DataLimit = std::function<std::uint64_t(const Metadata&)>;

/// The whole source. `format`, `version`, the limit and the source's size are compared with the header before the arrays are
/// read; of what the header does not promise one byte is read at most, and no memory is taken for what a header claims before the
/// bytes are there. Throws std::runtime_error.
std::string read_safetensors(const ByteSource& source, const std::string& format, const std::string& version,
                             const DataLimit& limit);
/// The file at a path, pipes included.
std::string read_safetensors(const std::string& path, const std::string& format, const std::string& version,
                             const DataLimit& limit);

/// Checks that arrays fill the data without holes, for two at the same bytes would make a small file a large one in memory; returns
/// where the last one ends. Throws std::runtime_error naming the array that begins elsewhere or leaves the n_data bytes.
std::uint64_t check_layout(std::vector<TensorEntry> entries, std::uint64_t n_data);
/// Of an array of so many bytes each, one for a scalar. Throws std::runtime_error naming the array for a shape without
/// elements, or one that wants another number of bytes than the array has.
std::size_t count_values(const TensorEntry& entry, std::size_t value_bytes);

}  // namespace snn
