#include "tools/eval/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/base/text.h"

namespace tools {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWidestMatrix = 160;  // columns
constexpr std::size_t kConfusionsListed = 20;
constexpr double kKept = 0.95;  // share of right words, at the threshold that is reported
constexpr double kMsPerHour = 3.6e6;

Json count_json(const snn::CorrectCount& count) {
  const snn::Interval interval = count.interval();
  return {{"accuracy", count.accuracy()},
          {"wilson_95", {interval.low, interval.high}},
          {"n_correct", count.n_correct},
          {"n_total", count.n_total}};
}

std::string count_line(const std::string& name, std::size_t width, const snn::CorrectCount& count) {
  return fmt::format("  {:<{}}  {:6.2f} %  {} of {}\n", name, width, 100.0 * count.accuracy(), count.n_correct,
                     count.n_total);
}

std::string speaker_name(const std::string& name) {
  return name.empty() ? "(none)" : ear::one_line(name);
}

std::vector<std::string> one_line_each(std::vector<std::string> names) {
  for (std::string& name : names) name = ear::one_line(name);
  return names;
}

std::size_t widest(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  return width;
}

/// The most frequent confusions, for as many classes as make no readable matrix.
std::string confusion_list(const snn::Scores& scores, const std::vector<std::string>& classes) {
  const std::vector<snn::Confusion> all = scores.confusions();
  const std::size_t n = std::min(all.size(), kConfusionsListed);
  std::string text =
      fmt::format("most frequent confusions (label, decision), {} of {}; all: --json or --confusion\n", n, all.size());
  const auto name = [&classes](int index) { return classes[static_cast<std::size_t>(index)]; };
  std::size_t width = 0;
  for (std::size_t i = 0; i < n; ++i)
    width = std::max({width, name(all[i].label).size(), name(all[i].predicted).size()});
  for (std::size_t i = 0; i < n; ++i) {
    text += fmt::format("  {:<{}}  {:<{}}  {} of {}\n", name(all[i].label), width, name(all[i].predicted), width,
                        all[i].n, scores.of_class(all[i].label).n_total);
  }
  return text;
}

std::string confusion_text(const snn::Scores& scores, const std::vector<std::string>& classes) {
  const std::size_t width = std::max<std::size_t>(widest(classes), 4);
  if (2 + width + classes.size() * (width + 1) > kWidestMatrix) return confusion_list(scores, classes);
  std::string text = fmt::format("confusion (rows: label, columns: decision)\n  {:<{}}", "", width);
  for (const std::string& name : classes) text += fmt::format(" {:>{}}", name, width);
  for (int label = 0; label < scores.n_classes(); ++label) {
    text += fmt::format("\n  {:<{}}", classes[static_cast<std::size_t>(label)], width);
    for (int decided = 0; decided < scores.n_classes(); ++decided) {
      text += fmt::format(" {:>{}}", scores.confusion(label, decided), width);
    }
  }
  return text + "\n";
}

Json operations_json(const snn::SynapticOperations& operations) {
  return {{"from_spikes", operations.from_spikes}, {"from_input", operations.from_input}};
}

/// Of each layer; null for an output layer that does not fire.
Json rates_json(const ScoredModel& scored) {
  const snn::NetworkParams& network = scored.model().training.network;
  Json rates = snn::firing_rates(network, scored.counts());
  if (network.output_layer != snn::OutputLayer::kSpiking) rates.back() = nullptr;
  return rates;
}

Json calibration_json(const ScoredModel& scored) {
  const std::optional<snn::CalibrationError>& error = scored.calibration_error();
  if (!error) return nullptr;
  return {{"expected_error", error->value()}, {"mean_confidence", error->mean_confidence()}, {"n", error->n()}};
}

std::string calibration_text(const ScoredModel& scored) {
  if (!scored.model().calibration) {
    return fmt::format("no calibration: the model {}\n", why_no_calibration(scored.model()));
  }
  const std::optional<snn::CalibrationError>& error = scored.calibration_error();
  if (!error) return "no confidences: the calibration is of summed PSCs, which do not decide here\n";
  return fmt::format("expected calibration error {:.2f} %, mean confidence {:.2f} %, {} answers\n",
                     100.0 * error->value(), 100.0 * error->mean_confidence(), error->n());
}

/// Without a right word there is no threshold that keeps any: null stands for what is not known.
Json unknown_json(const ScoredModel& scored, double duration_ms) {
  const double hours = duration_ms / kMsPerHour;
  Json json = {{"n", scored.n_unknown()},          {"hours", hours},          {"roc_area", nullptr},
               {"equal_error_rate", nullptr},      {"threshold_95", nullptr}, {"false_accept_share", nullptr},
               {"false_accepts_per_hour", nullptr}};
  if (const auto curve = scored.detection()) {
    const snn::DetectionPoint at = snn::keeping(*curve, kKept);
    json["roc_area"] = curve->area;
    json["equal_error_rate"] = curve->equal_error_rate;
    json["threshold_95"] = at.threshold;
    json["false_accept_share"] = at.false_accept;
    json["false_accepts_per_hour"] = at.false_accept * static_cast<double>(scored.n_unknown()) / hours;
  }
  return json;
}

std::string unknown_text(const ScoredModel& scored, double duration_ms) {
  const Json of = unknown_json(scored, duration_ms);
  const auto number = [&of](const char* name) { return of[name].get<double>(); };
  if (of["roc_area"].is_null()) {
    return fmt::format("recordings of no class: {}, {:.2f} hours; no word was right, so no threshold can be judged\n",
                       scored.n_unknown(), number("hours"));
  }
  return fmt::format(
      "recordings of no class: {}, {:.2f} hours; area under the ROC curve {:.4f}, equal error rate {:.2f} %\n"
      "  confidence {:.4f} keeps {:.0f} % of the right words: {:.2f} % of these recordings accepted, {:.1f} an hour\n",
      scored.n_unknown(), number("hours"), number("roc_area"), 100.0 * number("equal_error_rate"),
      number("threshold_95"), 100.0 * kKept, 100.0 * number("false_accept_share"), number("false_accepts_per_hour"));
}

Json latency_json(const snn::LatencyCurve& curve) {
  Json points = Json::array();
  for (const snn::LatencyPoint& point : curve.points) {
    points.push_back({{"step", point.steps}, {"share", point.share}, {"accuracy", point.count.accuracy()}});
  }
  return {{"points", points}, {"settled_step", curve.settled_step}, {"settled_share", curve.settled_share}};
}

Json comparison_json(const ScoredModel& second) {
  const snn::Paired& paired = second.paired();
  return {{"model", second.path()},
          {"accuracy", second.scores().all().accuracy()},
          {"synaptic_operations", operations_json(second.operations())},
          {"n_both", paired.n_both},
          {"n_only_this", paired.n_only_first},
          {"n_only_that", paired.n_only_second},
          {"n_neither", paired.n_neither},
          {"mcnemar_p", paired.p_value()}};
}

std::string comparison_text(const ScoredModel& first, const ScoredModel& second) {
  const snn::Paired& paired = second.paired();
  std::string text = fmt::format("against {}\n", second.path());
  const auto row = [&text](const char* what, const std::string& mine, const std::string& theirs,
                           const std::string& note) {
    text += fmt::format("  {:<22}  {:>10}  {:>10}  {}\n", what, mine, theirs, note);
  };
  const auto operations = [&row](const char* what, double mine, double theirs) {
    row(what, fmt::format("{:.0f}", mine), fmt::format("{:.0f}", theirs),
        theirs > 0.0 ? fmt::format("ratio {:.2f}", mine / theirs) : "ratio -");
  };
  const double mine = first.scores().all().accuracy(), theirs = second.scores().all().accuracy();
  const snn::SynapticOperations done = first.operations(), other = second.operations();
  row("", "this", "that", "");
  row("accuracy", fmt::format("{:.4f}", mine), fmt::format("{:.4f}", theirs),
      fmt::format("difference {:+.4f}", mine - theirs));
  operations("operations from spikes", done.from_spikes, other.from_spikes);
  operations("operations from input", done.from_input, other.from_input);
  operations("operations", done.from_spikes + done.from_input, other.from_spikes + other.from_input);
  return text +
         fmt::format("  right: both {}, only this {}, only that {}, neither {}; McNemar's exact test p = {:.3g}\n",
                     paired.n_both, paired.n_only_first, paired.n_only_second, paired.n_neither, paired.p_value());
}

/// The answers that are no class.
std::string unanswered_text(const ScoredModel& scored, const std::optional<double>& reject) {
  std::string text;
  if (const std::int64_t n = scored.scores().n_silent(); n > 0) {
    text += fmt::format("silent: {}, which got no class: no sound, or no output spike\n", n);
  }
  if (reject) text += fmt::format("rejected: {} answers of a confidence below {}\n", scored.n_rejected(), *reject);
  return text;
}

}  // namespace

