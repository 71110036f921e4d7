// Scores a model on labelled streams.
#include <fmt/core.h>

#include <optional>
#include <sstream>
#include <stdexcept>
#include <tuple>

#include "frontend/base/text.h"
#include "snn/files/model_file.h"
#include "snn/score/evaluate.h"
#include "tools/common/io.h"
#include "tools/common/load.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"
#include "tools/eval/report.h"
#include "tools/eval/transcripts.h"
#include "tools/options/backend_options.h"
#include "tools/options/reject_option.h"

namespace {

struct Options {
  std::string model;
  std::vector<std::string> streams;
  std::string confusion;
  std::string latency;
  std::string against;
  std::string decision = "psc";
  std::optional<double> reject;
  std::vector<std::string> unknown;
  std::string det;
  std::vector<std::string> transcripts;
  snn::EvaluateOptions how;
  int batch_size = 50;
  tools::BackendOptions backend;
  bool json = false;
};

const tools::ToolInfo kInfo = {
    "ossicle-eval",
    "Scores a model on labelled streams: accuracy, confusions, firing rates, synaptic operations, latency.",
    "ossicle-lyon --list test.tsv | ossicle-eval digits.model --confusion confusion.csv"};

/// What is done with answers that may be none.
void add_rejection(CLI::App& app, Options& o) {
  tools::add_reject_option(app, o.reject, "; accuracies then count it, latency does not");
  app.add_option(
         "--unknown", o.unknown,
         "Stream of recordings of no class: what a threshold of confidence lets through of them; may be given again")
      ->type_name("STREAM")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--det", o.det,
                 "File that gets the detection error trade-off as CSV: right words missed and --unknown accepted at "
                 "every threshold; -: standard output, and the report goes to standard error")
      ->type_name("FILE");
}

void define(CLI::App& app, Options& o) {
  app.add_option("MODEL", o.model, "Model that ossicle-train wrote");
  app.add_option("STREAM", o.streams, "Labelled streams; - or none: standard input");
  app.add_flag("--json,!--no-json", o.json, "One JSON object instead of text, with the whole confusion matrix");
  app.add_option("--confusion", o.confusion,
                 "File that gets the confusion matrix as CSV; -: standard output, and the report goes to standard "
                 "error. The text shows the matrix where its rows fit into 160 columns, otherwise the 20 most "
                 "frequent confusions")
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
  add_rejection(app, o);
  app.add_option("--batch", o.batch_size, "Utterances at a time")->capture_default_str();
  app.add_option(
         "--transcripts", o.transcripts,
         "In place of a model: REF, the words that were said in recordings (lines KEY<TAB>WORD WORD ..., or a "
         "stream), and HYP, those that were found (such lines, or lines of JSON with path and label). A label with "
         "blanks in it counts as several words")
      ->type_name("REF HYP")
      ->allow_extra_args(false)
      ->expected(2);
  tools::add_backend_options(app, o.backend);
}

/// --transcripts goes with --json alone.
void check_alone(const Options& o) {
  if (o.transcripts == std::vector<std::string>{"-", "-"}) {
    throw std::invalid_argument("--transcripts - -: standard input is one of the two at most");
  }
  const Options none;
  const auto asked = [](const Options& x) {
    const snn::BackendChoice& where = x.backend.choice;
    return std::tie(x.model, x.streams, x.confusion, x.latency, x.against, x.decision, x.reject, x.unknown, x.det,
                    x.batch_size, where.device, where.n_threads, where.isa, where.precision);
  };
  if (asked(o) == asked(none)) return;
  throw std::invalid_argument("--transcripts REF HYP compares words: give it without model, stream and their options");
}

void check(Options& o) {
  tools::check_reject(o.reject);
  if (!o.transcripts.empty()) return check_alone(o);
  if (o.model.empty()) throw std::invalid_argument("MODEL is required: ossicle-eval MODEL STREAM");
  if (o.batch_size < 1) throw std::invalid_argument(fmt::format("--batch {}: wanted 1 or more", o.batch_size));
  const bool matrix = tools::is_standard_output(o.confusion), curve = tools::is_standard_output(o.latency);
  const bool det = tools::is_standard_output(o.det);
  if (o.json && matrix) throw std::invalid_argument("--json and --confusion -: the JSON holds the matrix");
  if (o.json && curve) throw std::invalid_argument("--json and --latency -: the JSON holds the curve");
  if (o.json && det) throw std::invalid_argument("--json and --det -: both want standard output; name a file");
  if (!o.det.empty() && o.unknown.empty()) {
    throw std::invalid_argument("--det wants recordings of no class: name a stream of them with --unknown");
  }
  if (matrix + curve + det > 1) {
    throw std::invalid_argument("--confusion -, --latency - and --det -: wanted is one of them; name a file");
  }
  try {
    o.how.readout = snn::parse_readout(o.decision);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("--decision {}", error.what()));
  }
  const bool by_psc = o.how.readout.kind == snn::ReadoutKind::kPsc;
  if (!o.latency.empty() && !by_psc) {
    throw std::invalid_argument("--latency and --decision: the curve is of the summed PSC; leave one of them out");
  }
  if (!by_psc && (o.reject || !o.unknown.empty())) {
    throw std::invalid_argument(
        "--decision with --reject or --unknown: confidences are of the summed PSC; leave it out");
  }
  o.how.traces = by_psc && (o.json || !o.latency.empty());
  tools::check(o.backend);
}

/// No output may be an input or another output.
void keep_inputs(const Options& o) {
  std::vector<std::string> inputs = o.streams;
  inputs.insert(inputs.end(), {o.model, o.against});
  inputs.insert(inputs.end(), o.unknown.begin(), o.unknown.end());
  tools::require_other_files({o.latency, o.confusion, o.det}, std::move(inputs));
  for (const std::string& output : {o.confusion, o.latency, o.det}) {
    tools::require_replaceable(output, tools::FileKind::kText);  // now rather than after the work
  }
}

