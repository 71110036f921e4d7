#include "tools/eval/report.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/tools/eval/echo.h"

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using support::echo_data;
using support::echo_model;
using Json = nlohmann::json;

namespace {

const std::vector<std::string> kClasses = {"yes", "no"};

struct Rig {
  std::unique_ptr<snn::Backend<float>> backend = snn::make_backend({.n_threads = 1});
  tools::ScoredModel scored;
  explicit Rig(snn::Model model = echo_model(kClasses), std::optional<double> reject = {})
      : scored("m", std::move(model), *backend, 50, {}, reject) {}
  tools::EvalReport report() const { return {.scored = scored, .n_left_out = 0, .readout = {}, .against = nullptr}; }
};

}  // namespace

TEST_CASE("EvalReport: accuracies, answers that are no class and what was left out") {
  Rig rig(echo_model(kClasses), 0.6);
  // Right; rejected, as its confidence is 0.5 and a little; silent.
  rig.scored.add(echo_data(kClasses, {{"yes", 0, 5.0F}, {"no", 1, 0.1F}, {"no", 1, 0.0F}}));
  tools::EvalReport report = rig.report();
  report.reject = 0.6;
  report.n_left_out = 2;
  CHECK_THAT(report.text(),
             StartsWith("accuracy 0.3333  (95 % interval 0.0615 to 0.7923), 1 of 3 utterances\n"
                        "silent: 1, which got no class: no sound, or no output spike\n"
                        "rejected: 1 answers of a confidence below 0.6\n"
                        "left out: 2 with a label that the model does not know\n"
                        "expected calibration error ") &&
                 Contains("\n  yes  100.00 %  1 of 1\n  no     0.00 %  0 of 2\nper speaker\n  ada   33.33 %  1 of 3\n"
                          "confusion (rows: label, columns: decision)\n        yes   no\n  yes     1    0\n"
                          "  no      0    0\n") &&
                 EndsWith("  layer 1 (output)  does not fire\n"
                          "synaptic operations per utterance\n  from spikes 0\n  from input  1\n"));
  const Json json = Json::parse(report.json());
  CHECK(json.at("n_correct") == 1);
  CHECK(json.at("n_silent") == 1);
  CHECK(json.at("reject") == Json{{"below", 0.6}, {"n_rejected", 1}});
  CHECK(json.at("n_left_out") == 2);
  CHECK(json.at("confusion") == Json{{1, 0}, {0, 0}});
  CHECK(json.at("firing_rates") == Json{nullptr});
  CHECK_FALSE(json.contains("unknown"));
}

TEST_CASE("EvalReport: recordings of no class, and none of it without a right word") {
  Rig rig;
  rig.scored.add(echo_data(kClasses, {{"yes", 1, 2.0F}, {"no", 1, 0.0F}}));
  rig.scored.add_unknown(echo_data(kClasses, {{"dog", 0, 1.0F}, {"cat", 0, 3.0F}}));
  tools::EvalReport report = rig.report();
  report.unknown_ms = 1.8e6;
  const Json unknown = Json::parse(report.json()).at("unknown");
  CHECK(unknown.at("n") == 2);
  CHECK(unknown.at("hours") == 0.5);
  for (const char* name :
       {"roc_area", "equal_error_rate", "threshold_95", "false_accept_share", "false_accepts_per_hour"}) {
    CHECK(unknown.at(name).is_null());
  }
  CHECK_THAT(report.text(), StartsWith("accuracy 0.0000") &&
                                Contains("\nrecordings of no class: 2, 0.50 hours; no word was right, so no threshold "
                                         "can be judged\nper class\n"));
  rig.scored.add(echo_data(kClasses, {{"yes", 0, 2.0F}}));  // surer than one of the two
  const Json found = Json::parse(report.json()).at("unknown");
  CHECK(found.at("roc_area") == 0.5);
  CHECK(found.at("false_accept_share") == 0.5);
  CHECK(found.at("false_accepts_per_hour") == 2.0);
  CHECK(found.at("threshold_95").get<double>() == Approx(1.0 / (1.0 + std::exp(-2.0))));
  CHECK_THAT(report.text(),
             Contains("recordings of no class: 2, 0.50 hours; area under the ROC curve 0.5000, equal error rate") &&
                 Contains("keeps 95 % of the right words: 50.00 % of these recordings accepted, 2.0 an hour\n"));
}

TEST_CASE("EvalReport: why there are no confidences") {
  const auto said = [](std::optional<double> valid_accuracy, std::optional<double> longest_ms) {
    snn::Model model = echo_model(kClasses);
    model.calibration.reset();
    model.valid_accuracy = valid_accuracy;
    model.longest_ms = longest_ms;
    Rig rig(std::move(model));
    rig.scored.add(echo_data(kClasses, {{"yes", 0}}));
    CHECK(Json::parse(rig.report().json()).at("calibration").is_null());
    return rig.report().text();
  };
  CHECK_THAT(said({}, 400.0), Contains("\nno calibration: the model has seen no validation part\n"));
  CHECK_THAT(said(0.9, {}), Contains("\nno calibration: the model was trained before models had calibrations\n"));
  CHECK_THAT(said(0.0, 400.0),
             Contains("\nno calibration: the model answered (silence) to all of its validation part\n"));
}
