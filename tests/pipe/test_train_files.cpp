// ossicle-train: the files of a run, and what another run may do to them.
#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"
#include "tests/pipe/training_folder.h"

using Catch::Contains;
using pipe_support::kNet;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::spill;
using Folder = pipe_support::TrainingFolder;

namespace {

/// Of a shell: starts the line as $pid, and goes on once the file is there.
std::string begun(const std::string& line, const std::string& file) {
  return line + " 2>err & pid=$!; i=0; while [ ! -e " + file +
         " ] && [ $i -lt 6000 ]; do sleep 0.01; i=$((i+1)); done; ";
}

const std::string kLong = "ossicle-train train.tar" + kNet + "--epochs 4000 -o m ";

}  // namespace

TEST_CASE("ossicle-train replaces a finished model, its best and its log only with --overwrite") {
  const Folder f;
  const auto here = [&](const std::string& line) { return shell(line, "", {f.temp.path()}); };
  const std::string train = "ossicle-train" + kNet + "train.tar --epochs 1 -o m ";
  REQUIRE(here(train + "--valid valid.tar --log log").exit_code == 0);
  const std::string model = slurp(f.file("m")), best = slurp(f.file("m.best")), log = slurp(f.file("log"));
  const auto refuses = [&](const std::string& line, const std::string& message) {
    const auto result = here(line);
    INFO(line << "\n" << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(message) && Contains("--overwrite"));
    CHECK(slurp(f.file("m")) == model);
    CHECK(slurp(f.file("log")) == log);
  };
  refuses(train + "--seed 2", "m: is a model");
  refuses(train + "--seed 2 --valid valid.tar --log log", "m: is a model");
  refuses("ossicle-train" + kNet + "train.tar --epochs 1 -o other --log log", "log: is the log of another training");
  CHECK(slurp(f.file("m.best")) == best);
  CHECK(!f.has("other"));
  // Resuming what is done gives it again.
  REQUIRE(here(train + "--valid valid.tar --log log --resume").exit_code == 0);
  CHECK(slurp(f.file("m")) == model);
  std::filesystem::remove(f.file("m.ckpt"));
  refuses(train + "--valid valid.tar --log log --resume", "m: is a model");
  std::filesystem::rename(f.file("m"), f.file("moved"));
  CHECK_THAT(here(train).err, Contains("m.best: is a model"));
  std::filesystem::rename(f.file("moved"), f.file("m"));
  REQUIRE(here(train + "--seed 2 --log log --overwrite").exit_code == 0);
  CHECK(slurp(f.file("m")) != model);
  CHECK(!f.has("m.best"));
  CHECK(here("grep -c . log").out == "1\n");
}

TEST_CASE("ossicle-train: a finished run whose model is not there is not begun anew by itself") {
  const Folder f;
  const std::string train = "ossicle-train" + kNet + f.train + " --epochs 1 -o " + f.file("m");
  REQUIRE(shell(train).exit_code == 0);
  const std::string model = slurp(f.file("m"));
  std::filesystem::remove(f.file("m"));
  const auto refused = shell(train);
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("m.ckpt: holds a finished run") && Contains("--resume"));
  REQUIRE(shell(train + " --resume").exit_code == 0);
  CHECK(slurp(f.file("m")) == model);
}

TEST_CASE("ossicle-train replaces no file of another kind, even with --overwrite") {
  const Folder f;
  for (const std::string name : {"m", "m.best", "m.ckpt"}) {
    const std::string bytes = slurp(f.valid);
    spill(f.file(name), bytes);
    const auto result = shell("ossicle-train --overwrite" + kNet + f.train + " --epochs 1 -o " + f.file("m"));
    INFO(result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(name + ": is a stream") && Contains("name another file"));
    CHECK(slurp(f.file(name)) == bytes);
    std::filesystem::remove(f.file(name));
  }
}

TEST_CASE("Two trainings with one output: the second is told that the first is running") {
  const Folder f;
  const std::string second = "ossicle-train train.tar" + kNet + "--epochs 1 ";
  const auto result = shell(
      begun(kLong, "m.ckpt") + second + "-o m 2>new; echo $?; " + second + "-o m --resume 2>resume; echo $?; " +
          second + "-o m --overwrite 2>overwrite; echo $?; " + second + "-o ./m --overwrite 2>path; echo $?; " +
          second + "-q -o m --dry-run >/dev/null; echo $?; " + second + "-q -o n; echo $?; kill -9 $pid; wait $pid; " +
          second + "-q -o m --overwrite; echo $?; find . -name '.*part'",
      "", {f.temp.path()});
  CHECK(result.out == "2\n2\n2\n2\n0\n0\n0\n");
  for (const char* name : {"new", "resume", "overwrite", "path"}) {
    CHECK_THAT(slurp(f.file(name)), Contains("a training with this output is running; wait until it ends"));
  }
}

