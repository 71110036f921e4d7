#include "tools/eval/transcripts.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using Catch::StartsWith;
using Json = nlohmann::json;

namespace {

struct Folder {
  pipe_support::TempFolder temp;
  void write(const std::string& name, const std::string& text) const { pipe_support::spill(temp.file(name), text); }
  tools::TranscriptScores score(const std::string& reference, const std::string& found) const {
    tools::Context context("test");
    return {temp.file(reference), temp.file(found), context};
  }
  Json json(const std::string& reference, const std::string& found) const {
    return Json::parse(score(reference, found).json());
  }
};

constexpr const char* kReference = "a\tone two three\nb\tfour\nc\t\n";

/// A line of ossicle-listen.
std::string line(const std::string& path, const std::string& label) {
  return Json{{"path", path}, {"begin", 0.1}, {"end", 0.5}, {"label", label}, {"confidence", 0.9}}.dump() + "\n";
}

}  // namespace

TEST_CASE("TranscriptScores: rates of each recording and of all") {
  const Folder f;
  f.write("ref", kReference);
  f.write("hyp", "b\tfive six\na\tone three\nc\t\n");
  CHECK_THAT(f.score("ref", "hyp").text(),
             StartsWith("word error rate 75.00 %: 1 substitutions, 1 deletions, 1 insertions, 4 words of 3 "
                        "recordings\n") &&
                 Contains("\n  a      33.33 %       3       0       1       0\n") &&
                 Contains("\n  c            -       0       0       0       0\n"));
  const Json report = f.json("ref", "hyp");
  CHECK(report.at("word_error_rate") == 0.75);
  CHECK(report.at("n_recordings") == 3);
  CHECK(report.at("n_correct") == 2);
  CHECK(report.at("per_recording").at("b").at("n_insertions") == 1);
  CHECK(report.at("per_recording").at("c").at("word_error_rate").is_null());
}

TEST_CASE("TranscriptScores: lines of JSON, without guesses and what is no word") {
  const Folder f;
  f.write("ref", kReference);
  f.write("json", line("x/a.wav", "one") + line("x/a.wav", "(unknown)") + line("c", "(silence)") +
                      line("x/a.wav", "three") + line("b", "four") +
                      Json{{"path", "c"}, {"label", "guess"}, {"final", false}}.dump() + "\n");
  const Json report = f.json("ref", "json");
  CHECK(report.at("n_deletions") == 1);
  CHECK(report.at("n_substitutions") == 0);
  CHECK(report.at("n_insertions") == 0);
  CHECK(report.at("n_words") == 4);
  // They are no words where they are said either.
  f.write("said", "a\t(silence) one (unknown)\n");
  CHECK(f.json("said", "said").at("n_words") == 1);
  // One recording needs no path; nothing found is nothing found.
  f.write("one", "long\tone two\n");
  f.write("bare", "{\"label\":\"one\"}\n{\"label\":\"two\"}\n");
  f.write("empty", "");
  CHECK(f.json("one", "bare").at("word_error_rate") == 0.0);
  CHECK(f.json("one", "empty").at("n_deletions") == 2);
}

TEST_CASE("TranscriptScores: lines of JSON are known as such behind empty lines, blanks and a byte order mark") {
  const Folder f;
  f.write("one", "long\tone two\n");
  for (const char* before : {"\n", "\r\n\n", "\xef\xbb\xbf\n", "  ", "\n\t"}) {
    f.write("json", before + line("long", "one") + "\n" + line("long", "two"));
    CHECK(f.json("one", "json").at("word_error_rate") == 0.0);
  }
  f.write("lines", "\n\nlong\tone two\n");
  CHECK(f.json("one", "lines").at("word_error_rate") == 0.0);
}

TEST_CASE("TranscriptScores: a stream says what was said, also several words") {
  const Folder f;
  pipe_support::write_stream(f.temp.file("s.tar"), {.n_records = 2, .with_sequence = true});
  f.write("hyp", "utt_0\t0\nutt_1\t5\nutt_3\t1 1\n");
  const Json report = f.json("s.tar", "hyp");
  CHECK(report.at("n_words") == 5);
  CHECK(report.at("n_substitutions") == 1);
  CHECK(report.at("per_recording").at("utt_3").at("n_deletions") == 1);
}

TEST_CASE("TranscriptScores: a label with blanks counts as several words, in lines, in JSON and in a stream") {
  const Folder f;
  pipe_support::write_stream(f.temp.file("stream"), {.n_records = 1, .extra_label = "turn left  now"});
  f.write("lines", "utt_0\t0\nutt_1\tturn left now\n");
  f.write("json", line("utt_0", "0") + line("utt_1", "turn left  now"));
  for (const char* reference : {"stream", "lines"}) {
    for (const char* found : {"lines", "json"}) {
      INFO(reference << " " << found);
      CHECK(f.json(reference, found).at("n_words") == 4);
      CHECK(f.json(reference, found).at("n_correct") == 4);
    }
  }
  f.write("right", line("utt_0", "0") + line("utt_1", "turn right now"));
  CHECK(f.json("stream", "right").at("n_substitutions") == 1);
}

TEST_CASE("TranscriptScores: bad input is named, with its line") {
  const Folder f;
  f.write("ref", kReference);
  f.write("hyp", "a\tone\n");
  f.write("blanks", "a\tone\nb two\n");
  f.write("twice", "a\tone\n\na\ttwo\n");
  f.write("cut.json", "{\"path\":\"a\",\"label\":\"one\"}\n{\"path\":\"a\",\n");
  f.write("number.json", "{\"path\":\"a\",\"label\":1}\n");
  f.write("bare.json", "{\"label\":\"one\"}\n");
  f.write("two.json", "{\"path\":\"x/a.wav\",\"label\":\"one\"}\n{\"path\":\"y/a.flac\",\"label\":\"two\"}\n");
  const auto refuses = [&f](const std::string& reference, const std::string& found, const std::string& said) {
    CHECK_THROWS_WITH(f.score(reference, found), Contains(said));
  };
  refuses("ref", "two.json", "two.json, line 2: x/a.wav and y/a.flac have one key, a");
  refuses("blanks", "hyp", "blanks, line 2: has no key with a tab behind it");
  refuses("ref", "twice", "twice, line 3: key a stands there twice");
  refuses("ref", "cut.json", "cut.json, line 2: is not a JSON object");
  refuses("ref", "number.json", "number.json, line 1: is not a JSON object");
  refuses("ref", "bare.json", "has no \"path\", and the reference has 3 recordings");
  refuses("none", "hyp", "none: no such file");
}
