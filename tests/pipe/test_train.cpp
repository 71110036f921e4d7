// ossicle-train: what it writes, resuming, configuration, bad input.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"
#include "tests/pipe/training_folder.h"

using Catch::Contains;
using pipe_support::kNet;
using pipe_support::run;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::TempFolder;
using Folder = pipe_support::TrainingFolder;

namespace {

/// Starts the line, sends the signal once the checkpoint stands and a moment later, and returns the exit code as a
/// shell gives it.
int kill_once_running(const std::string& line, const std::string& checkpoint, int signal) {
  const std::string script = line + " 2>" + checkpoint + ".err & pid=$!; i=0; while [ ! -e " + checkpoint +
                             " ] && [ $i -lt 6000 ]; do sleep 0.01; i=$((i+1)); done; sleep 0.02; kill -" +
                             std::to_string(signal) + " $pid; wait $pid; exit $?";
  return shell(script).exit_code;
}

}  // namespace

TEST_CASE("ossicle-train: threads, stops and resumes change no byte of the model") {
  const Folder f;
  const std::string common = "ossicle-train " + f.train + " --valid " + f.valid + kNet + " --epochs 25 --seed 3";
  REQUIRE(shell(common + " -o " + f.file("one")).exit_code == 0);
  std::string two = common;
  two.replace(two.find("--threads 1"), 11, "--threads 2");
  REQUIRE(shell(two + " -o " + f.file("two") + " --log " + f.file("two.log")).exit_code == 0);
  const std::string want = slurp(f.file("one"));
  CHECK(slurp(f.file("two")) == want);
  CHECK(slurp(f.file("two.best")) == slurp(f.file("one.best")));

  const std::string killed = common + " -o " + f.file("killed") + " --log " + f.file("killed.log");
  CHECK(kill_once_running(killed, f.file("killed.ckpt"), SIGKILL) == 128 + SIGKILL);
  CHECK(!f.has("killed"));
  const auto refused = shell(killed);
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("unfinished run") && Contains("--resume"));
  REQUIRE(shell(killed + " --resume").exit_code == 0);
  CHECK(slurp(f.file("killed")) == want);
  CHECK(slurp(f.file("killed.best")) == slurp(f.file("one.best")));
  // A line an epoch, each once, whatever was cut off and done again.
  CHECK(shell("grep -c . " + f.file("killed.log")).out == "25\n");
  const auto records = [&f](const std::string& log) { return shell("sed 's/,\"seconds.*//' " + f.file(log)).out; };
  CHECK(records("killed.log") == records("two.log"));

  const std::string stopped = common + " -o " + f.file("stopped") + " --log " + f.file("stopped.log");
  CHECK(kill_once_running(stopped, f.file("stopped.ckpt"), SIGINT) == 2);
  CHECK_THAT(slurp(f.file("stopped.ckpt.err")), Contains("--resume"));
  REQUIRE(shell(stopped + " --resume").exit_code == 0);
  CHECK(slurp(f.file("stopped")) == want);
  CHECK(records("stopped.log") == records("two.log"));
  // A finished run resumes to the same model.
  std::filesystem::remove(f.file("stopped"));
  REQUIRE(shell(stopped + " --resume").exit_code == 0);
  CHECK(slurp(f.file("stopped")) == want);
}

// 120 records in batches of 10. Each array alone is clipped to 1e-3, below any gradient here, so that is the norm behind the
// clip, less the hair that clip_factor takes off.
TEST_CASE("ossicle-train: a resumed run must be the same run") {
  const Folder f;
  const std::string begin = "ossicle-train" + kNet + "-o " + f.file("m") + " --epochs 2 ";
  REQUIRE(shell(begin + f.train).exit_code == 0);
  CHECK(!f.has("m.best"));
  const auto other_data = shell(begin + f.valid + " --resume");
  CHECK(other_data.exit_code == 2);
  CHECK_THAT(other_data.err, Contains("m.ckpt") && Contains("another run") && Contains("--overwrite"));
  const auto other_schedule = shell(begin + f.train + " --schedule constant --resume");
  CHECK(other_schedule.exit_code == 2);
  CHECK_THAT(other_schedule.err, Contains("schedule"));
  const auto other_epochs = shell("ossicle-train" + kNet + "-o " + f.file("m") + " --epochs 3 --resume " + f.train);
  CHECK(other_epochs.exit_code == 2);
  CHECK_THAT(other_epochs.err, Contains("epochs"));
  pipe_support::spill(f.file("m.ckpt"), slurp(f.file("m.ckpt")).substr(0, 1000));
  const auto cut = shell(begin + f.train + " --resume");
  CHECK(cut.exit_code == 2);
  CHECK_THAT(cut.err, Contains("m.ckpt"));
  const auto none = shell("ossicle-train" + kNet + "-o " + f.file("n") + " --epochs 1 --resume " + f.train);
  CHECK(none.exit_code == 0);
  CHECK_THAT(none.err, Contains("from the start"));
}

