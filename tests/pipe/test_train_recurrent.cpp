// ossicle-train with recurrent and frozen layers, and what the other tools make of such models.
#include <catch2/catch.hpp>

#include "tests/pipe/run.h"
#include "tests/pipe/training_folder.h"

using Catch::Contains;
using pipe_support::shell;
using pipe_support::slurp;
using Folder = pipe_support::TrainingFolder;

namespace {

const std::string kRecurrent =
    " --preset plain --hidden 20,30 --no-skip --batch 10 --epochs 2 --recurrent 2 --recurrent-density 0.5 ";

}  // namespace

TEST_CASE("ossicle-train --recurrent: one model whatever the threads, after a stop too, and every tool takes it") {
  const Folder f;
  const std::string train = "ossicle-train -q " + f.train + kRecurrent;
  REQUIRE(shell(train + "--threads 1 -o " + f.file("m")).exit_code == 0);
  REQUIRE(shell(train + "--threads 2 -o " + f.file("m2")).exit_code == 0);
  CHECK(slurp(f.file("m")) == slurp(f.file("m2")));
  const auto eval = shell("ossicle-eval " + f.file("m") + " " + f.valid);
  CHECK(eval.exit_code == 0);
  CHECK_THAT(eval.out, Contains("synaptic operations"));
  const auto info = shell("ossicle-info " + f.file("m"));
  CHECK_THAT(info.out,
             Contains("recurrent: 2\n") && Contains("w_rec_2: 30 30\n") && Contains("recurrent_density: 0.5"));
  CHECK(shell("ossicle-convert -q " + f.file("m") + " -o " + f.file("m.nir")).exit_code == 0);
  const auto tuned = shell("ossicle-train -q " + f.train + " --preset plain --epochs 1 --freeze 1 --init " +
                           f.file("m") + " -o " + f.file("tuned"));
  INFO(tuned.err);
  CHECK(tuned.exit_code == 0);
  const auto other = shell("ossicle-train -q " + f.train + " --preset plain --recurrent 1 --init " + f.file("m") +
                           " -o " + f.file("other"));
  CHECK(other.exit_code == 2);
  CHECK_THAT(other.err, Contains("--recurrent [1]") && Contains("has [2]"));
}

TEST_CASE("ossicle-train --freeze: a reservoir keeps what was drawn, and only the read-out learns") {
  const Folder f;
  const std::string reservoir = "ossicle-train -q " + f.train +
                                " --preset plain --hidden 60 --no-skip --recurrent 1 --recurrent-density 0.2 "
                                "--spectral-radius 0.9 --inhibitory-share 0.2 --freeze 1 --log " +
                                f.file("log") + " -o " + f.file("m") + " --epochs ";
  REQUIRE(shell(reservoir + "1").exit_code == 0);
  const std::string frozen = R"(sed 's/.*"w_0_1":\({[^}]*}\).*"w_rec_1":\({[^}]*}\).*/\1 \2/' )" + f.file("log");
  const std::string once = shell(frozen).out;
  CHECK_THAT(once, Contains("rms") && !Contains("gradient_norm"));
  REQUIRE(shell(reservoir + "3 --overwrite").exit_code == 0);
  CHECK(shell(frozen + " | uniq").out == once);
}

TEST_CASE("ossicle-train: layers that cannot be recurrent or frozen are named") {
  const Folder f;
  const auto refused = [&f](const std::string& options, const std::string& message) {
    const auto result =
        shell("ossicle-train -q " + f.train + " --hidden 20,20 --epochs 1 " + options + " -o " + f.file("m"));
    INFO(options);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(message));
    CHECK_FALSE(f.has("m"));
  };
  refused("--preset plain --recurrent 3", "recurrent layer is 3; it must be a layer from 1 to 2");
  refused("--preset plain --recurrent 2,1", "recurrent layer is 1; it must be listed once and in ascending order");
  refused("--preset plain --freeze 1,2,3", "number of frozen layers is 3; it must be below the number of layers (3)");
  refused("--freeze 1", "--no-normalise");
  refused("--preset plain --spectral-radius 0.9", "--spectral-radius has no effect: it counts only with --recurrent");
  refused("--preset plain --recurrent two", "--recurrent");
}
