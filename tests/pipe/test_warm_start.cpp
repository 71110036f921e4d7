// ossicle-train --init: training on from a model.
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
  std::string model = temp.file("m"), own = temp.file("own.tar");
  Folder() {
    pipe_support::write_stream(temp.file("train.tar"), {.n_records = 200});
    pipe_support::write_stream(own, {.n_records = 40, .seed = 7, .prefix = "own"});
    const auto trained = shell(
        "ossicle-train -q " + temp.file("train.tar") +
        " --preset plain --hidden 30,30 --tau-m 12 --shift-channels 0 --batch 10 --epochs 8 --threads 1 -o " + model);
    INFO(trained.err);
    REQUIRE(trained.exit_code == 0);
  }
  std::string file(const std::string& name) const { return temp.file(name); }
  std::string tune(const std::string& out, const std::string& options) const {
    return "ossicle-train --batch 10 --threads 1 --shift-channels 0 --init " + model + " -o " + file(out) + " " +
           options + " ";
  }
};

double accuracy(const std::string& model, const std::string& stream) {
  return nlohmann::json::parse(shell("ossicle-eval --json " + model + " " + stream).out).at("accuracy");
}

}  // namespace

TEST_CASE("ossicle-train --init: goes on from the model, whose network it takes, and leaves the file alone") {
  const Folder f;
  const std::string before = slurp(f.model);
  // At a rate near 0 the model stays what it was.
  const auto still = shell(f.tune("still", "--lr 1e-12 --epochs 1 --valid " + f.own) + f.file("train.tar"));
  INFO(still.err);
  REQUIRE(still.exit_code == 0);
  CHECK_THAT(still.err, Contains("all parameters taken"));
  CHECK(accuracy(f.file("still"), f.own) == accuracy(f.model, f.own));
  const auto network =
      nlohmann::json::parse(shell("ossicle-info --json " + f.file("still")).out).at("training").at("network");
  CHECK(network.at("sizes") == std::vector<int>{20, 30, 30, 10});
  CHECK(network.at("tau_m") == 12);
  // One epoch of it is better than one epoch from nothing.
  REQUIRE(shell(f.tune("tuned", "-q --epochs 1") + f.own).exit_code == 0);
  REQUIRE(shell("ossicle-train -q --hidden 30,30 --tau-m 12 --shift-channels 0 --batch 10 --epochs 1 --threads 1 -o " +
                f.file("anew") + " " + f.own)
              .exit_code == 0);
  CHECK(accuracy(f.file("tuned"), f.own) > accuracy(f.file("anew"), f.own) + 0.2);
  CHECK(slurp(f.model) == before);
}

TEST_CASE("ossicle-train --init: other classes, and a resumed run") {
  const Folder f;
  pipe_support::write_stream(f.file("more.tar"),
                             {.n_records = 60, .seed = 9, .n_classes = 8, .extra_label = "eleven", .prefix = "more"});
  const std::string line = f.tune("more", "--epochs 2") + f.file("more.tar");
  const auto done = shell(line);
  INFO(done.err);
  REQUIRE(done.exit_code == 0);
  CHECK_THAT(done.err, Contains("output neurons of 8 classes; begun anew: those of eleven; left out: those of 8, 9"));
  const std::string model = slurp(f.file("more"));
  CHECK(shell(line + " --resume").exit_code == 0);
  CHECK(slurp(f.file("more")) == model);
  // Another start is another run.
  REQUIRE(shell("ossicle-train -q --preset plain --hidden 30,30 --tau-m 12 --batch 10 --epochs 1 --threads 1 -o " +
                f.file("other") + " " + f.file("train.tar"))
              .exit_code == 0);
  const auto other = shell("ossicle-train --batch 10 --threads 1 --shift-channels 0 --epochs 2 --resume --init " +
                           f.file("other") + " -o " + f.file("more") + " " + f.file("more.tar"));
  CHECK(other.exit_code == 2);
  CHECK_THAT(other.err, Contains("another run") && Contains("parameters to start from"));
}

