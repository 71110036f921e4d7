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
  const std::string common = "ossicle-train " + f.train + kNet + "--epochs 2 --clip-norm 1e-3 --clip-scope array ";
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

TEST_CASE(
    "ossicle-train --rule layer: the log says how often each layer took the surrogate, and never leaving it is said "
    "once") {
  const Folder f;
  const std::string common =
      "ossicle-train " + f.train + kNet + " --epochs 2 --overwrite -o " + f.file("m") + " --log " + f.file("log");
  const auto shares = [&f](int line) {
    return nlohmann::json::parse(shell("sed -n " + std::to_string(line) + "p " + f.file("log")).out)
        .at("surrogate_share");
  };
  const auto never = shell(common + " --rule layer --layer-rate 1");
  REQUIRE(never.exit_code == 0);
  for (const int line : {1, 2}) CHECK(shares(line) == std::vector<double>(4, 1.0));
  const std::string said = "every layer took the surrogate slope in every batch";
  CHECK_THAT(never.err, Contains("epoch 1: " + said) && !Contains("epoch 2: " + said));
  const auto always = shell(common + " --rule layer --layer-rate 0");
  REQUIRE(always.exit_code == 0);
  for (const int line : {1, 2}) {
    for (int layer = 0; layer < 3; ++layer) CHECK(shares(line)[layer] == 0.0);
    CHECK(shares(line)[3] < 0.5);  // in some batch no output fires
  }
  CHECK_THAT(always.err, !Contains(said));
  REQUIRE(shell(common).exit_code == 0);
  CHECK_THAT(slurp(f.file("log")), !Contains("surrogate_share"));
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

TEST_CASE("ossicle-train: numbers with zeros before them are decimal, and sizes may stand between dashes") {
  const Folder f;
  pipe_support::spill(f.file("c.toml"), "epochs = 010\nhidden = [012, 09]\n");
  const auto training = [&f](const std::string& options) {
    const auto trained = shell("ossicle-train -q --overwrite --threads 01 --batch 010 --no-skip " + f.train + " -o " +
                               f.file("m") + options);
    INFO(trained.err);
    REQUIRE(trained.exit_code == 0);
    return nlohmann::json::parse(shell("ossicle-info --json " + f.file("m")).out).at("training");
  };
  const auto sizes = [](const nlohmann::json& found) {
    return found.at("network").at("sizes").get<std::vector<int>>();
  };
  const auto by_flags = training(" --epochs 02 --seed 010 --hidden 010-8");
  CHECK(by_flags.at("run").at("n_epochs") == 2);
  CHECK(by_flags.at("run").at("batch_size") == 10);
  CHECK(by_flags.at("run").at("seed") == 10);
  CHECK(sizes(by_flags) == std::vector<int>{20, 10, 8, 10});
  CHECK(sizes(training(" --epochs 1 --hidden 10,8")) == sizes(by_flags));
  const auto by_file = training(" --config " + f.file("c.toml"));
  CHECK(by_file.at("run").at("n_epochs") == 10);
  CHECK(sizes(by_file) == std::vector<int>{20, 12, 9, 10});
}

TEST_CASE("ossicle-train: options that contradict each other, and slips, are refused before anything is read") {
  const Folder f;
  pipe_support::spill(f.file("c.toml"), "output = 'm'\nskip = ['1:3']\nno-skip = true\n");
  const auto refuses = [&f](const std::string& arguments, const std::string& said) {
    const auto result = shell("ossicle-train none.tar " + arguments, {}, {.folder = f.temp.path()});
    INFO(arguments << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(said));
  };
  refuses("-o m --no-skip --skip 0:2", "excludes --");
  refuses("-o m --skip 0:2 --no-skip", "excludes --");
  refuses("--config c.toml", "excludes --");
  for (const std::string sizes : {"30--5", "30,,30", "30,", "-", "30x30", "0x10"}) {
    refuses("-o m --hidden=" + sizes, "wanted whole numbers, as 100,100,100");
  }
  refuses("-o m --epoch 3", "did you mean --epochs?");
  refuses("-o m --preset bset", "paper-");
}

TEST_CASE("ossicle-train: neither the model nor the log replaces the configuration") {
  const Folder f;
  const std::string text = "epochs = 1\n";
  pipe_support::spill(f.file("c.toml"), text);
  for (const std::string arguments : {"-o c.toml", "-o m --log c.toml", "-o ./c.toml --overwrite"}) {
    const auto result =
        shell("ossicle-train train.tar" + kNet + "--config c.toml " + arguments, {}, {.folder = f.temp.path()});
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("this output would replace"));
    CHECK(slurp(f.file("c.toml")) == text);
  }
}