std::string EvalReport::json() const {
  const snn::Scores& scores = scored.scores();
  const std::vector<std::string>& classes = scored.model().classes;
  Json report = count_json(scores.all());
  report["decision"] = to_string(readout);
  report["n_silent"] = scores.n_silent();
  if (reject) report["reject"] = {{"below", *reject}, {"n_rejected", scored.n_rejected()}};
  report["n_left_out"] = n_left_out;
  report["calibration"] = calibration_json(scored);
  if (unknown_ms) report["unknown"] = unknown_json(scored, *unknown_ms);
  Json per_class, per_speaker, confusion = Json::array();
  for (int label = 0; label < scores.n_classes(); ++label) {
    per_class[classes[static_cast<std::size_t>(label)]] = count_json(scores.of_class(label));
    Json row = Json::array();
    for (int decided = 0; decided < scores.n_classes(); ++decided) row.push_back(scores.confusion(label, decided));
    confusion.push_back(row);
  }
  for (const auto& [speaker, count] : scores.by_speaker()) per_speaker[speaker] = count_json(count);
  report["classes"] = classes;
  report["per_class"] = per_class;
  report["per_speaker"] = per_speaker;
  report["confusion"] = confusion;
  report["firing_rates"] = rates_json(scored);
  report["synaptic_operations"] = operations_json(scored.operations());
  if (const auto latency = scored.latency()) report["latency"] = latency_json(*latency);
  if (against) report["against"] = comparison_json(*against);
  return report.dump() + "\n";
}

