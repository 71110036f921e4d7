// What is none of a model's words: rejection by confidence, a class of its own, and what a threshold lets through.
#include <algorithm>
#include <catch2/catch.hpp>
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

/// A model with a calibration, a test of its words, and recordings of none.
struct Rig {
  pipe_support::TempFolder temp;
  std::string model = temp.file("m"), train = temp.file("train.tar"), test = temp.file("test.tar"),
              other = temp.file("other.tar");
  std::string line = "ossicle-train -q " + train +
                     " --preset plain --hidden 30,30 --shift-channels 0 --batch 10 --epochs 4 --valid-fraction 0.2"
                     " --threads 1 -o ";
  Rig() {
    pipe_support::write_stream(train, {.n_records = 200});
    pipe_support::write_stream(test, {.n_records = 40, .seed = 2, .prefix = "test"});
    pipe_support::write_stream(
        other, {.n_records = 30, .seed = 3, .own_percent = 30, .other_percent = 30, .n_silent = 1, .prefix = "utt"});
    REQUIRE(shell(line + model).exit_code == 0);
  }
  std::string file(const std::string& name) const { return temp.file(name); }
  json eval(const std::string& options) const {
    const auto result = shell("ossicle-eval --json " + model + " " + test + " " + options);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    return json::parse(result.out);
  }
  /// The predictions for a stream, of which key "test_7" is of class 7.
  std::vector<json> predict(const std::string& stream, const std::string& options = "") const {
    std::vector<json> all;
    std::istringstream lines(shell("ossicle-predict --json " + options + " " + model + " " + stream).out);
    for (std::string text; std::getline(lines, text);) all.push_back(json::parse(text));
    return all;
  }
};

double median_confidence(const std::vector<json>& answers) {
  std::vector<double> all;
  for (const json& answer : answers) all.push_back(answer.at("confidence").get<double>());
  std::ranges::sort(all);
  return all[all.size() / 2];
}

void check_refused(const std::string& command, const std::string& said) {
  const auto result = shell(command);
  INFO(command << ": " << result.err);
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains(said));
}

}  // namespace

TEST_CASE("ossicle-predict, ossicle-eval --reject: an answer of little confidence is (unknown)") {
  const Rig rig;
  const std::vector<json> answers = rig.predict(rig.test);
  const std::string reject = "--reject " + std::to_string(median_confidence(answers));
  const std::vector<json> rejected = rig.predict(rig.test, reject);
  std::int64_t n = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    CHECK(rejected[i].at("confidence") == answers[i].at("confidence"));
    const bool is_unknown = rejected[i].at("label") == "(unknown)";
    if (!is_unknown) CHECK(rejected[i].at("label") == answers[i].at("label"));
    n += is_unknown;
  }
  CHECK(n > 10);
  CHECK(n < 30);
  const json report = rig.eval(reject);
  CHECK(report.at("reject").at("n_rejected") == n);
  CHECK(report.at("n_correct").get<std::int64_t>() <= 40 - n);
  CHECK(report.at("n_total") == 40);
  CHECK(rig.eval("--reject 0").at("confusion") == rig.eval("").at("confusion"));
  CHECK_THAT(shell("ossicle-eval " + reject + " " + rig.model + " " + rig.test).out,
             Contains("rejected: " + std::to_string(n) + " answers of a confidence below"));
  CHECK_THAT(shell("ossicle-predict --reject 1 " + rig.model + " " + rig.other).out, StartsWith("utt_0\t(silence)\t"));
}

