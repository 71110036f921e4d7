#include "tools/common/load.h"

#include <catch2/catch.hpp>

#include "tests/frontend/stream/samples.h"
#include "tests/pipe/run.h"
#include "tests/snn/sample_model.h"

using Catch::Contains;
using tools::Classes;
using tools::UtteranceSource;

TEST_CASE("UtteranceSource: streams of other classes follow one another where labels do not matter") {
  const pipe_support::TempFolder temp;
  const ear::Kind kind = ear::Kind::kCochleagram;
  ear::Header other = samples::header(), scaled = samples::header();
  other.classes = {"dog", "1", "cat"};
  scaled.recipe.stages.push_back({"test", {{"scale", 2.0}}});
  pipe_support::spill(temp.file("a"), samples::write(samples::header(), {samples::record(kind, "a")}));
  pipe_support::spill(temp.file("b"), samples::write(other, {samples::record(kind, "b")}));
  pipe_support::spill(temp.file("c"), samples::write(scaled, {samples::record(kind, "c")}));
  const auto keys = [&temp](const std::string& second, Classes classes) {
    UtteranceSource source({temp.file("a"), temp.file(second)}, classes);
    std::string found;
    for (snn::Utterance utterance; source.next(utterance, {});) found += utterance.key;
    return found;
  };
  CHECK(keys("b", Classes::kAny) == "ab");
  CHECK_THROWS_WITH(keys("b", Classes::kSame), Contains("does not go with") && Contains("classes"));
  CHECK_THROWS_WITH(keys("c", Classes::kAny), Contains("does not go with") && Contains("recipe"));
  CHECK_THROWS_WITH(keys("a", Classes::kAny), Contains("key a stands in two of the streams"));
}

TEST_CASE("A model without a calibration: why, and what to do") {
  snn::Model model = snn::sample_model();
  const auto refusal = [&model] {
    try {
      tools::require_calibration(model, "m");
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  model.longest_ms.reset();  // of before calibrations, as there is an accuracy
  CHECK(
      refusal() ==
      "m: has no calibration, so no confidences: it was trained before models had calibrations; train it with --valid "
      "or --valid-fraction");
  model.longest_ms = 400.0;
  CHECK(refusal() ==
        "m: has no calibration, so no confidences: it answered (silence) to all of its validation part; train it until "
        "it answers, and validate it on recordings of sound");
  model.valid_accuracy.reset();
  CHECK_THAT(refusal(), Contains(": it has seen no validation part; train it with --valid or --valid-fraction"));
  model.calibration = snn::Calibration{};
  CHECK(refusal().empty());
}
