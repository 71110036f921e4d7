// ossicle-eval --transcripts: words in a row against those that were said.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/pipe/run.h"

using Catch::Contains;
using Catch::StartsWith;
using pipe_support::shell;

namespace {

struct Folder {
  pipe_support::TempFolder temp;
  pipe_support::Where here{temp.path()};
  Folder() { write("ref", "a\tone two three\nb\tfour\nc\t\n"); }
  void write(const std::string& name, const std::string& text) const { pipe_support::spill(temp.file(name), text); }
  pipe_support::Result score(const std::string& options) const {
    return shell("ossicle-eval --transcripts " + options, "", here);
  }
};

}  // namespace

TEST_CASE("ossicle-eval --transcripts: as text and as JSON, also from standard input") {
  const Folder f;
  f.write("hyp", "b\tfive six\na\tone three\nc\t\n");
  const auto text = f.score("ref hyp");
  CHECK(text.exit_code == 0);
  CHECK(text.err.empty());
  CHECK_THAT(text.out, StartsWith("word error rate 75.00 %: "));
  CHECK(nlohmann::json::parse(f.score("ref hyp --json").out).at("word_error_rate") == 0.75);
  CHECK(f.score("- hyp < ref").out == text.out);
}

TEST_CASE("ossicle-eval --transcripts: recordings that are missing, and too many, are named") {
  const Folder f;
  f.write("hyp", "a\tone two three\nc\t\nd\tsix\n");
  const auto result = f.score("ref hyp");
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("recording d is not in ref; left out") &&
                             Contains("1 of 3 recordings have no words in hyp, b first"));
  CHECK_THAT(result.out, StartsWith("word error rate 25.00 %: 0 substitutions, 1 deletions, 0 insertions"));
}

TEST_CASE("ossicle-eval --transcripts: stands without a model and its options") {
  const Folder f;
  f.write("hyp", "a\tone\n");
  const auto refuses = [&f](const std::string& options, const std::string& said) {
    const auto result = f.score(options);
    INFO(options << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(said));
  };
  refuses("- -", "standard input is one of the two at most");
  for (const char* more :
       {"m", "--reject 0.5", "--batch 7", "--device cuda", "--threads 2", "--isa baseline", "--precision tf32"}) {
    refuses("ref hyp " + std::string(more), "give it without model, stream and their options");
  }
  CHECK_THAT(shell("ossicle-eval").err, Contains("MODEL is required"));
}
