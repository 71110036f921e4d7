#include "tools/predict/answer_lines.h"

#include <catch2/catch.hpp>

using ossicle::Answer;

TEST_CASE("The best answer is unknown below a confidence, where it has one") {
  const auto label = [](std::optional<double> least, std::optional<double> confidence) {
    std::vector<Answer> answers = {{"yes", 3.0F, confidence}, {"no", 1.0F, 0.1}};
    tools::reject_below(least, answers);
    CHECK(answers[1].label == "no");
    return answers[0].label;
  };
  CHECK(label(0.5, 0.49) == "(unknown)");
  CHECK(label(0.5, 0.5) == "yes");
  CHECK(label(0.5, {}) == "yes");
  CHECK(label({}, 0.0) == "yes");
}

TEST_CASE("Answers as JSON and text") {
  const std::vector<Answer> answers = {{"yes", 3.5F, 0.75}, {"no", 1.0F, {}}};
  CHECK(tools::to_json(answers, false).dump() == R"({"label":"yes","score":3.5,"confidence":0.75})");
  CHECK(tools::to_json(answers, true).dump() ==
        R"({"label":"yes","score":3.5,"confidence":0.75,"top":[{"label":"yes","score":3.5,"confidence":0.75},)"
        R"({"label":"no","score":1.0,"confidence":null}]})");
  CHECK(tools::to_json(answers, true, 0.8).at("label") == "(unknown)");
  CHECK(tools::to_json(answers, true, 0.8).at("top").at(0).at("label") == "yes");
  CHECK(tools::confidence_text(answers[0]) == "0.7500");
  CHECK(tools::confidence_text(answers[1]) == "-");
}
