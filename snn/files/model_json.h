#pragma once
// The JSON of model files and checkpoints, and nothing else of them: model_json.cpp is the one place that knows a JSON
// library. Readers throw std::runtime_error, writers std::invalid_argument for text that is not UTF-8 or a number that
// is not finite.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "snn/model/params.h"

namespace snn {

/// One array of a safetensors header; its values lie at data bytes begin..end-1.
struct TensorEntry {
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// A safetensors header: the strings under __metadata__ and the arrays.
struct FileHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorEntry> tensors;
};

std::string header_to_json(const FileHeader& header);
FileHeader header_from_json(std::string_view text);

/// {"network": {"sizes": [...], ...}, ...} with every field of TrainingParams, but for those that may lack and have their
/// defaults; reading wants each of the others and no unknown one, of the right type. Ranges are left to validate().
std::string training_to_json(const TrainingParams& params);
TrainingParams training_from_json(std::string_view text);
/// The same with every field, for a person to read.
std::string all_training_to_json(const TrainingParams& params);

/// "SECTION.FIELD: X in the checkpoint, Y now" for the first field in which they differ; empty if none does.
std::string first_difference(const TrainingParams& in_checkpoint, const TrainingParams& now);

std::string strings_to_json(const std::vector<std::string>& strings);
std::vector<std::string> strings_from_json(std::string_view text);

/// Finite numbers by name, exact to the last bit.
std::string sums_to_json(const std::map<std::string, std::vector<double>>& sums);
std::map<std::string, std::vector<double>> sums_from_json(std::string_view text);

bool is_utf8(const std::string& text);

}  // namespace snn
