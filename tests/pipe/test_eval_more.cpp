// ossicle-eval: accuracy against the steps heard, other readouts, two models on one stream.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using Catch::StartsWith;
using pipe_support::shell;
using pipe_support::slurp;

namespace {

struct Trained {
  pipe_support::TempFolder temp;
  std::string model = temp.file("m"), other = temp.file("n"), test = temp.file("test.tar");
  Trained() {
    pipe_support::write_stream(file("train.tar"), {.n_records = 200});
    pipe_support::write_stream(test, {.n_records = 40, .seed = 2, .prefix = "test"});
    const std::string line =
        "ossicle-train -q " + file("train.tar") + " --preset plain --shift-channels 0 --batch 10 --threads 1 -o ";
    REQUIRE(shell(line + model + " --hidden 30,30 --epochs 8").exit_code == 0);
    REQUIRE(shell(line + other + " --hidden 10 --no-skip --epochs 1").exit_code == 0);
  }
  std::string file(const std::string& name) const { return temp.file(name); }
  nlohmann::json json(const std::string& options) const {
    const auto result = shell("ossicle-eval --json " + model + " " + test + " " + options);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    return nlohmann::json::parse(result.out);
  }
};

}  // namespace

TEST_CASE("ossicle-eval --latency: the curve ends in the accuracy") {
  const Trained t;
  const auto report = t.json("--latency " + t.file("l.csv"));
  const auto& points = report.at("latency").at("points");
  REQUIRE(points.size() == 20);
  CHECK(points.at(19).at("accuracy") == report.at("accuracy"));
  CHECK(points.at(0).at("accuracy") < report.at("accuracy"));
  CHECK(points.at(19).at("share") == 1.0);
  CHECK(report.at("latency").at("settled_step") > 1.0);
  CHECK(report.at("latency").at("settled_share") < 1.0);
  const std::string csv = slurp(t.file("l.csv"));
  CHECK_THAT(csv, StartsWith("step,share,accuracy,n\n"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 21);
  for (const std::string target : {"-", "/dev/stdout"}) {
    const auto curve = shell("ossicle-eval --latency " + target + " " + t.model + " " + t.test + " | cat");
    CHECK(curve.out == csv);  // and nothing else
    CHECK_THAT(curve.err, Contains("ossicle-eval: ") && Contains("the decision stands from step"));
  }
  CHECK(shell("ossicle-eval -q --latency - " + t.model + " " + t.test).err.empty());
  const auto matrix = shell("ossicle-eval --confusion - " + t.model + " " + t.test);
  CHECK(std::count(matrix.out.begin(), matrix.out.end(), '\n') == 11);
  CHECK_THAT(matrix.err, Contains("accuracy"));
  for (const std::string options : {"--batch 1", "--batch 7", "--threads 2"}) {
    CHECK(t.json(options).at("latency") == report.at("latency"));
  }
}

TEST_CASE("ossicle-eval --decision: other numbers of the output neurons") {
  const Trained t;
  const auto report = t.json("");
  CHECK(report.at("decision") == "psc");
  const auto all = t.json("--decision last:1000");
  CHECK(all.at("decision") == "last:1000");
  CHECK(all.at("confusion") == report.at("confusion"));
  CHECK(t.json("--decision spikes").at("accuracy") >= 0.8);
  // A network that has hardly begun to learn decides otherwise by its last step alone.
  const std::string hardly = "ossicle-eval --confusion - " + t.other + " " + t.test;
  const std::string matrix = " | head -11";
  CHECK(shell(hardly + " --decision last:1" + matrix).out != shell(hardly + matrix).out);
  CHECK_THAT(shell("ossicle-eval --decision spikes " + t.model + " " + t.test).out, Contains("decided by spikes"));
}

TEST_CASE("ossicle-eval --against: two models on one stream") {
  const Trained t;
  const auto report = t.json("--against " + t.other).at("against");
  const auto alone = nlohmann::json::parse(shell("ossicle-eval --json " + t.other + " " + t.test).out);
  CHECK(report.at("accuracy") == alone.at("accuracy"));
  CHECK(report.at("synaptic_operations") == alone.at("synaptic_operations"));
  const int both = report.at("n_both"), mine = report.at("n_only_this"), theirs = report.at("n_only_that");
  CHECK(both + mine == t.json("").at("n_correct"));
  CHECK(both + theirs == alone.at("n_correct"));
  CHECK(both + mine + theirs + report.at("n_neither").get<int>() == 40);
  CHECK(report.at("mcnemar_p") < 0.05);
  const auto itself = t.json("--against " + t.model).at("against");
  CHECK(itself.at("mcnemar_p") == 1.0);
  CHECK(itself.at("n_only_this") == 0);
  CHECK_THAT(shell("ossicle-eval --against " + t.other + " " + t.model + " " + t.test).out,
             Contains("against " + t.other) && Contains("ratio") && Contains("McNemar's exact test p = "));
}

TEST_CASE("ossicle-eval: what does not go together is named") {
  const Trained t;
  pipe_support::write_stream(t.file("few.tar"), {.n_records = 20, .n_classes = 5, .prefix = "few"});
  REQUIRE(shell("ossicle-train -q --hidden 5 --no-skip --epochs 1 -o " + t.file("few") + " " + t.file("few.tar"))
              .exit_code == 0);
  const auto refuses = [&t](const std::string& options, const std::string& said) {
    const auto result = shell("ossicle-eval " + t.model + " " + t.test + " " + options);
    INFO(options << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(said));
  };
  refuses("--decision loudest", "psc, spikes or last:N");
  refuses("--decision spikes --latency " + t.file("l"), "leave one of them out");
  refuses("--json --latency -", "the JSON holds the curve");
  refuses("--latency " + t.model, "name another file");
  refuses("--against " + t.model + "no", "no");
  refuses(t.test, "key test_0 stands in two of the streams");
  refuses("--against " + t.file("few"), "does not know label '5' of test_5");
}

TEST_CASE("ossicle-eval, ossicle-predict: an output layer that does not fire has no rate and no spikes") {
  const pipe_support::TempFolder temp;
  const std::string stream = temp.file("s.tar"), model = temp.file("m"), spikes = temp.file("spikes.tar");
  pipe_support::write_stream(stream, {.n_records = 20});
  REQUIRE(shell("ossicle-train -q --hidden 5 --no-skip --output-layer mean --epochs 1 --threads 1 -o " + model + " " +
                stream)
              .exit_code == 0);
  CHECK_THAT(shell("ossicle-eval " + model + " " + stream).out, Contains("\n  layer 2 (output)  does not fire\n"));
  const auto rates = nlohmann::json::parse(shell("ossicle-eval --json " + model + " " + stream).out).at("firing_rates");
  REQUIRE(rates.size() == 2);
  CHECK(rates[0].is_number());
  CHECK(rates[1].is_null());
  const auto all = shell("ossicle-predict --spikes all " + model + " " + stream + " -o " + spikes);
  CHECK(all.exit_code == 0);
  CHECK_THAT(all.err, Contains("the output layer does not fire; the stream holds the hidden layers"));
  CHECK_THAT(shell("ossicle-info " + spikes).out, Contains("n_channels: 5\n"));
  CHECK(shell("ossicle-predict --spikes 1 " + model + " " + stream + " -o " + spikes).err.empty());
}

TEST_CASE("ossicle-eval: a thousand classes make a report that can be read") {
  const pipe_support::TempFolder temp;
  const std::string stream = temp.file("s.tar"), model = temp.file("m");
  pipe_support::write_stream(stream, {.n_records = 1000, .n_channels = 10, .n_classes = 1000});
  REQUIRE(
      shell("ossicle-train -q --preset plain --hidden 5 --no-skip --epochs 1 --threads 1 -o " + model + " " + stream)
          .exit_code == 0);
  const auto text = shell("ossicle-eval " + model + " " + stream);
  CHECK(text.exit_code == 0);
  CHECK(text.out.size() < 100'000);
  const auto json = nlohmann::json::parse(shell("ossicle-eval --json " + model + " " + stream).out);
  const int n_named = json.at("n_total").get<int>() - json.at("n_silent").get<int>();
  const int n_wrong = n_named - json.at("n_correct").get<int>();
  REQUIRE(n_wrong > 20);  // one utterance of each class, so each pair occurs once
  CHECK_THAT(text.out, Contains("most frequent confusions (label, decision), 20 of " + std::to_string(n_wrong)));
  CHECK_THAT(text.out, !Contains("rows: label"));
  REQUIRE(json.at("confusion").size() == 1000);
  CHECK(json.at("confusion").at(999).size() == 1000);
  CHECK(shell("ossicle-eval --confusion - " + model + " " + stream + " | head -1001 | wc -l").out == "1001\n");
}

TEST_CASE("ossicle-eval: a long stream takes no more memory than a short one") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("SKIPPED: a sanitizer's own memory is many times the program's");
  return;
#endif
  const pipe_support::TempFolder folder;
  const pipe_support::Where here{folder.path(), false, false};
  pipe_support::write_stream(folder.path() / "short.tar", {.n_records = 100, .n_channels = 200});
  pipe_support::write_stream(folder.path() / "long.tar", {.n_records = 2000, .n_channels = 200});  // 64 MB of values
  REQUIRE(pipe_support::shell("ossicle-train -q short.tar --hidden 5 --no-skip --epochs 1 -o m", {}, here).exit_code ==
          0);
  const auto peak = [&here](const std::string& options) {
    const pipe_support::Result result =
        pipe_support::run({"ossicle-eval", "-q", "--threads", "1", "--json", "--against", "m", "m", options}, {}, here);
    CHECK(result.exit_code == 0);
    return result.peak_mb;
  };
  const double few = peak("short.tar"), many = peak("long.tar");
  INFO(few << " MB for 100 utterances, " << many << " MB for 2,000");
  CHECK(many < few + 10.0);
}