/// The next utterances whose label the model knows, `wanted` at most; names the others. None at the end.
snn::Dataset next_piece(std::size_t wanted, const snn::Model& model, tools::UtteranceSource& source,
                        tools::Context& context) {
  snn::Dataset piece{.n_channels = source.header().n_channels, .classes = model.classes, .utterances = {}};
  for (snn::Utterance utterance; piece.utterances.size() < wanted && source.next(utterance, model.classes);) {
    if (utterance.label >= 0) {
      piece.utterances.push_back(std::move(utterance));
    } else {
      context.fail_record(fmt::format("{}: label '{}' is not one of the model's {} classes{}; left out", utterance.key,
                                      ear::shown(utterance.label_name), model.classes.size(),
                                      ear::look_alike_hint(utterance.label_name, model.classes)));
    }
  }
  return piece;
}

/// Piece by piece, so that a long stream takes no more memory than a short one.
void score(std::size_t piece_size, tools::UtteranceSource& source, tools::ScoredModel& scored,
           tools::ScoredModel* against, tools::Context& context) {
  tools::RecordProgress progress(context);
  for (;;) {
    snn::Dataset piece = next_piece(piece_size, scored.model(), source, context);
    if (piece.utterances.empty()) break;
    const std::vector<bool> right = scored.add(piece);
    if (against != nullptr) against->add_beside(piece, right);
    progress.add(piece.utterances.size(), source.share());
  }
  if (scored.counts().n_utterances == 0) {
    throw std::runtime_error("no record has a label that the model knows; is this the right model for the stream?");
  }
}

/// Recordings of no class.
void score_unknown(std::size_t piece_size, tools::UtteranceSource& source, tools::ScoredModel& scored,
                   tools::Context& context) {
  const snn::Model& model = scored.model();
  tools::RecordProgress progress(context);
  for (bool is_more = true; is_more;) {
    snn::Dataset piece{.n_channels = source.header().n_channels, .classes = model.classes, .utterances = {}};
    snn::Utterance utterance;
    while (piece.utterances.size() < piece_size && (is_more = source.next(utterance, model.classes))) {
      piece.utterances.push_back(std::move(utterance));
    }
    if (!piece.utterances.empty()) scored.add_unknown(piece);
    progress.add(piece.utterances.size(), source.share());
  }
}

void write_files(const Options& o, const tools::ScoredModel& scored, tools::Context& context) {
  if (!o.confusion.empty()) {
    tools::write_file(o.confusion, snn::confusion_csv(scored.scores(), scored.model().classes));
  }
  if (!o.latency.empty()) tools::write_file(o.latency, snn::latency_csv(*scored.latency()));
  if (o.det.empty()) return;
  const auto curve = scored.detection();
  if (!curve) context.warn(fmt::format("{}: no word was right, so the file holds no threshold", o.det));
  tools::write_file(o.det, snn::detection_csv(curve.value_or(snn::DetectionCurve{})));
}

void print_report(const Options& o, const std::string& text, tools::Context& context) {
  const bool is_taken = tools::is_standard_output(o.confusion) || tools::is_standard_output(o.latency) ||
                        tools::is_standard_output(o.det);
  if (!is_taken) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return;
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) context.note(line);
}

void run(Options& o, tools::Context& context) {
  if (!o.transcripts.empty()) {
    const tools::TranscriptScores scores(o.transcripts[0], o.transcripts[1], context);
    fmt::print("{}", o.json ? scores.json() : scores.text());
    return;
  }
  keep_inputs(o);
  snn::Model model = tools::read_model(o.model, "the model comes first: ossicle-eval MODEL STREAM");
  tools::UtteranceSource source(o.streams);
  const std::string name = o.streams.empty() ? "standard input" : o.streams.front();
  tools::require_labels(name, source.header());
  tools::check_recipe(name, source.header(), o.model, model.recipe_json, model.input_kind);
  std::optional<tools::UtteranceSource> unknown;
  if (!o.unknown.empty()) {
    unknown.emplace(o.unknown, tools::Classes::kAny);
    tools::check_recipe(o.unknown.front(), unknown->header(), o.model, model.recipe_json, model.input_kind);
  }
  if (o.reject || unknown) tools::require_calibration(model, o.model);
  const auto backend = tools::make_backend(o.backend, context);
  tools::ScoredModel scored(o.model, std::move(model), *backend, o.batch_size, o.how, o.reject);
  std::optional<tools::ScoredModel> against;
  if (!o.against.empty()) {
    snn::Model second = tools::read_model(o.against);
    tools::check_recipe(name, source.header(), o.against, second.recipe_json, second.input_kind);
    against.emplace(o.against, std::move(second), *backend, o.batch_size,
                    snn::EvaluateOptions{.readout = o.how.readout});
  }
  const auto piece_size =
      static_cast<std::size_t>(o.batch_size) * static_cast<std::size_t>(backend->traits().batches_per_readback);
  score(piece_size, source, scored, against ? &*against : nullptr, context);
  if (unknown) score_unknown(piece_size, *unknown, scored, context);
  write_files(o, scored, context);
  const tools::EvalReport report{.scored = scored,
                                 .n_left_out = context.n_failed(),
                                 .readout = o.how.readout,
                                 .against = against ? &*against : nullptr,
                                 .reject = o.reject,
                                 .unknown_ms = unknown ? std::optional(unknown->total_ms()) : std::nullopt};
  print_report(o, o.json ? report.json() : report.text(), context);
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