TEST_CASE("ossicle-train: default, preset, file, flag, each over the one before") {
  const Folder f;
  const auto network = [&f](const std::string& options) {
    const std::string model = f.file("m");
    const auto trained = shell("ossicle-train -q --overwrite --hidden 20,20,20 --threads 1 --epochs 1 " + f.train +
                               " -o " + model + " " + options);
    INFO(options << ": " << trained.err);
    REQUIRE(trained.exit_code == 0);
    return nlohmann::json::parse(shell("ossicle-info --json " + model).out).at("training").at("network");
  };
  using Layers = std::vector<int>;
  pipe_support::spill(f.file("c.toml"), "tau-m = 20\nbip = false\nskip = [\"2:4\"]\n");
  const std::string file = " --config " + f.file("c.toml");
  const auto by_default = network("");
  CHECK(by_default.at("tau_m") == 5);
  CHECK(by_default.at("self_recurrent") == Layers{1, 2, 3});
  CHECK(by_default.at("bip") == Layers{1, 2, 3});
  CHECK(by_default.at("skips") == std::vector<Layers>{{1, 3}});
  CHECK(network("--preset paper-n-tidigits").at("tau_m") == 64);
  const auto by_file = network("--preset paper-n-tidigits" + file);
  CHECK(by_file.at("tau_m") == 20);
  CHECK(by_file.at("bip") == Layers{});
  CHECK(by_file.at("self_recurrent") == Layers{1, 2, 3});
  CHECK(by_file.at("skips") == std::vector<Layers>{{2, 4}});
  const auto by_flag = network("--preset paper-n-tidigits --tau-m 30 --bip --bip-output --no-self-recurrent" + file);
  CHECK(by_flag.at("tau_m") == 30);
  CHECK(by_flag.at("bip") == Layers{1, 2, 3, 4});
  CHECK(by_flag.at("self_recurrent") == Layers{});
  CHECK(network("--no-skip" + file).at("skips") == std::vector<Layers>{});
  pipe_support::spill(f.file("bad.toml"), "tau_membrane = 20\n");
  const auto unknown = shell("ossicle-train " + f.train + " -o " + f.file("x") + " --config " + f.file("bad.toml"));
  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, Contains("tau_membrane") && Contains("configuration file"));
}

TEST_CASE("ossicle-train writes over nothing that it reads, nor over what is not its own") {
  const Folder f;
  const std::string common = "ossicle-train" + kNet + "--epochs 1 ";
  const std::string train = slurp(f.train), valid = slurp(f.valid);
  std::filesystem::create_symlink(f.train, f.file("link"));
  pipe_support::spill(f.file("notes"), "my notes\n");
  for (const std::string& arguments :
       {f.train + " -o " + f.train, f.file("link") + " -o " + f.train,
        f.train + " --valid " + f.valid + " -o " + f.valid, f.train + " -o " + f.file("m") + " --log " + f.file("m"),
        f.train + " -o " + f.file("m") + " --log " + f.valid,
        f.train + " -o " + f.file("m") + " --log " + f.file("notes")}) {
    const auto result = shell(common + arguments);
    INFO(arguments << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("name another file"));
  }
  CHECK(slurp(f.train) == train);
  CHECK(slurp(f.valid) == valid);
  CHECK(slurp(f.file("notes")) == "my notes\n");
  // One option's values end with it, and the stream may follow.
  CHECK(shell("ossicle-train -q -o " + f.file("n") + kNet + "--epochs 1 --skip 1:3 " + f.train).exit_code == 0);
  CHECK(shell("ossicle-train -q --overwrite -o " + f.file("n") +
              " --preset plain --epochs 1 --count-targets 0.3,0.03 " + f.train)
            .exit_code == 0);
  CHECK(
      shell("ossicle-train -q --overwrite -o " + f.file("n") + " --epochs 1 --hidden 20,20,20 " + f.train).exit_code ==
      0);
  // A best model of an earlier run must not pass for one of this run.
  REQUIRE(shell(common + f.train + " --valid " + f.valid + " -o " + f.file("m")).exit_code == 0);
  CHECK(f.has("m.best"));
  REQUIRE(shell(common + f.train + " --overwrite -o " + f.file("m")).exit_code == 0);
  CHECK(!f.has("m.best"));
}

TEST_CASE("ossicle-train: a log that the checkpoint does not know is not cut") {
  const Folder f;
  const std::string common = "ossicle-train" + kNet + "--epochs 40 --seed 3 " + f.train + " -o " + f.file("m");
  REQUIRE(kill_once_running(common, f.file("m.ckpt"), SIGKILL) == 128 + SIGKILL);
  pipe_support::spill(f.file("log"), "{\"epoch\":1}\n{\"epoch\":2}\n");
  const auto refused = shell(common + " --resume --log " + f.file("log"));
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("a new file"));
  CHECK(slurp(f.file("log")) == "{\"epoch\":1}\n{\"epoch\":2}\n");
}

