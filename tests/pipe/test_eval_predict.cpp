// ossicle-eval and ossicle-predict on streams: what they print, bad input. Recordings are in test_route.cpp.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using Catch::StartsWith;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::TempFolder;

namespace {

struct Trained {
  TempFolder temp;
  std::string model = temp.file("m");
  std::string test = temp.file("test.tar");
  Trained() {
    pipe_support::write_stream(file("train.tar"), {.n_records = 200});
    pipe_support::write_stream(test, {.n_records = 40, .seed = 2, .prefix = "test"});
    const auto trained = shell("ossicle-train -q " + file("train.tar") +
                               " --hidden 30,30 --shift-channels 0 --batch 10 --epochs 8 --threads 1 -o " + model);
    INFO(trained.err);
    REQUIRE(trained.exit_code == 0);
  }
  std::string file(const std::string& name) const { return temp.file(name); }
};

}  // namespace

TEST_CASE("ossicle-eval: figures agree with one another and with ossicle-predict") {
  const Trained t;
  const auto result = shell("ossicle-eval " + t.model + " --json --confusion " + t.file("c.csv") + " " + t.test);
  REQUIRE(result.exit_code == 0);
  CHECK(result.err.empty());
  const auto report = nlohmann::json::parse(result.out);
  CHECK(report.at("accuracy").get<double>() >= 0.9);
  CHECK(report.at("n_total") == 40);
  CHECK(report.at("wilson_95").at(0) < report.at("accuracy"));
  CHECK(report.at("firing_rates").size() == 3);
  CHECK(report.at("synaptic_operations").at("from_spikes") > 0);
  int diagonal = 0, all = 0;
  for (std::size_t row = 0; row < 10; ++row) {
    for (std::size_t column = 0; column < 10; ++column) {
      const int n = report.at("confusion").at(row).at(column);
      all += n;
      diagonal += row == column ? n : 0;
    }
  }
  CHECK(all == 40);
  CHECK(diagonal == report.at("n_correct"));
  CHECK_THAT(slurp(t.file("c.csv")), Contains("predicted,0,1,2,3"));

  int right = 0;
  std::istringstream lines(shell("ossicle-predict " + t.model + " < " + t.test).out);
  std::string key, label, score;
  for (int i = 0; lines >> key >> label >> score; ++i) {
    CHECK(key == "test_" + std::to_string(i));
    right += label == std::to_string(i % 10) ? 1 : 0;
  }
  CHECK(right == report.at("n_correct"));

  const auto text = shell("cat " + t.test + " | ossicle-eval " + t.model);
  CHECK_THAT(text.out, StartsWith("accuracy ") && Contains("per speaker") && Contains("speaker2") &&
                           Contains("synaptic operations"));
  for (const std::string options : {"--batch 1", "--batch 7", "--threads 1", "--threads 2"}) {
    CHECK(shell("ossicle-eval " + t.model + " " + options + " " + t.test).out == text.out);
  }
}

TEST_CASE("ossicle-predict: the best classes, as text and JSON") {
  const Trained t;
  const auto top = shell("ossicle-predict --top 3 " + t.model + " " + t.test + " | head -1");
  CHECK(std::count(top.out.begin(), top.out.end(), '\t') == 6);
  const auto json = shell("ossicle-predict --json --top 2 " + t.model + " " + t.test + " | head -1");
  const auto object = nlohmann::json::parse(json.out);
  CHECK(object.at("path") == "test_0");
  CHECK(object.at("top").size() == 2);
  CHECK(object.at("top").at(0).at("label") == object.at("label"));
  CHECK(object.at("top").at(0).at("score") >= object.at("top").at(1).at("score"));
}

TEST_CASE("ossicle-predict, ossicle-eval: silence is no class") {
  const Trained t;
  pipe_support::write_stream(t.file("mixed.tar"), {.n_records = 12, .n_silent = 2, .prefix = "mixed"});
  const auto text = shell("ossicle-predict --top 3 " + t.model + " " + t.file("mixed.tar"));
  CHECK_THAT(text.out, StartsWith("mixed_0\t(silence)\t0.000\nmixed_1\t(silence)\t0.000\nmixed_2\t2\t"));
  const auto line = shell("ossicle-predict --json --top 3 " + t.model + " " + t.file("mixed.tar") + " | head -1").out;
  const auto object = nlohmann::json::parse(line);
  CHECK(object.at("label") == "(silence)");
  CHECK(object.at("top").size() == 1);
  const auto report = nlohmann::json::parse(shell("ossicle-eval --json " + t.model + " " + t.file("mixed.tar")).out);
  CHECK(report.at("n_silent") == 2);
  CHECK(report.at("n_total") == 12);
  CHECK(report.at("n_correct") <= 10);
  CHECK(report.at("latency").at("points").at(19).at("accuracy") == report.at("accuracy"));
  CHECK_THAT(shell("ossicle-eval " + t.model + " " + t.file("mixed.tar")).out, Contains("\nsilent: 2, "));
  CHECK_THAT(shell("ossicle-eval " + t.model + " " + t.test).out, !Contains("silent: "));
}

