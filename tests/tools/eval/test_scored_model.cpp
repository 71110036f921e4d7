#include "tools/eval/scored_model.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/tools/eval/echo.h"

using support::echo_data;
using support::echo_model;
using support::Said;

namespace {

const std::vector<std::string> kClasses = {"yes", "no", "go"};

/// Of an answer among three classes, whose sum is x where those of the others are 0.
double sure(double x) {
  return std::exp(x) / (std::exp(x) + 2.0);
}

struct Rig {
  std::unique_ptr<snn::Backend<float>> backend = snn::make_backend({.n_threads = 1});
  tools::ScoredModel score(snn::Model model, std::optional<double> reject = {}) const {
    return {"m", std::move(model), *backend, 50, {}, reject};
  }
};

}  // namespace

TEST_CASE("ScoredModel: right, wrong, silent and rejected answers") {
  const Rig rig;
  // Right and sure, right and unsure, wrong, silent.
  const snn::Dataset batch = echo_data(kClasses, {{"yes", 0, 3.0F}, {"no", 1, 1.0F}, {"no", 2, 2.0F}, {"go", 2, 0.0F}});
  tools::ScoredModel all = rig.score(echo_model(kClasses));
  CHECK(all.add(batch) == std::vector<bool>{true, true, false, false});
  CHECK(all.scores().all() == snn::CorrectCount{2, 4});
  CHECK(all.scores().n_silent() == 1);
  CHECK(all.n_rejected() == 0);
  REQUIRE(all.calibration_error());
  CHECK(all.calibration_error()->n() == 3);
  CHECK(all.calibration_error()->mean_confidence() == Approx((sure(3) + sure(1) + sure(2)) / 3));
  tools::ScoredModel some = rig.score(echo_model(kClasses), 0.5 * (sure(1) + sure(2)));
  CHECK(some.add(batch) == std::vector<bool>{true, false, false, false});
  CHECK(some.n_rejected() == 1);
  CHECK(some.scores().confusion(1, 2) == 1);
}

TEST_CASE("ScoredModel: what is rejected is of the class (unknown), wherever it stands, and is no right word") {
  const Rig rig;
  const std::vector<std::string> classes = {"yes", "(unknown)", "go"};
  tools::ScoredModel scored = rig.score(echo_model(classes), 0.99);
  CHECK(scored.add(echo_data(classes, {{"(unknown)", 1, 9.0F}, {"(unknown)", 0, 1.0F}, {"yes", 0, 1.0F}})) ==
        std::vector<bool>{true, true, false});
  CHECK(scored.scores().confusion(0, 1) == 1);
  scored.add_unknown(echo_data(classes, {{"dog", 1, 9.0F}, {"cat", 2, 1.0F}}));
  REQUIRE(scored.detection());  // of the one right word, and 0 for the answer that is no word
  CHECK(scored.detection()->points.front().threshold == 0.0);
  CHECK(scored.detection()->points[1].threshold == Approx(sure(1)));
  CHECK(scored.detection()->points.size() == 3);
}

TEST_CASE("ScoredModel: a detection curve takes right words and recordings of no class") {
  const Rig rig;
  tools::ScoredModel scored = rig.score(echo_model(kClasses));
  scored.add(echo_data(kClasses, {{"yes", 1, 1.0F}, {"no", 0, 0.0F}}));
  scored.add_unknown(echo_data(kClasses, {{"dog", 0, 1.0F}, {"cat", 0, 0.0F}}));
  CHECK(scored.n_unknown() == 2);
  CHECK_FALSE(scored.detection());  // no word was right
  scored.add(echo_data(kClasses, {{"yes", 0, 2.0F}}));
  REQUIRE(scored.detection());
  CHECK(scored.detection()->area == 1.0);
  tools::ScoredModel known = rig.score(echo_model(kClasses));
  known.add(echo_data(kClasses, {{"yes", 0, 2.0F}}));
  CHECK_FALSE(known.detection());
}

TEST_CASE("ScoredModel: beside another model, whose classes stand in another order") {
  const Rig rig;
  const std::vector<std::string> turned = {"go", "yes", "no"};
  snn::Dataset batch = echo_data(kClasses, {{"yes", 0}, {"no", 0}, {"yes", 2}, {"go", 1}});
  const std::vector<bool> right = rig.score(echo_model(kClasses)).add(batch);
  tools::ScoredModel other = rig.score(echo_model(turned));  // it takes channel 0 for go
  other.add_beside(batch, right);
  CHECK(other.paired().n_both == 0);
  CHECK(other.paired().n_only_first == 1);
  CHECK(other.paired().n_only_second == 0);
  CHECK(other.paired().n_neither == 3);
  snn::Dataset strange = echo_data({"yes", "no", "stop"}, {{"stop", 0}});
  CHECK_THROWS_WITH(other.add_beside(strange, {true}), Catch::Contains("m: does not know label 'stop' of 0"));
}

TEST_CASE("ScoredModel: no confidences without a calibration, and where something else decides") {
  const Rig rig;
  snn::Model bare = echo_model(kClasses);
  bare.calibration.reset();
  CHECK_FALSE(rig.score(std::move(bare)).calibration_error());
  const snn::EvaluateOptions last{.readout = snn::parse_readout("last:1"), .traces = false};
  CHECK_FALSE(tools::ScoredModel("m", echo_model(kClasses), *rig.backend, 50, last).calibration_error());
  CHECK_FALSE(rig.score(echo_model(kClasses)).latency());
}
