// Prints what a stream or a model holds.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

#include "frontend/stream/stream.h"
#include "frontend/stream/summary.h"
#include "snn/model_file.h"
#include "tools/common/io.h"
#include "tools/common/run_tool.h"
#include "tools/info/pipeline.h"
#include "tools/info/report.h"

namespace {

struct Options {
  std::string path = "-";
  bool json = false;
  bool pipeline = false;
};

const tools::ToolInfo kInfo = {"ossicle-info",
                               "Prints what a stream or a model holds: recipe, shapes, counts, parameters.",
                               "ossicle-lyon *.wav | ossicle-info"};

void define(CLI::App& app, Options& o) {
  app.add_option("FILE", o.path, "Stream or model; - or none: a stream on standard input");
  app.add_flag("--json,!--no-json", o.json, "One JSON object instead of text");
  app.add_flag("--pipeline,!--no-pipeline", o.pipeline,
               "The shell line from a recording to a prediction, and nothing else");
}

void check(Options& o) {
  if (o.json && o.pipeline) throw std::invalid_argument("--json and --pipeline: choose one of them");
}

constexpr std::size_t kMaxModelBytes = std::size_t{1} << 33;

enum class FileType { kStream, kModel };

// Looks without reading, which a pipe does not allow: what comes through a pipe is a stream.
FileType type_of(const tools::InputFile& file) {
  constexpr std::string_view kStreamStart = "__header__";
  constexpr std::size_t kModelBrace = 8;  // after the length of a safetensors header
  std::array<char, kStreamStart.size()> start = {};
  const ssize_t n = ::pread(file.fd(), start.data(), start.size(), 0);
  if (n < 0 || std::string_view(start.data(), start.size()) == kStreamStart) return FileType::kStream;
  if (n == 0) throw std::runtime_error(file.name() + ": empty file, a stream or model was expected");
  if (start[kModelBrace] == '{') return FileType::kModel;
  throw std::runtime_error(file.name() + ": begins neither as a stream nor as a model");
}

void print(const Options& o, const nlohmann::ordered_json& report, const ear::Recipe& recipe,
           const std::string& model) {
  if (o.pipeline) {
    fmt::print("{}\n", tools::pipeline(recipe, model));
  } else {
    fmt::print("{}", o.json ? report.dump() + "\n" : tools::to_text(report));
  }
}

void run(Options& o, tools::Context&) {
  const tools::InputFile file(o.path, "a stream");
  if (type_of(file) == FileType::kModel) {
    const std::string bytes = tools::read_file(o.path, kMaxModelBytes);
    const snn::Model model = snn::parse_model(bytes, file.name());
    print(o, tools::model_report(o.path, model), ear::parse_recipe(model.recipe_json), o.path);
    return;
  }
  ear::Reader reader(file.fd(), file.name());
  const ear::Summary summary = ear::summarise(reader);
  print(o, tools::stream_report(file.name(), reader.header(), summary), reader.header().recipe, "MODEL");
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
