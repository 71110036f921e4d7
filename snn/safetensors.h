#pragma once
// The container of models and checkpoints: a safetensors file (format of the Hugging Face library of that name) of
// float32 arrays, with a CRC-32 of its own among the metadata. The bytes are set down in MODEL.md.
#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "snn/tensors.h"

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

/// The whole file, pipes included; no memory is taken for what its header claims before the bytes are there.
/// Throws std::runtime_error.
std::string read_safetensors(const std::string& path);

}  // namespace snn