TEST_CASE("ossicle-eval --unknown: what a threshold lets through, from the confidences of ossicle-predict") {
  const Rig rig;
  const json report = rig.eval("--unknown " + rig.other + " --det " + rig.file("det.csv")).at("unknown");
  std::vector<double> right, others;
  int i = 0;
  for (const json& answer : rig.predict(rig.test)) {
    if (answer.at("label") == std::to_string(i++ % 10)) right.push_back(answer.at("confidence"));
  }
  for (const json& answer : rig.predict(rig.other)) {
    others.push_back(answer.at("confidence").is_null() ? 0.0 : answer.at("confidence").get<double>());
  }
  double area = 0.0;
  for (const double word : right) {
    for (const double other : others) area += word > other ? 1.0 : word == other ? 0.5 : 0.0;
  }
  CHECK(report.at("roc_area").get<double>() == Approx(area / static_cast<double>(right.size() * others.size())));
  CHECK(report.at("n") == 30);
  std::ranges::sort(right);
  const double threshold = report.at("threshold_95");
  CHECK(threshold == right[static_cast<std::size_t>(0.05 * static_cast<double>(right.size()))]);
  const auto accepted = std::ranges::count_if(others, [&](double other) { return other >= threshold; });
  CHECK(report.at("false_accept_share").get<double>() == Approx(static_cast<double>(accepted) / 30));
  CHECK(report.at("false_accepts_per_hour").get<double>() ==
        Approx(static_cast<double>(accepted) / report.at("hours").get<double>()));
  const std::string csv = slurp(rig.file("det.csv"));
  CHECK_THAT(csv, StartsWith("threshold,miss,false_accept\n0,0,1\n") && EndsWith("\ninf,1,0\n"));
  const auto printed = shell("ossicle-eval " + rig.model + " " + rig.test + " --det - --unknown " + rig.other);
  CHECK(printed.out == csv);
  CHECK_THAT(printed.err, Contains("recordings of no class: 30, "));
}

TEST_CASE("ossicle-eval --unknown: streams of any classes, and a report without a right word") {
  const Rig rig;
  pipe_support::write_stream(rig.file("few.tar"), {.n_records = 5, .seed = 4, .n_classes = 3, .prefix = "few"});
  pipe_support::write_stream(rig.file("none.tar"), {.n_records = 2, .n_classes = 0, .prefix = "none"});
  const std::string unknown =
      " --unknown " + rig.other + " --unknown " + rig.file("few.tar") + " --unknown " + rig.file("none.tar");
  CHECK(rig.eval(unknown).at("unknown").at("n") == 37);
  pipe_support::write_stream(rig.file("silent.tar"), {.n_records = 10, .n_silent = 10, .prefix = "silent"});
  const std::string line = " " + rig.model + " " + rig.file("silent.tar") + unknown + " --det " + rig.file("det.csv");
  const auto text = shell("ossicle-eval" + line);
  CHECK(text.exit_code == 0);
  CHECK_THAT(text.err, Contains("det.csv: no word was right, so the file holds no threshold"));
  CHECK_THAT(text.out, StartsWith("accuracy 0.0000 ") && Contains("recordings of no class: 37, ") &&
                           Contains("no word was right, so no threshold can be judged"));
  CHECK(slurp(rig.file("det.csv")) == "threshold,miss,false_accept\n");
  CHECK(json::parse(shell("ossicle-eval --json" + line).out).at("unknown").at("threshold_95").is_null());
}

TEST_CASE("ossicle-train --unknown: other words and noise become a class of their own") {
  const Rig rig;
  const std::string taught = rig.file("taught");
  pipe_support::write_stream(rig.file("noise.tar"),
                             {.n_records = 60, .seed = 4, .own_percent = 30, .other_percent = 30});
  REQUIRE(shell(rig.line + taught + " --unknown " + rig.file("noise.tar")).exit_code == 0);
  CHECK_THAT(shell("ossicle-info " + taught).out, Contains("\nclasses: 0 1 2 3 4 5 6 7 8 9 (unknown)\n"));
  const auto named = shell("ossicle-predict -q " + taught + " " + rig.other);
  std::size_t n = 0;
  for (std::size_t at = 0; (at = named.out.find("\t(unknown)\t", at)) != std::string::npos; ++at) ++n;

  CHECK(n >= 25);
  const json report =
      json::parse(shell("ossicle-eval --json " + taught + " " + rig.test + " --unknown " + rig.other).out);
  CHECK(report.at("classes").size() == 11);
  CHECK(report.at("unknown").at("roc_area") >= 0.9);
  // What is rejected is of that class.
  const json all = json::parse(shell("ossicle-eval --json --reject 1 " + taught + " " + rig.test).out);
  CHECK(all.at("confusion").at(3).at(10) == 4);
  const auto warm = shell("ossicle-train " + rig.train + " --unknown " + rig.file("noise.tar") + " --init " +
                          rig.model + " --epochs 1 -o " + rig.file("warm"));
  INFO(warm.err);
  CHECK(warm.exit_code == 0);
  CHECK_THAT(warm.err, Contains("begun anew: those of (unknown)") && Contains("class (unknown): 60 recordings"));
}

