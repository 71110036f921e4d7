// Scores a model on labelled streams.
#include <fmt/core.h>

#include <optional>
#include <sstream>
#include <stdexcept>

#include "frontend/base/text.h"
#include "snn/files/model_file.h"
#include "snn/score/evaluate.h"
#include "tools/common/io.h"
#include "tools/common/load.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"
#include "tools/eval/report.h"
#include "tools/options/backend_options.h"

namespace {

struct Options {
  std::string model;
  std::vector<std::string> streams;
  std::string confusion;
  std::string latency;
  std::string against;
  std::string decision = "psc";
  snn::EvaluateOptions how;
  int batch_size = 50;
  tools::BackendOptions backend;
  bool json = false;
};

const tools::ToolInfo kInfo = {
    "ossicle-eval",
    "Scores a model on labelled streams: accuracy, confusions, firing rates, synaptic operations, latency.",
    "ossicle-lyon --list test.tsv | ossicle-eval digits.model --confusion confusion.csv"};

void define(CLI::App& app, Options& o) {
  app.add_option("MODEL", o.model, "Model that ossicle-train wrote")->required();
  app.add_option("STREAM", o.streams, "Labelled streams; - or none: standard input");
  app.add_flag("--json,!--no-json", o.json, "One JSON object instead of text, with the whole confusion matrix");
  app.add_option("--confusion", o.confusion,
                 "File that gets the confusion matrix as CSV; -: standard output, and the report goes to standard "
                 "error. The text "
                 "shows the matrix where its rows fit into 160 columns, otherwise the 20 most frequent confusions")
      ->type_name("FILE");
  app.add_option(
         "--latency", o.latency,
         "File that gets the accuracy against the steps heard as CSV: at 5 % to 100 % of each utterance, with the "
         "mean number of steps; -: standard output, and the report goes to standard error")
      ->type_name("FILE");
  app.add_option("--decision", o.decision,
                 "Number of an output neuron that decides: psc (summed PSC), spikes (their count), last:N (PSC of the "
                 "last N steps); of an output layer that does not fire, potentials take the place of PSCs")
      ->capture_default_str();
  app.add_option("--against", o.against,
                 "Another model on the same streams: accuracies, synaptic operations, McNemar's exact test")
      ->type_name("MODEL");
  app.add_option("--batch", o.batch_size, "Utterances at a time")->capture_default_str();
  tools::add_backend_options(app, o.backend);
}

void check(Options& o) {
  if (o.batch_size < 1) throw std::invalid_argument(fmt::format("--batch {}: wanted 1 or more", o.batch_size));
  const bool matrix = tools::is_standard_output(o.confusion), curve = tools::is_standard_output(o.latency);
  if (o.json && matrix) throw std::invalid_argument("--json and --confusion -: the JSON holds the matrix");
  if (o.json && curve) throw std::invalid_argument("--json and --latency -: the JSON holds the curve");
  if (matrix && curve) throw std::invalid_argument("--confusion - and --latency -: name a file");
  try {
    o.how.readout = snn::parse_readout(o.decision);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("--decision {}", error.what()));
  }
  const bool by_psc = o.how.readout.kind == snn::ReadoutKind::kPsc;
  if (!o.latency.empty() && !by_psc) {
    throw std::invalid_argument("--latency and --decision: the curve is of the summed PSC; leave one of them out");
  }
  o.how.traces = by_psc && (o.json || !o.latency.empty());
  tools::check(o.backend);
}

/// No output may be an input or another output.
void keep_inputs(const Options& o) {
  std::vector<std::string> inputs = o.streams;
  inputs.insert(inputs.end(), {o.model, o.against});
  tools::require_other_files({o.latency, o.confusion}, std::move(inputs));
  for (const std::string& output : {o.confusion, o.latency}) {
    tools::require_replaceable(output, tools::FileKind::kText);  // now rather than after the work
  }
}

/// The next utterances whose label the model knows; names the others. None at the end.
snn::Dataset next_batch(const Options& o, const snn::Model& model, tools::UtteranceSource& source,
                        tools::Context& context) {
  snn::Dataset batch{.n_channels = source.header().n_channels, .classes = model.classes, .utterances = {}};
  const auto wanted = static_cast<std::size_t>(o.batch_size);
  for (snn::Utterance utterance; batch.utterances.size() < wanted && source.next(utterance, model.classes);) {
    if (utterance.label >= 0) {
      batch.utterances.push_back(std::move(utterance));
    } else {
      context.fail_record(fmt::format("{}: label '{}' is not one of the model's {} classes{}; left out", utterance.key,
                                      ear::shown(utterance.label_name), model.classes.size(),
                                      ear::look_alike_hint(utterance.label_name, model.classes)));
    }
  }
  return batch;
}

/// Batch by batch, so that a long stream takes no more memory than a short one.
void score(const Options& o, tools::UtteranceSource& source, tools::ScoredModel& scored, tools::ScoredModel* against,
           tools::Context& context) {
  tools::RecordProgress progress(context);
  for (;;) {
    snn::Dataset batch = next_batch(o, scored.model(), source, context);
    if (batch.utterances.empty()) break;
    const std::vector<bool> right = scored.add(batch);
    if (against != nullptr) against->add_beside(batch, right);
    progress.add(batch.utterances.size(), source.share());
  }
  if (scored.counts().n_utterances == 0) {
    throw std::runtime_error("no record has a label that the model knows; is this the right model for the stream?");
  }
}

void run(Options& o, tools::Context& context) {
  keep_inputs(o);
  snn::Model model = tools::read_model(o.model, "the model comes first: ossicle-eval MODEL STREAM");
  tools::UtteranceSource source(o.streams);
  const std::string name = o.streams.empty() ? "standard input" : o.streams.front();
  tools::require_labels(name, source.header());
  tools::check_recipe(name, source.header(), o.model, model.recipe_json, model.input_kind);
  const auto backend = tools::make_backend(o.backend, context);
  tools::ScoredModel scored(o.model, std::move(model), *backend, o.how);
  std::optional<tools::ScoredModel> against;
  if (!o.against.empty()) {
    snn::Model second = tools::read_model(o.against);
    tools::check_recipe(name, source.header(), o.against, second.recipe_json, second.input_kind);
    against.emplace(o.against, std::move(second), *backend, snn::EvaluateOptions{.readout = o.how.readout});
  }
  score(o, source, scored, against ? &*against : nullptr, context);
  if (!o.confusion.empty()) {
    tools::write_file(o.confusion, snn::confusion_csv(scored.scores(), scored.model().classes));
  }
  if (!o.latency.empty()) tools::write_file(o.latency, snn::latency_csv(*scored.latency()));
  const tools::EvalReport report{scored, context.n_failed(), o.how.readout, against ? &*against : nullptr};
  const std::string text = o.json ? report.json() : report.text();
  if (!tools::is_standard_output(o.confusion) && !tools::is_standard_output(o.latency)) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return;
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) context.note(line);
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
