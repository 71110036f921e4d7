#pragma once
// The container of models and checkpoints: a safetensors file (format of the Hugging Face library of that name) of
// float32 arrays, with a CRC-32 of its own among the metadata. The bytes are set down in MODEL.md.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "snn/base/byte_source.h"
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

}  // namespace snn