TEST_CASE("ossicle-train: a class (unknown) of the training stream is that of --unknown") {
  const Rig rig;
  const std::string own = rig.file("own.tar"), model = rig.file("own"),
                    line = "ossicle-train --hidden 5 --no-skip --epochs 1 --threads 1 -o " + model + " --overwrite ";
  pipe_support::write_stream(own, {.n_records = 20, .extra_label = "(unknown)"});
  CHECK_THAT(shell(line + own).err, Contains("class (unknown): counts as none of the words"));
  CHECK_THAT(shell(line + own + " --unknown " + rig.other).err, Contains("class (unknown): 31 recordings"));
  CHECK_THAT(shell("ossicle-info " + model).out, Contains("\nclasses: 0 1 2 3 4 5 6 7 8 9 (unknown)\n"));
  CHECK_THAT(shell(line + rig.train).err, !Contains("(unknown)"));
}

TEST_CASE("ossicle-train: recordings that are trained on and held against it too are warned of") {
  const Rig rig;
  const std::string line =
      "ossicle-train -q --hidden 5 --no-skip --epochs 1 --threads 1 --overwrite -o " + rig.file("m2") + " " + rig.train;
  const std::string some = rig.file("some.tar");
  pipe_support::write_stream(some, {.n_records = 7});  // the first of rig.train
  CHECK_THAT(shell(line + " --valid " + some).err, Contains(some + ": 7 of 7 recordings are in the training stream"));
  CHECK_THAT(shell(line + " --unknown " + some).err, Contains(some + ": 7 of 7 recordings") && Contains("two answers"));
  // Keys alone say nothing.
  pipe_support::write_stream(some, {.n_records = 7, .seed = 5});
  CHECK(shell(line + " --valid " + some).err.empty());
  CHECK(shell(line + " --unknown " + some).err.empty());
}

TEST_CASE("rejection: what does not go together is named") {
  const Rig rig;
  const std::string bare = rig.file("bare"), eval = "ossicle-eval " + rig.model + " " + rig.test + " ";
  REQUIRE(shell("ossicle-train -q --hidden 5 --no-skip --epochs 1 -o " + bare + " " + rig.train).exit_code == 0);
  check_refused("ossicle-predict --reject 0.5 " + bare + " " + rig.test, "has no calibration");
  check_refused("ossicle-eval --reject 0.5 " + bare + " " + rig.test, "has no calibration");
  check_refused("ossicle-eval --unknown " + rig.other + " " + bare + " " + rig.test, "has no calibration");
  check_refused("ossicle-predict --reject 1.5 " + rig.model + " " + rig.test, "--reject 1.5: wanted 0 to 1");
  check_refused(eval + "--det " + rig.file("d"), "--unknown");
  check_refused(eval + "--reject 0.5 --decision last:3", "confidences are of the summed PSC");
  check_refused(eval + "--json --det - --unknown " + rig.other, "name a file");
  check_refused(eval + "--det " + rig.other + " --unknown " + rig.other, "name another file");
  pipe_support::write_stream(rig.file("scaled.tar"), {.n_records = 5, .scale = 2.0});
  check_refused(eval + "--unknown " + rig.file("scaled.tar"), "scale");
  pipe_support::write_stream(rig.file("more.tar"), {.n_records = 5, .extra_label = "eleven"});
  CHECK_THAT(
      shell("ossicle-eval " + rig.model + " " + rig.file("more.tar") + " --unknown " + rig.file("scaled.tar")).err,
      !Contains("eleven"));  // before anything is scored
  check_refused(rig.line + rig.file("n") + " --unknown " + rig.file("scaled.tar"), "scale");
  pipe_support::write_stream(rig.file("silence.tar"), {.n_records = 5, .extra_label = "(silence)"});
  check_refused("ossicle-train --epochs 1 -o " + rig.file("n") + " " + rig.file("silence.tar"),
                "has a class (silence)");
  check_refused(rig.line + rig.file("n") + " --unknown " + rig.other + " --variant " + rig.train, "wanted one of them");
}