TEST_CASE("ossicle-train: what is too large, and a gradient that never was finite, get advice that helps") {
  const Folder f;
  const auto said = [&f](const std::string& options) {
    const auto result = shell("ossicle-train " + f.train + kNet + "--epochs 1 -o " + f.file("m") + options);
    CHECK(result.exit_code == 2);
    return result.err;
  };
  CHECK_THAT(said(" --mask-steps 2147483647"), Contains("it must be 0 to 1000000000 (steps)"));
  CHECK_THAT(said(" --label-smoothing 0.1"),
             Contains("--label-smoothing has no effect: it counts only with --loss softmax or mean-softmax"));
  CHECK_THAT(said(" --delays 0,60"), Contains("a delay of 60 steps carries nothing: the longest utterance has"));
  CHECK_THAT(said(" --tau-m inf"), Contains("tau_m is inf; it must be a finite number"));
  CHECK_THAT(said(" --input-scale 1e38 --w-scale 1e30 --clip-weight 1e38"),
             Contains("epoch 1, batch 1:") && Contains("lower --input-scale or --w-scale") && !Contains("--lr"));
}

TEST_CASE("ossicle-train --normalise: drives beyond what can be normalised stop the run with advice") {
  const Folder f;
  for (const std::string& valid : {std::string(), " --valid " + f.valid}) {
    const auto stopped = shell("ossicle-train " + f.train + kNet +
                               "--normalise --input-scale 1e30 --epochs 1 --overwrite -o " + f.file("m") + valid);
    CHECK(stopped.exit_code == 2);
    CHECK_THAT(stopped.err,
               Contains("epoch 1: norm_var_1 is not finite") && Contains("use a lower --input-scale or --w-scale"));
    CHECK_FALSE(f.has("m"));
  }
}

TEST_CASE("ossicle-train --normalise: a silent layer gets advice that helps") {
  const Folder f;
  const std::string common =
      "ossicle-train " + f.train + kNet + "--epochs 1 --overwrite --threshold 1000 -o " + f.file("m");
  CHECK_THAT(shell(common).err, Contains("layer 1 is silent") && Contains("try a larger --input-scale or --w-scale"));
  CHECK_THAT(shell(common + " --normalise").err,
             Contains("layer 1 is silent") && Contains("try a lower --threshold") && !Contains("--input-scale"));
}

TEST_CASE("ossicle-train --valid: labels that the training stream does not have are named and counted") {
  const Folder f;
  pipe_support::write_stream(f.file("more.tar"), {.n_records = 24, .seed = 3, .n_classes = 12, .prefix = "more"});
  const auto refused =
      shell("ossicle-train " + f.train + kNet + "--valid " + f.file("more.tar") + " -o " + f.file("m"));
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err,
             Contains("more.tar: 4 of 24 utterances have labels that are not among the classes of the "
                      "training stream: '10' (2), '11' (2); its classes are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n"));
  CHECK_FALSE(f.has("m"));
}

TEST_CASE("ossicle-train: one channel can be learnt from, without the preset's shift of channels") {
  const Folder f;
  pipe_support::write_stream(f.file("one.tar"), {.n_records = 20, .n_channels = 1});
  const std::string common = "ossicle-train " + f.file("one.tar") + " --hidden 5 --no-skip --epochs 1 --threads 1 -o ";
  const auto trained = shell(common + f.file("m"));
  CHECK(trained.exit_code == 0);
  CHECK_THAT(trained.err, Contains("--shift-channels is 0, not 1 as in preset best: the data have 1 channel\n"));
  const auto asked = shell(common + f.file("n") + " --shift-channels 1");
  CHECK(asked.exit_code == 2);
  CHECK_THAT(asked.err, Contains("--shift-channels 1: the data have 1 channel, wanted 0\n"));
}
