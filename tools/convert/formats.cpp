#include "tools/convert/formats.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "tools/common/io.h"

namespace tools {

namespace {

namespace fs = std::filesystem;

struct Format {
  std::string name;
  std::string extensions;       ///< divided by blanks
  std::vector<FileKind> kinds;  ///< as which its files are seen by their first bytes; the first is that of an output
};

const std::vector<Format> kFormats = {{"stream", ".tar", {FileKind::kStream}},
                                      {"npz", ".npz", {FileKind::kNpz, FileKind::kZip}},
                                      {"kaldi", ".ark", {FileKind::kKaldi}},
                                      {"shd", ".h5 .hdf5", {FileKind::kHdf5}},
                                      {"text", "", {}},
                                      {"model", ".model", {FileKind::kModel}},
                                      {"nir", ".nir", {}},
                                      {"safetensors", ".safetensors", {FileKind::kSafetensors}}};

std::string by_extension(const std::string& path) {
  const std::string extension = fs::path(path).extension().string();
  for (const Format& format : kFormats) {
    if (!extension.empty() && (format.extensions + " ").find(extension + " ") != std::string::npos) return format.name;
  }
  return "";
}

/// Of a file whose name does not show it.
std::string by_first_bytes(const std::string& path) {
  InputFile file(path, "a file to convert");
  const FileKind kind = kind_of(file);
  for (const Format& format : kFormats) {
    if (std::ranges::count(format.kinds, kind) > 0) return format.name;
  }
  if (kind == FileKind::kText || kind == FileKind::kUnknown) return "";
  refuse_kind(path, kind, "a stream, a model or a file of another program");
}

std::string format_of(const std::string& path, bool is_input) {
  if (path == "-") return "stream";
  if (is_input && fs::is_directory(path)) {
    const auto has = [&path](const char* name) { return fs::exists(fs::path(path) / name); };
    return has("feats.ark") || has("feats.scp") ? "kaldi" : has("list.tsv") ? "text" : "";
  }
  const std::string by_name = by_extension(path);
  return by_name.empty() && is_input && (fs::is_regular_file(path) || !fs::exists(path)) ? by_first_bytes(path)
                                                                                         : by_name;
}

void require(const std::string& format, const char* flag, const std::string& path) {
  if (!format.empty()) return;
  throw std::invalid_argument(
      fmt::format("{}: its name does not show the format; give {} {}", path, flag, fmt::join(format_names(), "|")));
}

}  // namespace

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.push_back(format.name);
  return names;
}

FileKind kind_of_format(const std::string& format) {
  return std::ranges::find(kFormats, format, &Format::name)->kinds.at(0);
}

bool is_model_format(const std::string& format) {
  return format == "model" || format == "nir" || format == "safetensors";
}

Formats complete_formats(Formats formats, const std::string& input, const std::string& output) {
  const bool from_given = !formats.from.empty();
  if (formats.to.empty()) formats.to = format_of(output, false);
  if (!from_given) formats.from = format_of(input, true);
  // A trained model may lie in a .safetensors file, too: what shall come of it decides.
  if (!from_given && formats.to == "nir") formats.from = "model";
  if (formats.from == "safetensors" && (formats.to.empty() || formats.to == "safetensors")) formats.to = "model";
  require(formats.from, "--from", input);
  require(formats.to, "--to", output);
  if (is_model_format(formats.from) != is_model_format(formats.to)) {
    throw std::invalid_argument(
        fmt::format("from {} to {}: records and models do not become one another; --from and --to "
                    "overrule what the names show",
                    formats.from, formats.to));
  }
  return formats;
}

}  // namespace tools
