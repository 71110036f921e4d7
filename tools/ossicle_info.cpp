// Prints what a stream, a model or a checkpoint holds.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "frontend/stream/stream.h"
#include "frontend/stream/summary.h"
#include "snn/files/model_file.h"
#include "tools/common/io.h"
#include "tools/common/load.h"
#include "tools/common/run_tool.h"
#include "tools/info/pipeline.h"
#include "tools/info/report.h"

namespace {

struct Options {
  std::string path = "-";
  bool json = false;
  bool pipeline = false;
};

const tools::ToolInfo kInfo = {
    "ossicle-info", "Prints what a stream, a model or a checkpoint holds: recipe, shapes, counts, parameters.",
    "ossicle-lyon *.wav | ossicle-info"};

void define(CLI::App& app, Options& o) {
  app.add_option("FILE", o.path, "Stream, model or checkpoint; - or none: standard input");
  app.add_flag("--json,!--no-json", o.json, "One JSON object instead of text");
  app.add_flag("--pipeline,!--no-pipeline", o.pipeline,
               "The shell line from a recording to a prediction, and nothing else");
}

void check(Options& o) {
  if (o.json && o.pipeline) throw std::invalid_argument("--json and --pipeline: choose one of them");
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
  tools::InputFile file(o.path, "a stream");
  const tools::FileKind kind = tools::kind_of(file);
  if (kind == tools::FileKind::kModel || kind == tools::FileKind::kSafetensors) {
    const snn::Model model = tools::read_model(file);
    const ear::Recipe recipe = tools::recipe_of(model.recipe_json, file.name());
    return print(o, tools::model_report(file.name(), model, recipe), recipe, o.path);
  }
  if (kind == tools::FileKind::kCheckpoint) {
    const snn::Checkpoint found =
        file.is_file() ? snn::read_checkpoint(o.path)
                       : snn::parse_checkpoint(tools::read_file(file, tools::kMaxModelBytes), file.name());
    const ear::Recipe recipe = tools::recipe_of(found.model.recipe_json, file.name());
    return print(o, tools::checkpoint_report(file.name(), found, recipe), recipe, "MODEL");
  }
  if (kind != tools::FileKind::kStream && kind != tools::FileKind::kUnknown) {
    tools::refuse_kind(file.name(), kind, "a stream, a model or a checkpoint");
  }
  ear::Reader reader(file.input(), file.name());
  const ear::Summary summary = ear::summarise(reader);
  print(o, tools::stream_report(file.name(), reader.header(), summary), reader.header().recipe, "MODEL");
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
