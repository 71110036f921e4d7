// ossicle-train --valid-fraction: a validation part cut from the training stream.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using pipe_support::shell;
using pipe_support::slurp;

namespace {

struct Folder {
  pipe_support::TempFolder temp;
  std::string train = temp.file("train.tar");
  Folder() { pipe_support::write_stream(train, {.n_records = 120}); }
  std::string file(const std::string& name) const { return temp.file(name); }
  std::string command(const std::string& model) const {
    return "ossicle-train --hidden 20,20,20 --batch 10 --threads 1 --epochs 3 -o " + file(model) + " " + train + " ";
  }
};

/// The validation hash and the training hash in a checkpoint.
std::string hashes(const std::string& checkpoint) {
  return shell("grep -a -o '\"\\(train\\|valid\\)_hash\":\"[0-9a-f]*\"' " + checkpoint).out;
}

}  // namespace

TEST_CASE("ossicle-train --valid-fraction: cut, scored, never trained on, and the same after a resume") {
  const Folder f;
  const std::string cut = "--valid-fraction 0.25 ";
  const auto done = shell(f.command("m") + cut + "--log " + f.file("log"));
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  // Four recordings of each digit and speaker: one of each.
  CHECK_THAT(done.err, Contains("validation part: 30 of 120 utterances (--valid-seed 1)") && Contains("valid "));
  CHECK(std::filesystem::exists(f.file("m.best")));
  CHECK_THAT(slurp(f.file("log")), Contains("\"valid_accuracy\""));
  std::filesystem::remove(f.file("m"));
  REQUIRE(shell(f.command("m") + cut + "--resume").exit_code == 0);
  const auto other = shell(f.command("m") + cut + "--valid-seed 2 --resume");
  CHECK(other.exit_code == 2);
  CHECK_THAT(other.err, Contains("another run") && Contains("training data"));
  // The part is the cut's own: another seed of the training changes the model and not the part.
  REQUIRE(shell(f.command("n") + cut + "--seed 9").exit_code == 0);
  CHECK(hashes(f.file("n.ckpt")) == hashes(f.file("m.ckpt")));
  CHECK_THAT(hashes(f.file("n.ckpt")), Contains("valid_hash"));
  CHECK(slurp(f.file("n")) != slurp(f.file("m")));
}

TEST_CASE("ossicle-train --valid-by speaker: whole speakers, which are named") {
  const Folder f;
  const auto done = shell(f.command("m") + "--valid-fraction 0.1 --valid-by speaker --valid-seed 5");
  INFO(done.err);
  CHECK(done.exit_code == 0);
  CHECK_THAT(done.err, Contains("validation part: 40 of 120 utterances, all of speaker") && Contains("--valid-seed 5"));
  const auto plain = shell(f.command("x") + "--dry-run"),
             dry = shell(f.command("x") + "--dry-run --valid-fraction 0.5");
  CHECK(dry.exit_code == 0);
  CHECK(!std::filesystem::exists(f.file("x")));
  // The scored set adds no copy: the data take what they took.
  CHECK(dry.out.substr(0, dry.out.find('\n')) == plain.out.substr(0, plain.out.find('\n')));
}

TEST_CASE("ossicle-train --valid-fraction: what cannot be cut is named") {
  const Folder f;
  const auto refuses = [&f](const std::string& options, const std::string& said) {
    const auto result = shell(f.command("m") + options);
    INFO(options << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(said));
    CHECK(!std::filesystem::exists(f.file("m")));
  };
  refuses("--valid-fraction 1.0", "train.tar: a validation part of 1");
  refuses("--valid-fraction 0.1 --valid " + f.train, "excludes");
  refuses("--valid-by speaker", "requires");
  refuses("--valid-fraction 0.1 --valid-by voice", "token, speaker");
  pipe_support::write_stream(f.file("lone.tar"), {.n_records = 10});
  const auto lone = shell("ossicle-train -o " + f.file("m") + " --valid-fraction 0.5 " + f.file("lone.tar"));
  CHECK(lone.exit_code == 2);
  CHECK_THAT(lone.err, Contains("lone.tar: ") && Contains("nothing drawn"));
}