std::string EvalReport::text() const {
  const snn::Scores& scores = scored.scores();
  const std::vector<std::string> classes = one_line_each(scored.model().classes);  // older models may hold others
  const snn::CorrectCount& all = scores.all();
  const snn::Interval interval = all.interval();
  std::string text = fmt::format("accuracy {:.4f}  (95 % interval {:.4f} to {:.4f}), {} of {} utterances\n",
                                 all.accuracy(), interval.low, interval.high, all.n_correct, all.n_total);
  if (readout != snn::Readout{}) text += fmt::format("decided by {}\n", to_string(readout));
  text += unanswered_text(scored, reject);
  if (n_left_out > 0) text += fmt::format("left out: {} with a label that the model does not know\n", n_left_out);
  text += calibration_text(scored);
  if (unknown_ms) text += unknown_text(scored, *unknown_ms);
  text += "per class\n";
  const std::size_t width = widest(classes);
  for (int label = 0; label < scores.n_classes(); ++label) {
    text += count_line(classes[static_cast<std::size_t>(label)], width, scores.of_class(label));
  }
  text += "per speaker\n";
  std::vector<std::string> speakers;
  for (const auto& entry : scores.by_speaker()) speakers.push_back(speaker_name(entry.first));
  const std::size_t speaker_width = widest(speakers);
  for (const auto& [speaker, count] : scores.by_speaker())
    text += count_line(speaker_name(speaker), speaker_width, count);
  text += confusion_text(scores, classes);
  text += "firing rate (share of steps with a spike)\n";
  const Json rates = rates_json(scored);
  for (std::size_t l = 0; l < rates.size(); ++l) {
    text += fmt::format("  layer {}{}  {}\n", l + 1, l + 1 == rates.size() ? " (output)" : "",
                        rates[l].is_null() ? "does not fire" : fmt::format("{:.4f}", rates[l].get<double>()));
  }
  const snn::SynapticOperations operations = scored.operations();
  text += fmt::format("synaptic operations per utterance\n  from spikes {:.0f}\n  from input  {:.0f}\n",
                      operations.from_spikes, operations.from_input);
  if (const auto latency = scored.latency()) {
    text += fmt::format("the decision stands from step {:.1f} on, after {:.1f} % of the utterance (means)\n",
                        latency->settled_step, 100.0 * latency->settled_share);
  }
  return against ? text + comparison_text(scored, *against) : text;
}

}  // namespace tools