TEST_CASE("ossicle-predict: a bad input stops none of the others, and answers come at once") {
  const Trained t;
  const auto mixed = shell("ossicle-predict " + t.model + " " + t.model + "/not/there " + t.test);
  CHECK(mixed.exit_code == 1);
  CHECK(std::count(mixed.out.begin(), mixed.out.end(), '\n') == 40);
  // The writer holds its end open until the first answers are there, ten seconds at most.
  const std::string out = t.file("out"), early = t.file("early");
  const auto held = shell("(cat " + t.test + "; i=0; while [ ! -s " + out +
                          " ] && [ $i -lt 1000 ]; do sleep 0.01; i=$((i+1)); done; "
                          "[ ! -s " +
                          out + " ] || touch " + early + ") | ossicle-predict " + t.model + " - > " + out);
  CHECK(held.exit_code == 0);
  CHECK(std::filesystem::exists(early));
  CHECK(shell("ossicle-info --json < " + t.model).exit_code == 0);
}

TEST_CASE("ossicle-eval and ossicle-predict: a closed pipe is a quiet end, a full disk is not") {
  const Trained t;
  const auto closed = shell("(ossicle-predict " + t.model + " " + t.test + "; echo $? >&2) | head -1 >/dev/null");
  CHECK(closed.err == "0\n");
  for (const std::string tool : {"ossicle-eval ", "ossicle-predict "}) {
    const auto full = shell(tool + t.model + " " + t.test + " > /dev/full");
    CHECK(full.exit_code == 2);
    CHECK_THAT(full.err, Contains("standard output"));
  }
  for (const std::string& input : {t.model, t.test}) {
    const auto over = shell("ossicle-eval --confusion " + input + " " + t.model + " " + t.test);
    CHECK(over.exit_code == 2);
    CHECK_THAT(over.err, Contains("name another file"));
  }
  const auto full = shell("ossicle-eval --confusion /dev/full " + t.model + " " + t.test);
  CHECK(full.exit_code == 2);
  CHECK_THAT(full.err, Contains("/dev/full"));
}

TEST_CASE("ossicle-eval: an unknown label is named, left out, and gives exit code 1") {
  const Trained t;
  pipe_support::write_stream(t.file("more.tar"),
                             {.n_records = 20, .seed = 5, .extra_label = "eleven", .prefix = "more"});
  const auto result = shell("ossicle-eval " + t.model + " " + t.file("more.tar"));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("more_20") && Contains("'eleven'"));
  CHECK_THAT(result.out, Contains("of 20 utterances"));
}

TEST_CASE("ossicle-eval and ossicle-predict: bad models and streams are named") {
  const Trained t;
  const std::string model = slurp(t.model), stream = slurp(t.test);
  pipe_support::write_stream(t.file("scaled.tar"), {.n_records = 5, .scale = 2.0});
  pipe_support::write_stream(t.file("wide.tar"), {.n_records = 5, .n_channels = 30});
  pipe_support::spill(t.file("cut"), model.substr(0, model.size() - 1));
  pipe_support::spill(t.file("empty"), "");
  std::string altered = model;
  altered[altered.size() - 5] = static_cast<char>(altered[altered.size() - 5] ^ 1);
  pipe_support::spill(t.file("altered"), altered);
  std::string huge = model;
  huge.replace(0, 8, std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8));
  pipe_support::spill(t.file("huge"), huge);
  pipe_support::spill(t.file("cut.tar"), stream.substr(0, stream.size() - 2000));
  pipe_support::spill(t.file("empty.tar"), "");
  struct Case {
    std::string model, stream, said;
  };
  for (const Case& c : std::vector<Case>{{"none", "test.tar", "none"},
                                         {"cut", "test.tar", "cut"},
                                         {"empty", "test.tar", "empty"},
                                         {"altered", "test.tar", "altered"},
                                         {"huge", "test.tar", "huge"},
                                         {"test.tar", "test.tar", "test.tar"},
                                         {"m", "none.tar", "none.tar"},
                                         {"m", "empty.tar", "empty.tar"},
                                         {"m", "scaled.tar", "scale"},
                                         {"m", "wide.tar", "30"},
                                         {"m", "cut.tar", "cut.tar"}}) {
    for (const std::string tool : {"ossicle-eval", "ossicle-predict"}) {
      const auto result = shell(tool + " " + t.file(c.model) + " " + t.file(c.stream));
      INFO(tool << " " << c.model << " " << c.stream << ": " << result.err);
      CHECK(result.exit_code == 2);
      CHECK_THAT(result.err, StartsWith(tool + ": ") && Contains(c.said));
    }
  }
}
