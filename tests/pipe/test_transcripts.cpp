// ossicle-eval --transcripts: words in a row against those that were said.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;
using pipe_support::shell;
using pipe_support::spill;

namespace {

struct Folder {
  pipe_support::TempFolder temp;
  pipe_support::Where here{temp.path()};
  void write(const std::string& name, const std::string& text) const { spill(temp.file(name), text); }
  pipe_support::Result score(const std::string& options) const {
    return shell("ossicle-eval --transcripts " + options, "", here);
  }
};

constexpr const char* kReference = "a\tone two three\nb\tfour\nc\t\n";

}  // namespace

TEST_CASE("ossicle-eval --transcripts: rates of each recording and of all") {
  const Folder f;
  f.write("ref", kReference);
  f.write("hyp", "b\tfive six\na\tone three\nc\t\n");
  const auto text = f.score("ref hyp");
  INFO(text.err);
  CHECK(text.exit_code == 0);
  CHECK(text.err.empty());
  CHECK_THAT(text.out, StartsWith("word error rate 75.00 %: 1 substitutions, 1 deletions, 1 insertions, 4 words of 3 "
                                  "recordings\n") &&
                           Contains("\n  a      33.33 %       3       0       1       0\n") &&
                           Contains("\n  c            -       0       0       0       0\n"));
  const json report = json::parse(f.score("ref hyp --json").out);
  CHECK(report.at("word_error_rate") == 0.75);
  CHECK(report.at("n_recordings") == 3);
  CHECK(report.at("n_correct") == 2);
  CHECK(report.at("per_recording").at("b").at("n_insertions") == 1);
  CHECK(report.at("per_recording").at("c").at("word_error_rate").is_null());
  CHECK(f.score("- hyp < ref").out == text.out);
}

TEST_CASE("ossicle-eval --transcripts: lines of JSON, what is no word, what is missing and what is too many") {
  const Folder f;
  f.write("ref", kReference);
  const auto found = [](const std::string& path, const std::string& label) {
    return json{{"path", path}, {"begin", 0.1}, {"end", 0.5}, {"label", label}, {"confidence", 0.9}}.dump() + "\n";
  };
  f.write("json", found("x/a.wav", "one") + found("x/a.wav", "(unknown)") + found("c", "(silence)") +
                      found("x/a.wav", "three") + found("d", "six") +
                      json{{"path", "c"}, {"label", "guess"}, {"final", false}}.dump() + "\n");
  const auto result = f.score("ref json --json");
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("recording d is not in ref; left out") &&
                             Contains("1 of 3 recordings have no words in json, b first"));
  const json report = json::parse(result.out);
  CHECK(report.at("n_deletions") == 2);
  CHECK(report.at("n_substitutions") == 0);
  CHECK(report.at("n_insertions") == 0);
  CHECK(report.at("n_words") == 4);
  // They are no words where they are said either.
  f.write("said", "a\t(silence) one (unknown)\n");
  CHECK(json::parse(f.score("said said --json").out).at("n_words") == 1);
  // One recording needs no path; nothing found is nothing found.
  f.write("one", "long\tone two\n");
  f.write("bare", "{\"label\":\"one\"}\n{\"label\":\"two\"}\n");
  f.write("empty", "");
  CHECK(json::parse(f.score("one bare --json").out).at("word_error_rate") == 0.0);
  CHECK(json::parse(f.score("one empty --json").out).at("n_deletions") == 2);
}

TEST_CASE("ossicle-eval --transcripts: a stream says what was said, also several words") {
  const Folder f;
  pipe_support::write_stream(f.temp.file("s.tar"), {.n_records = 2, .with_sequence = true});
  f.write("hyp", "utt_0\t0\nutt_1\t5\nutt_3\t1 1\n");
  const json report = json::parse(f.score("s.tar hyp --json").out);
  CHECK(report.at("n_words") == 5);
  CHECK(report.at("n_substitutions") == 1);
  CHECK(report.at("per_recording").at("utt_3").at("n_deletions") == 1);
}

TEST_CASE("ossicle-eval --transcripts: bad input is named, with its line") {
  const Folder f;
  f.write("ref", kReference);
  f.write("hyp", "a\tone\n");
  f.write("blanks", "a\tone\nb two\n");
  f.write("twice", "a\tone\n\na\ttwo\n");
  f.write("cut.json", "{\"path\":\"a\",\"label\":\"one\"}\n{\"path\":\"a\",\n");
  f.write("number.json", "{\"path\":\"a\",\"label\":1}\n");
  f.write("bare.json", "{\"label\":\"one\"}\n");
  f.write("two.json", "{\"path\":\"x/a.wav\",\"label\":\"one\"}\n{\"path\":\"y/a.flac\",\"label\":\"two\"}\n");
  const auto refuses = [&f](const std::string& options, const std::string& said) {
    const auto result = f.score(options);
    INFO(options << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(said));
  };
  refuses("ref two.json", "two.json, line 2: x/a.wav and y/a.flac have one key, a");
  refuses("- -", "standard input is one of the two at most");
  refuses("blanks hyp", "blanks, line 2: has no key with a tab behind it");
  refuses("ref twice", "twice, line 3: key a stands there twice");
  refuses("ref cut.json", "cut.json, line 2: is not a JSON object");
  refuses("ref number.json", "number.json, line 1: is not a JSON object");
  refuses("ref bare.json", "has no \"path\", and the reference has 3 recordings");
  refuses("none hyp", "none: no such file");
  refuses("ref hyp --reject 0.5", "give it without model, stream and their options");
  refuses("ref hyp m", "give it without model, stream and their options");
  CHECK_THAT(shell("ossicle-eval").err, Contains("MODEL is required"));
}