TEST_CASE("ossicle-train: SIGHUP keeps the epoch, also when several come, and is ignored under nohup") {
  const Folder f;
  const auto result = shell(begun(kLong, "m.ckpt") + "sleep 0.05; kill -HUP $pid; kill -HUP $pid; wait $pid; echo $?",
                            "", {f.temp.path()});
  CHECK(result.out == "2\n");
  CHECK_THAT(slurp(f.file("err")), Contains("stopped; ") && Contains("m.ckpt holds the run so far"));
  std::filesystem::remove(f.file("m.ckpt"));
  const auto ignored =
      shell(begun("(trap '' HUP; exec " + kLong + ")", "m.ckpt") +
                "kill -HUP $pid; n=$(grep -c ^epoch err); i=0; "
                "while [ $(grep -c ^epoch err) -lt $((n + 2)) ] && [ $i -lt 6000 ]; do sleep 0.01; i=$((i+1)); done; "
                "echo $(($(grep -c ^epoch err) - n > 1)); kill -TERM $pid; wait $pid; echo $?",
            "", {f.temp.path()});
  CHECK(ignored.out == "1\n2\n");
}

TEST_CASE("ossicle-train --resume: a log that is shorter than it was, or new, is continued") {
  const Folder f;
  const auto here = [&](const std::string& line) { return shell(line, "", {f.temp.path()}); };
  const std::string run = "ossicle-train train.tar" + kNet + "--epochs 30 -o m --log log ";
  const auto stop = here(begun(run, "m.ckpt") +
                         "while [ $(grep -c . log) -lt 5 ]; do sleep 0.01; done; kill $pid; wait $pid; echo $?");
  REQUIRE(stop.out == "2\n");
  const auto checkpoint = slurp(f.file("m.ckpt"));
  const std::string log = slurp(f.file("log"));
  const auto lines = [&](const std::string& name) { return here("grep -c '^{\"epoch\":[0-9]*,.*}$' " + name).out; };
  const long n_done = std::stol(lines("log"));
  const auto resumes = [&](const std::string& name, long n_lines) {
    spill(f.file("m.ckpt"), checkpoint);
    std::filesystem::remove(f.file("m"));
    const auto result = here("ossicle-train train.tar" + kNet + "--epochs 30 -o m --resume --log " + name);
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(lines(name) == std::to_string(n_lines) + "\n");
    return result.err;
  };
  spill(f.file("short"), log.substr(0, log.find('\n') + 1));
  CHECK_THAT(resumes("short", 1 + 30 - n_done), Contains("warning: short: ") && Contains("the checkpoint saw"));
  spill(f.file("cut"), log.substr(0, log.find('\n') + 100));
  CHECK_THAT(resumes("cut", 1 + 30 - n_done), Contains("warning: cut: "));
  CHECK_THAT(resumes("new", 30 - n_done), Contains("warning: new: 0 bytes"));
  CHECK_THAT(resumes("log", 30), !Contains("warning: log"));
  // Of another run: as long, but its lines end elsewhere.
  std::string other = log;
  other.insert(other.find(','), " ");
  spill(f.file("other"), other);
  spill(f.file("m.ckpt"), checkpoint);
  const auto refused = here("ossicle-train train.tar" + kNet + "--epochs 30 -o m --resume --log other");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("other: is not the log of the run that is resumed; name that one, or a new file"));
  CHECK(slurp(f.file("other")) == other);
}

TEST_CASE("ossicle-eval writes no other text over the log of a training") {
  const Folder f;
  const auto here = [&](const std::string& line) { return shell(line, "", {f.temp.path()}); };
  REQUIRE(here("ossicle-train train.tar" + kNet + "--epochs 1 -o m --log log").exit_code == 0);
  const std::string log = slurp(f.file("log"));
  const auto refused = here("ossicle-eval m train.tar --confusion log");
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("log: is the log of a training, and the output is a text file"));
  CHECK(slurp(f.file("log")) == log);
}

