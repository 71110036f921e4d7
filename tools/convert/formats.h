#pragma once
// The formats of ossicle-convert and how a path shows which one it has.
#include <string>
#include <vector>

#include "tools/common/file_kind.h"

namespace tools {

/// "stream", "npz", "kaldi", "shd", "text"; and of models "model", "nir", "safetensors".
std::vector<std::string> format_names();
/// Of a format that is one file.
FileKind kind_of_format(const std::string& format);
bool is_model_format(const std::string& format);

struct Formats {
  std::string from;
  std::string to;
};

/// Completes the formats that are not given (empty): by extension (.tar .npz .ark .h5 .hdf5 .model .nir .safetensors), by what
/// is in an input folder (feats.ark or feats.scp: kaldi; list.tsv: text) or an input file without such a name, "-" is a stream. A model goes to nir, and weights in
/// safetensors to a model, so that one of the two shows the other. Throws std::invalid_argument where it cannot be told, and
/// between records and models.
Formats complete_formats(Formats given, const std::string& input, const std::string& output);

}  // namespace tools