TEST_CASE("ossicle-train --init: a new class that looks like one of the model is pointed out") {
  const Folder f;
  pipe_support::write_stream(f.file("more.tar"),
                             {.n_records = 40, .n_classes = 9, .extra_label = "9 ", .prefix = "more"});
  const auto done = shell(f.tune("more", "--epochs 1") + f.file("more.tar"));
  CHECK(done.exit_code == 0);
  CHECK_THAT(done.err, Contains("warning: labels '9 ' and '9' look alike"));
}

TEST_CASE("ossicle-train --init: whether an option counts follows from the network of the model") {
  const Folder f;
  const auto with = [&f](const std::string& options) {
    return shell(f.tune("x", options + " --overwrite --epochs 1") + f.own);
  };
  const auto refused = with("--tau-a 30");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("--tau-a has no effect: it counts only with --adaptive"));
  REQUIRE(shell("ossicle-train -q --adaptive --no-self-recurrent --hidden 8 --no-skip --epochs 1 --threads 1 "
                "--overwrite -o " +
                f.model + " " + f.own)
              .exit_code == 0);
  CHECK(with("--tau-a 30").exit_code == 0);
  CHECK_THAT(with("--lr-self 0.1").err, Contains("--lr-self has no effect: it counts only with --self-recurrent"));
}

TEST_CASE("ossicle-train --init: values that the model has already are not to be drawn, but those of new classes are") {
  const Folder f;
  pipe_support::write_stream(f.file("more.tar"), {.n_records = 40, .n_classes = 9, .extra_label = "eleven"});
  const auto with = [&f](const std::string& options, const std::string& stream) {
    return shell(f.tune("x", options + " --overwrite --epochs 1") + f.file(stream));
  };
  for (const std::string flag : {"--w-scale", "--w-self-mean", "--w-self-std", "--tau-m-spread"}) {
    const auto refused = with(flag + " 1.5", "train.tar");
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains(flag + " has no effect: the model to start from has what it would draw"));
    CHECK(with(flag + " 1.5", "more.tar").exit_code == (flag == "--w-scale" ? 0 : 2));  // of the hidden layers
  }
  CHECK(with("--w-self-std 0", "train.tar").exit_code == 0);  // asks for nothing
}

TEST_CASE("ossicle-train --init --normalise: what has become of the normalisation is said, and what to do") {
  const Folder f;
  REQUIRE(
      shell("ossicle-train -q --preset plain --normalise --hidden 8 --no-skip --epochs 1 --threads 1 --overwrite -o " +
            f.model + " " + f.own)
          .exit_code == 0);
  CHECK(shell(f.tune("y", "--epochs 1") + f.own).exit_code == 0);
  const auto refused = shell(f.tune("x", "--normalise --epochs 1") + f.own);
  CHECK(refused.exit_code == 2);
  CHECK_THAT(
      refused.err,
      Contains("--normalise: the model to start from has plain weights and biases, with the normalisation of its "
               "own training folded into them if it had one; leave the flag out, or train anew without --init"));
  CHECK(!std::filesystem::exists(f.file("x")));
}

TEST_CASE("ossicle-train --init: what does not fit is named, and nothing is written") {
  const Folder f;
  pipe_support::write_stream(f.file("scaled.tar"), {.n_records = 20, .scale = 2.0});
  const auto refuses = [&f](const std::string& line, const std::string& said) {
    const auto result = shell(line);
    INFO(line << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(said));
    CHECK(!std::filesystem::exists(f.file("x")));
  };
  refuses(f.tune("x", "--hidden 30,40") + f.own, "--hidden [30, 40], but the model to start from has [30, 30]");
  refuses(f.tune("x", "--tau-m 16") + f.own, "--tau-m 16");
  refuses(f.tune("x", "") + f.file("scaled.tar"), "another recipe");
  refuses(f.tune("m", "") + f.own + "&& false", "name another file");
  refuses("ossicle-train --init " + f.own + " -o " + f.file("x") + " " + f.own, "own.tar");
}
