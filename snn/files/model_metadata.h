#pragma once
// What models and checkpoints have in common.
#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "snn/files/model_file.h"
#include "snn/files/safetensors.h"

namespace snn {

/// Throws std::invalid_argument for a model that could not be read back.
void check(const Model& model);

/// Everything of a model but its arrays. Reading throws std::runtime_error or std::invalid_argument.
void write_metadata(const Model& model, Metadata& metadata);
void read_metadata(const Metadata& metadata, Model& model);

/// Bytes of the parameters of the network that the metadata describe. Throws as read_metadata does.
std::uint64_t parameter_bytes(const Metadata& metadata);

/// Runs `read` and puts the file's name before what it throws, as std::runtime_error.
template <typename F>
auto with_file_name(const std::string& name, F read) {
  try {
    return read();
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{}: {}", name, error.what()));
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(fmt::format("{}: {}", name, error.what()));
  }
}

}  // namespace snn
