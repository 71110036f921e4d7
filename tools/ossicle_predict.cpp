// Names recordings, or the records of a stream.
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "frontend/base/text.h"
#include "frontend/stream/list.h"
#include "snn/files/model_file.h"
#include "tools/common/io.h"
#include "tools/common/load.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"
#include "tools/options/backend_options.h"
#include "tools/options/reject_option.h"
#include "tools/predict/answer_lines.h"
#include "tools/predict/predictor.h"
#include "tools/predict/spikes.h"

namespace {

struct Options {
  std::string model;
  std::vector<std::string> inputs;
  tools::BackendOptions backend = {.choice = {.n_threads = 1}, .device = {}};
  int top = 1;
  bool json = false;
  bool confidence = false;
  std::optional<double> reject;
  std::string spikes;
  std::string output = "-";
};

const tools::ToolInfo kInfo = {
    "ossicle-predict", "Names recordings: a line each with path, label and score (the summed output of the class).",
    "ossicle-predict digits.model seven.wav --top 3"};

void define(CLI::App& app, Options& o) {
  app.add_option("MODEL", o.model, "Model that ossicle-train wrote")->required();
  app.add_option("INPUT", o.inputs, "Recordings or streams; - or none: standard input");
  app.add_option("--top", o.top, "Classes to give for each recording, best first")->capture_default_str();
  app.add_flag("--json,!--no-json", o.json, "A JSON object a line; \"confidence\" is null where there is none");
  app.add_flag(
      "--confidence,!--no-confidence", o.confidence,
      "Behind each score the probability that the label is right, - for silence; wants a model that was trained "
      "with a validation part");
  tools::add_reject_option(app, o.reject);
  auto* spikes =
      app.add_option("--spikes", o.spikes,
                     "In place of lines, a raster stream of the spikes of these layers: all (that fire), output, or "
                     "numbers as 1,2; for streams, not for recordings");
  app.add_option("-o,--output", o.output, "File for the stream of --spikes; -: standard output")
      ->type_name("STREAM")
      ->capture_default_str()
      ->needs(spikes);
  tools::add_backend_options(app, o.backend);
}

void check(Options& o) {
  tools::check_reject(o.reject);
  if (o.top < 1) throw std::invalid_argument(fmt::format("--top {}: wanted 1 or more", o.top));
  if (!o.spikes.empty() && (o.json || o.top > 1 || o.confidence || o.reject)) {
    throw std::invalid_argument(
        "--spikes gives a stream and no lines: give it without --json, --top, --confidence and --reject");
  }
  tools::check(o.backend);
  if (o.inputs.empty()) o.inputs = {"-"};
}

void print(const Options& o, const std::string& path, std::vector<ossicle::Answer> answers) {
  if (o.json) {
    nlohmann::ordered_json object = {{"path", path}};
    object.update(tools::to_json(answers, o.top > 1, o.reject));
    tools::print_line(object);
    return;
  }
  tools::reject_below(o.reject, answers);
  std::string line = ear::one_line(path);
  for (const ossicle::Answer& answer : answers) {
    line += fmt::format("\t{}\t{:.3f}", ear::one_line(answer.label), answer.score);
    if (o.confidence) line += "\t" + tools::confidence_text(answer);
  }
  tools::print_line(line);
}

/// Record by record, so that answers come as a pipe brings records.
void name_stream(const Options& o, tools::InputFile& file, tools::Predictor& predictor, tools::Context& context) {
  ear::Reader reader(file.input(), file.name());
  const snn::Model& model = predictor.model();
  tools::check_recipe(file.name(), reader.header(), o.model, model.recipe_json, model.input_kind);
  for (ear::Record record; reader.next(record);) {
    const std::string key = record.key;
    std::vector<std::string> warnings;
    const auto answers = predictor.name(std::move(record), reader.header().n_channels, o.top, warnings);
    for (const std::string& warning : warnings) context.warn(fmt::format("{}: {}: {}", file.name(), key, warning));
    print(o, key, answers);
  }
}

void name_input(const Options& o, const std::string& path, tools::Predictor& predictor, tools::Context& context) {
  tools::InputFile file(path, "a recording or a stream of ossicle-lyon");
  if (tools::kind_of(file) == tools::FileKind::kStream) {
    name_stream(o, file, predictor, context);
  } else {
    tools::require_kind(file, tools::FileKind::kSound, "a recording or a stream",
                        "ossicle-lyon --list makes a stream of it");
    ear::Sound sound = ear::read_sound(file.input(), file.name());
    if (sound.n_channels > 1) {
      context.note(fmt::format("{}: {} channels; their mean is taken", file.name(), sound.n_channels));
    }
    std::vector<std::string> warnings;
    const auto answers = predictor.name(std::move(sound), ear::key_of_path(path), o.top, warnings);
    for (const std::string& warning : warnings) context.warn(file.name() + ": " + warning);
    print(o, path, answers);
  }
}

/// Not an input with a fault: the stream would be short, and nothing in it would say so.
void write_spikes(const Options& o, tools::Predictor& predictor, tools::Context& context) {
  std::vector<std::string> others = o.inputs;
  others.push_back(o.model);
  tools::require_other_files({o.output}, std::move(others));
  const snn::Model& model = predictor.model();
  tools::SpikeStream spikes(o.spikes, o.output, model);
  for (const std::string& path : o.inputs) {
    tools::InputFile file(path, "a stream of ossicle-lyon");
    tools::require_stream(file);
    ear::Reader reader(file.input(), file.name());
    tools::check_recipe(file.name(), reader.header(), o.model, model.recipe_json, model.input_kind);
    spikes.begin(reader.header());
    for (ear::Record record; reader.next(record);) {
      spikes.write(record, predictor.spikes(record, reader.header().n_channels, spikes.layers()));
    }
  }
  spikes.commit();
  if (o.spikes == "all" && spikes.layers().back() < model.training.network.n_layers()) {
    context.note("the output layer does not fire; the stream holds the hidden layers");
  }
}

void run(Options& o, tools::Context& context) {
  constexpr std::string_view kUsage = "the model comes first: ossicle-predict MODEL INPUT";
  tools::Predictor predictor(tools::read_model(o.model, kUsage), o.backend, context);
  tools::recipe_of(predictor.model().recipe_json, o.model);  // once, and not an error of each input
  if (o.confidence || o.reject) tools::require_calibration(predictor.model(), o.model);
  if (!o.spikes.empty()) return write_spikes(o, predictor, context);
  // On a terminal the answers themselves say how far it is.
  std::optional<tools::RecordProgress> progress;
  if (o.inputs.size() > 1 && ::isatty(STDOUT_FILENO) == 0) progress.emplace(context, o.inputs.size(), "inputs");
  std::size_t n_named = 0;
  for (const std::string& path : o.inputs) {
    try {
      name_input(o, path, predictor, context);
      ++n_named;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      if (std::ferror(stdout) != 0) throw;  // nothing more can be said
      const std::string message = error.what();
      context.fail_record(message.starts_with(path) || path == "-" ? message : path + ": " + message);
    }
    if (progress) progress->add(1);
  }
  if (n_named == 0) throw std::runtime_error("no input could be read to its end");
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