TEST_CASE("Two trainings with one log: the second is told that the first is running") {
  const Folder f;
  const std::string second = "ossicle-train -q train.tar" + kNet + "--epochs 1 ";
  const std::string wait = "while [ ! -s log ]; do sleep 0.01; done; ";
  const auto result =
      shell(begun(kLong + "--log log ", "m.ckpt") + wait + second + "-o n --log log 2>new; echo $?; " + second +
                "-o n --log ./log --overwrite 2>overwrite; echo $?; " + second +
                "-o n --log log --resume 2>resume; echo $?; ls n n.ckpt; kill $pid; wait $pid; echo $?; "
                "grep -c . log; grep -vc '^{\"epoch\":[0-9]*,.*}$' log; head -n 1 log | cut -c 1-11; " +
                second + "-o n --log log --overwrite; echo $?; grep -c . log",
            "", {f.temp.path()});
  INFO(slurp(f.file("err")));
  CHECK_THAT(result.out, Catch::StartsWith("2\n2\n2\n2\n") && Catch::EndsWith("\n0\n{\"epoch\":1,\n0\n1\n"));
  for (const char* name : {"new", "overwrite", "resume"}) {
    CHECK_THAT(slurp(f.file(name)), Contains("log: is the log of a training that is running; wait until it ends, or"));
  }
}

TEST_CASE("ossicle-train: a log may be deleted meanwhile, or be a device that others write") {
  const Folder f;
  const std::string second = "ossicle-train -q train.tar" + kNet + "--epochs 2 ";
  const auto result = shell(begun(kLong + "--log log ", "m.ckpt") +
                                "while [ ! -s log ]; do sleep 0.01; done; rm log; i=0; "
                                "while [ ! -s log ] && [ $i -lt 6000 ]; do sleep 0.01; i=$((i+1)); done; "
                                "head -n 1 log | cut -c 1-9; kill $pid; wait $pid; echo $?",
                            "", {f.temp.path()});
  CHECK(result.out == "{\"epoch\":\n2\n");
  const auto device = shell(begun("ossicle-train train.tar" + kNet + "--epochs 4000 -o d --log /dev/null ", "d.ckpt") +
                                second + "-o e --log /dev/null; echo $?; kill $pid; wait $pid; echo $?",
                            "", {f.temp.path()});
  CHECK(device.out == "0\n2\n");
}

TEST_CASE("ossicle-train: a run that does not start makes no log") {
  const Folder f;
  CHECK(shell("ossicle-train " + f.valid + ".no -o " + f.file("m") + " --log " + f.file("log")).exit_code == 2);
  CHECK(!f.has("log"));
}

TEST_CASE("ossicle-train: a log of any length is begun anew and resumed without reading it into memory") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("SKIPPED: a sanitizer's own memory is many times the program's");
  return;
#endif
  const Folder f;
  const auto here = [&](const std::string& line) { return shell(line, "", {f.temp.path()}); };
  const std::string train = "ossicle-train -q train.tar" + kNet + "--epochs 1 -o m --log log ";
  REQUIRE(here(train).exit_code == 0);
  const std::string log = slurp(f.file("log"));
  constexpr double kMostMb = 300;
  for (const char* how : {"--resume", "--overwrite"}) {
    const auto result = here("truncate -s 600M log; exec " + train + how);
    INFO(how << ": " << result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.peak_mb < kMostMb);
    CHECK(std::filesystem::file_size(f.file("log")) < 2 * log.size());
  }
  // Of a run without a log so far: lines are counted until there are too many.
  REQUIRE(here("ossicle-train -q train.tar" + kNet + "--epochs 1 -o n").exit_code == 0);
  const auto foreign = here("echo >> log; echo >> log; truncate -s 600M log; exec ossicle-train -q train.tar" + kNet +
                            "--epochs 1 -o n --log log --resume");
  CHECK(foreign.exit_code == 2);
  CHECK_THAT(foreign.err, Contains("log: is not the log of the run that is resumed"));
  CHECK(foreign.peak_mb < kMostMb);
}

TEST_CASE("ossicle-train: neither a model nor a log goes to standard output") {
  const Folder f;
  const auto here = [&](const std::string& line) { return shell(line, "", {f.temp.path()}); };
  const std::string train = "ossicle-train -q train.tar" + kNet + "--epochs 1 ";
  for (const std::string path : {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/../dev/stdout"}) {
    const auto result = here(train + "-o " + path + " > out");
    INFO(path << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("-o " + path + ": a model cannot go to standard output"));
    CHECK(slurp(f.file("out")).empty());
  }
  const auto log = here(train + "-o m --log -");
  CHECK(log.exit_code == 2);
  CHECK_THAT(log.err, Contains("--log -: a log wants a file"));
  CHECK(!f.has("-"));
}

TEST_CASE("ossicle-train: a model's name may have 240 characters") {
  const Folder f;
  const std::string name(240, 'm');
  REQUIRE(shell("ossicle-train -q" + kNet + f.train + " --epochs 1 -o " + f.file(name)).exit_code == 0);
  CHECK(f.has(name));
  CHECK(f.has(name + ".ckpt"));
}
