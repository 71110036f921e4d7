// How sure the tools are: calibration at the end of training, confidences, and the warning of a recording that is too long.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using nlohmann::json;
using pipe_support::shell;
using pipe_support::slurp;

namespace {

/// A model with a calibration and one without.
struct Models {
  pipe_support::TempFolder temp;
  std::string model = temp.file("m"), bare = temp.file("bare"), train = temp.file("train.tar"),
              test = temp.file("test.tar");
  std::string line =
      "ossicle-train -q " + train + " --preset plain --hidden 30,30 --shift-channels 0 --batch 10 --epochs 4";
  Models() {
    pipe_support::write_stream(train, {.n_records = 200});
    pipe_support::write_stream(test, {.n_records = 40, .seed = 2, .n_silent = 1, .prefix = "test"});
    REQUIRE(shell(line + " --valid-fraction 0.2 --threads 1 -o " + model).exit_code == 0);
    REQUIRE(shell(line + " --threads 1 -o " + bare).exit_code == 0);
  }
  std::string file(const std::string& name) const { return temp.file(name); }
};

json lines_of(const std::string& text) {
  json lines = json::array();
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE(
    "ossicle-train: a validation part gives a calibration, the same with any number of threads and when resumed") {
  const Models t;
  const json info = json::parse(shell("ossicle-info --json " + t.model).out);
  CHECK(info.at("calibration").at("temperature") > 0.0);
  CHECK(info.at("calibration").at("logits").is_string());
  CHECK(info.at("longest_ms") == 50 * 8.0);  // streams.cpp: 30 to 50 steps of 8 ms
  CHECK(json::parse(shell("ossicle-info --json " + t.bare).out).at("calibration").is_null());
  REQUIRE(shell(t.line + " --valid-fraction 0.2 --threads 2 -o " + t.file("two")).exit_code == 0);
  CHECK(slurp(t.file("two")) == slurp(t.model));
  std::filesystem::remove(t.model);  // the checkpoint holds it too
  REQUIRE(shell(t.line + " --valid-fraction 0.2 --resume -o " + t.model).exit_code == 0);
  CHECK(slurp(t.file("two")) == slurp(t.model));
  const std::string loud = "ossicle-train " + t.train + " --hidden 5 --no-skip --epochs 1 -o ";
  CHECK_THAT(shell(loud + t.file("n")).err, Contains("no validation part: the model cannot say how sure it is"));
  CHECK_THAT(shell(loud + t.file("o") + " --valid-fraction 0.2").err, !Contains("cannot say how sure"));
}

TEST_CASE("ossicle-predict: confidences stand in JSON, and behind the score where they are asked for") {
  const Models t;
  const json answers = lines_of(shell("ossicle-predict --json --top 10 " + t.model + " " + t.test).out);
  REQUIRE(answers.size() == 40);
  CHECK(answers[0].at("confidence").is_null());  // silence
  double sum = 0.0;
  for (const json& one : answers[1].at("top")) sum += one.at("confidence").get<double>();
  CHECK(sum == Approx(1.0));
  CHECK(answers[1].at("confidence") == answers[1].at("top")[0].at("confidence"));
  CHECK(answers[1].at("confidence") >= answers[1].at("top")[1].at("confidence"));
  const auto text = shell("ossicle-predict --confidence " + t.model + " " + t.test);
  CHECK_THAT(text.out, StartsWith("test_0\t(silence)\t0.000\t-\ntest_1\t"));
  CHECK(std::count(text.out.begin(), text.out.end(), '\t') == 40 * 3);
  const auto plain = shell("ossicle-predict " + t.model + " " + t.test);
  CHECK(std::count(plain.out.begin(), plain.out.end(), '\t') == 40 * 2);
  CHECK(lines_of(shell("ossicle-predict --json " + t.bare + " " + t.test).out)[1].at("confidence").is_null());
  const auto refused = shell("ossicle-predict --confidence " + t.bare + " " + t.test);
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("has no calibration") && Contains("--valid-fraction"));
}

TEST_CASE("ossicle-eval: the calibration error is that of the predictions, or it says why there is none") {
  const Models t;
  const json report = json::parse(shell("ossicle-eval --json " + t.model + " " + t.test).out).at("calibration");
  CHECK(report.at("n") == 39);  // without the silent one
  double sum = 0.0;
  for (const json& one : lines_of(shell("ossicle-predict --json " + t.model + " " + t.test).out)) {
    if (one.at("confidence").is_number()) sum += one.at("confidence").get<double>();
  }
  CHECK(report.at("mean_confidence").get<double>() == Approx(sum / 39));
  CHECK(report.at("expected_error") <= 1.0);
  CHECK_THAT(shell("ossicle-eval " + t.model + " " + t.test).out, Contains("expected calibration error"));
  CHECK_THAT(shell("ossicle-eval " + t.bare + " " + t.test).out, Contains("no calibration: the model has seen no"));
  CHECK_THAT(shell("ossicle-eval --decision spikes " + t.model + " " + t.test).out, Contains("no confidences: "));
}

TEST_CASE("ossicle-train: a validation part that is silent gives no calibration, which the tools say") {
  const Models t;
  pipe_support::write_stream(t.file("silent.tar"), {.n_records = 5, .n_silent = 5, .prefix = "silent"});
  const auto trained = shell(t.line + " --valid " + t.file("silent.tar") + " -o " + t.file("n"));
  CHECK(trained.exit_code == 0);
  const std::string why = "answered (silence) to all of its validation part";
  CHECK_THAT(trained.err, Contains("the model has no calibration: it " + why));
  CHECK_THAT(shell("ossicle-eval " + t.file("n") + " " + t.test).out, Contains("no calibration: the model " + why));
  CHECK_THAT(shell("ossicle-predict --confidence " + t.file("n") + " " + t.test).err,
             Contains("so no confidences: it " + why + "; train it until"));
}

TEST_CASE("ossicle-predict: a recording of more than three times the longest of the training may hold several words") {
  const Models t;
  pipe_support::write_stream(t.file("long.tar"), {.n_records = 2, .prefix = "long", .step_ms = 8.0 * 5.0});
  const auto warned = shell("ossicle-predict " + t.model + " " + t.file("long.tar"));
  CHECK(warned.exit_code == 0);
  CHECK_THAT(warned.err, Contains("long_0: ") && Contains("the longest recording of the training has 0.4 s") &&
                             EndsWith("it may hold several words, and gets one\n"));
  CHECK(shell("ossicle-predict " + t.model + " " + t.test).err.empty());
}
