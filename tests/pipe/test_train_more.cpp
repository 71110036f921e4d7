// ossicle-train: what the log says, and other forms of the recordings.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"
#include "tests/pipe/training_folder.h"

using Catch::Contains;
using pipe_support::shell;
using pipe_support::slurp;
using Folder = pipe_support::TrainingFolder;
using pipe_support::kNet;

TEST_CASE("ossicle-train: the log says what layers, arrays and gradients do, and the average is what is stored") {
  const Folder f;
  const std::string common = "ossicle-train " + f.train + kNet + " --epochs 2 --clip-norm 1e-3 --clip-scope array ";
  REQUIRE(shell(common + " -o " + f.file("m") + " --log " + f.file("log")).exit_code == 0);
  const std::string averaged = common + " --ema-decay 0.9 -o " + f.file("a") + " --log " + f.file("a.log");
  REQUIRE(shell(averaged).exit_code == 0);
  const auto epochs = [&f](const std::string& log) { return shell("sed 's/,\"seconds.*//' " + f.file(log)).out; };
  CHECK(epochs("a.log") == epochs("log"));  // without validation
  CHECK(slurp(f.file("a")) != slurp(f.file("m")));
  const auto line = nlohmann::json::parse(shell("tail -n 1 " + f.file("log")).out);
  for (const char* field : {"firing_rates", "silent", "saturated"}) {
    CHECK(line.at(field).size() == 4);
    for (const double share : line.at(field)) CHECK((share >= 0.0 && share <= 1.0));
  }
  CHECK(line.at("arrays").size() == 5 + 3 + 4);
  for (const auto& [name, array] : line.at("arrays").items()) {
    INFO(name << ": " << array.dump());
    CHECK(array.at("min") <= array.at("mean"));
    CHECK(array.at("mean") <= array.at("max"));
    CHECK(array.at("rms") >= 0.0);
    CHECK(array.contains("gradient_norm") == (name != "theta_4"));
    if (name == "theta_4") continue;
    CHECK(array.at("gradient_norm") > 0.01);
    CHECK(array.at("clipped_norm").get<double>() == Approx(1e-3).epsilon(0.05));
  }
  CHECK(line.at("arrays").at("theta_1").at("max") <= 0.999);
}

TEST_CASE("ossicle-train --variant: the same recordings in another form, of each epoch and utterance one") {
  const Folder f;
  pipe_support::write_stream(f.file("noisy.tar"), {.n_records = 120, .seed = 5});
  pipe_support::write_stream(f.file("short.tar"), {.n_records = 119, .seed = 5});
  pipe_support::write_stream(f.file("scaled.tar"), {.n_records = 120, .scale = 2.0});
  const std::string common = "ossicle-train -q --overwrite " + f.train + kNet + "--epochs 1 -o " + f.file("m");
  REQUIRE(shell(common).exit_code == 0);
  const std::string plain = slurp(f.file("m"));
  REQUIRE(shell(common + " --variant " + f.file("noisy.tar") + " --variant " + f.file("noisy.tar")).exit_code == 0);
  CHECK(slurp(f.file("m")) != plain);
  const auto resumed = shell("ossicle-train -q --resume " + f.train + kNet + "--epochs 1 -o " + f.file("m"));
  CHECK(resumed.exit_code == 2);
  CHECK_THAT(resumed.err, Contains("another run"));
  const auto refused = [&](const std::string& name) {
    const auto found = shell(common + " --variant " + f.file(name));
    CHECK(found.exit_code == 2);
    return found.err;
  };
  CHECK_THAT(refused("short.tar"), Contains("short.tar: not a variant") && Contains("is missing"));
  CHECK_THAT(refused("valid.tar"), Contains("valid.tar: not a variant") && Contains("is not in the training set"));
  CHECK_THAT(refused("scaled.tar"), Contains("scaled.tar: made by another recipe"));
}