TEST_CASE("ossicle-train: bad input is named, and nothing is written") {
  const Folder f;
  const auto refuses = [&f](const std::string& arguments, const std::string& said, const std::string& input = {}) {
    const auto result = shell("ossicle-train " + arguments + " --epochs 1 -o " + f.file("m"), input);
    INFO(arguments << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(said) && Catch::StartsWith("ossicle-train: "));
    CHECK(!f.has("m"));
    CHECK(!f.has("m.ckpt"));
  };
  const std::string bytes = slurp(f.train);
  pipe_support::spill(f.file("cut.tar"), bytes.substr(0, bytes.size() / 2));
  pipe_support::write_stream(f.file("wide.tar"), {.n_records = 20, .n_channels = 30});
  pipe_support::write_stream(f.file("scaled.tar"), {.n_records = 20, .scale = 2.0, .prefix = "scaled"});
  pipe_support::write_stream(f.file("eleven.tar"), {.n_records = 20, .extra_label = "eleven", .prefix = "eleven"});
  pipe_support::write_stream(f.file("bare.tar"), {.n_records = 20, .n_classes = 0, .prefix = "bare"});
  refuses(f.file("none.tar"), "none.tar");
  refuses(f.file("cut.tar"), "cut.tar");
  refuses(f.temp.path().string(), "folder");
  refuses("-", "standard input", "");
  refuses("-", "standard input", "RIFF, not a stream");
  refuses(f.train + " " + f.train, "key");
  refuses(f.train + " " + f.file("scaled.tar"), "scale");
  refuses(f.train + " --valid " + f.file("wide.tar"), "");
  refuses(f.train + " --valid " + f.file("scaled.tar"), "scale");
  refuses(f.train + " --valid " + f.file("eleven.tar"), "classes");
  refuses(f.train + " --skip 1:2", "1:2");
  refuses(f.train + " --skip 3", "FROM:TO");
  refuses(f.train + " --hidden 0", "0");
  refuses(f.train + " --rule best", "surrogate");
  refuses(f.train + " --preset beast", "paper-alpha");
  refuses(f.train + " --lr -1", "lr");
  refuses(f.train + " --seed -1", "--seed");
  refuses(f.train + " --seed 99999999999999999999", "--seed");
  refuses(f.file("bare.tar"), "no labels");
  refuses(f.train + " --valid " + f.file("bare.tar"), "no labels");
  refuses(f.train + " --device tpu", "cpu");
  refuses(f.train + " --threads -1", "--threads");
  refuses(f.train + " --resume --overwrite", "--overwrite");
  const auto nowhere = shell("ossicle-train " + f.train + " -o " + f.file("no/such/m"));
  CHECK(nowhere.exit_code == 2);
  for (const std::string target : {"-", "/dev/full"}) {
    CHECK(shell("ossicle-train " + f.train + " --epochs 1 -o " + target).exit_code == 2);
  }
  const auto full = shell("ossicle-train " + f.train + kNet + " --epochs 1 --log /dev/full -o " + f.file("full"));
  CHECK(full.exit_code == 2);
  CHECK_THAT(full.err, Contains("/dev/full"));
  refuses(f.train + " --log \"$(mkfifo " + f.file("fifo") + "; echo " + f.file("fifo") + ")\"", "named pipe");
  const auto terminal = run({"ossicle-train", "-o", f.file("t")}, {}, {.folder = {}, .stdin_is_terminal = true});
  CHECK(terminal.exit_code == 2);
  CHECK_THAT(terminal.err, Contains("terminal"));
}

TEST_CASE("ossicle-train: a loss that is not finite stops the run and is placed") {
  const Folder f;
  const auto result = shell("ossicle-train " + f.train + kNet +
                            " --epochs 1 --input-scale 1e38 --w-scale 1e30 --clip-weight 1e38 -o " + f.file("m"));
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("epoch 1, batch 1") && Contains("utt_"));
  CHECK(!f.has("m"));
}

TEST_CASE("ossicle-train says what a layer does, and with -q nothing") {
  const Folder f;
  const std::string common = "ossicle-train " + f.train + kNet + " --epochs 2 --overwrite -o " + f.file("m");
  const auto silent = shell(common + " --input-scale 1e-6");
  CHECK(silent.exit_code == 0);
  CHECK_THAT(silent.err, Contains("warning: layer 1 is silent") && Contains("epoch 2/2"));
  const auto quiet = shell(common + " -q");
  CHECK(quiet.exit_code == 0);
  CHECK(quiet.err.empty());
  CHECK(quiet.out.empty());
}

TEST_CASE("ossicle-train refuses a recording of several words and names them") {
  const TempFolder folder;
  pipe_support::write_stream(folder.file("s.tar"), {.n_records = 20, .with_sequence = true});
  const auto result = run({"ossicle-train", folder.file("s.tar"), "-o", folder.file("m"), "--epochs", "1"});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("utterance utt_21: label \"1 0 1\" is not one of the 10 classes"));
}
