#include "tools/common/io.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>
#include <stdexcept>
#include <system_error>

#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::Result;
using pipe_support::slurp;
using pipe_support::spill;
using pipe_support::TempFolder;
using tools::FileKind;
using tools::InputFile;
using tools::OutputFile;
namespace fs = std::filesystem;

namespace {

std::size_t n_files(const TempFolder& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator{}));
}

Result probe_shell(const TempFolder& folder, const std::string& line) {
  return pipe_support::shell("p=" OSSICLE_PROBE_TOOL "; " + line, "", {folder.path(), false, false});
}

}  // namespace

TEST_CASE("Inputs that cannot be read are named") {
  const TempFolder folder;
  CHECK_THROWS_WITH(InputFile(folder.file("absent"), "a stream"), Contains("absent: no such file"));
  CHECK_THROWS_WITH(InputFile(folder.path().string(), "a stream"), Contains("is a folder, wanted a stream"));
  spill(folder.path() / "a b", "text");
  const InputFile file(folder.file("a b"), "a stream");
  CHECK(file.name() == folder.file("a b"));
  char text[4];
  CHECK(::read(file.fd(), text, 4) == 4);
}

TEST_CASE("A whole file is read up to its limit") {
  const TempFolder folder;
  const std::string long_text(3'000'000, 'y');
  spill(folder.path() / "long", long_text);
  spill(folder.path() / "empty", "");
  CHECK(tools::read_file(folder.file("long"), 3'000'000) == long_text);
  CHECK(tools::read_file(folder.file("empty"), 0).empty());
  CHECK_THROWS_WITH(tools::read_file(folder.file("long"), 2'999'999), Contains("longer than 2999999 bytes"));
}

TEST_CASE("Output appears under its name when it is committed, and not before") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  {
    OutputFile file(path, FileKind::kText);
    file.write("new");
    CHECK_FALSE(fs::exists(path));
    file.commit();
    CHECK(slurp(path) == "new");
  }
  {
    OutputFile file(path, FileKind::kText);
    file.write("never");
  }
  CHECK(slurp(path) == "new");
  tools::write_file(path, "newer");
  CHECK(slurp(path) == "newer");
  CHECK(n_files(folder) == 1);
}

TEST_CASE("Output has the permissions of the umask, or of the file that it replaces") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  const mode_t old = ::umask(0027);
  tools::write_file(path, "a");
  ::umask(old);
  CHECK(fs::status(path).permissions() == static_cast<fs::perms>(0640));
  fs::permissions(path, static_cast<fs::perms>(0604));
  tools::write_file(path, "b");
  CHECK(fs::status(path).permissions() == static_cast<fs::perms>(0604));
}

TEST_CASE("Output through a link replaces the file behind it") {
  const TempFolder folder;
  spill(folder.path() / "real", "old");
  fs::create_symlink("real", folder.path() / "link");
  tools::write_file(folder.file("link"), "new");
  CHECK(slurp(folder.path() / "real") == "new");
  CHECK(fs::is_symlink(folder.path() / "link"));
}

TEST_CASE("Output through a link to a file that is not there yet makes that file") {
  const TempFolder folder;
  fs::create_directory(folder.path() / "sub");
  fs::create_symlink("sub/second", folder.path() / "first");
  fs::create_symlink("../real", folder.path() / "sub/second");
  {
    OutputFile living(folder.file("first"), FileKind::kText);
    const OutputFile other(folder.file("real"), FileKind::kText);
    CHECK(other.has_rival());
    living.write("new");
    living.commit();
  }
  CHECK(slurp(folder.path() / "real") == "new");
  CHECK(fs::is_symlink(folder.path() / "first"));
  CHECK(fs::is_symlink(folder.path() / "sub/second"));
  fs::create_symlink("no/such", folder.path() / "lost");
  CHECK_THROWS_WITH(OutputFile(folder.file("lost"), FileKind::kText), Contains("does not exist; make it first"));
  fs::create_symlink("round", folder.path() / "round");
  CHECK_THROWS_WITH(OutputFile(folder.file("round"), FileKind::kText), Contains("round: is a link that leads back"));
}

TEST_CASE("Outputs that cannot be written are named") {
  const TempFolder folder;
  CHECK_THROWS_WITH(OutputFile(folder.path().string(), FileKind::kText), Contains("is a folder"));
  CHECK_THROWS_WITH(OutputFile(folder.file("no/out"), FileKind::kText), Contains("no does not exist; make it first"));
  CHECK_THROWS_AS(OutputFile("", FileKind::kText), std::runtime_error);
}

TEST_CASE("A device is written directly, and its full disk is the system's error") {
  OutputFile file("/dev/full", FileKind::kText);
  try {
    file.write("x");
    FAIL("no error");
  } catch (const std::system_error& error) {
    CHECK(error.code() == std::errc::no_space_on_device);
  }
  CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("A named pipe is written directly") {
  const TempFolder folder;
  const Result result = probe_shell(folder, "mkfifo f; \"$p\" binary --count 3 -o f & cat f; wait $!");
  CHECK(result.exit_code == 0);
  CHECK(result.out == "xxx");
  CHECK(fs::is_fifo(folder.path() / "f"));
}

TEST_CASE("/dev/stdout continues what the shell opened") {
  const TempFolder folder;
  spill(folder.path() / "out", "old");
  CHECK(probe_shell(folder, "\"$p\" binary --count 3 -o /dev/stdout >> out").exit_code == 0);
  CHECK(slurp(folder.path() / "out") == "oldxxx");
}

TEST_CASE("A write that fails in the middle leaves the old file and nothing beside it") {
  const TempFolder folder;
  spill(folder.path() / "out", "old");
  // The limit is in blocks of 512 bytes; with its signal ignored the write fails as on a full disk.
  const Result result = probe_shell(folder, "trap '' XFSZ; ulimit -f 8; \"$p\" text --count 1000000 -o out");
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("ossicle-probe: out: cannot write"));
  CHECK(slurp(folder.path() / "out") == "old");
  CHECK(n_files(folder) == 1);
}

TEST_CASE("A tool that is killed while it writes leaves the old file") {
  const TempFolder folder;
  spill(folder.path() / "out", "old");
  const Result result = probe_shell(folder,
                                    "\"$p\" hang --count 100000 -o out & "
                                    "while [ -z \"$(find . -name '.out.*' -size +90k)\" ]; do sleep 0.01; done; "
                                    "kill -9 $!; wait $!");
  CHECK(result.exit_code == 128 + 9);
  CHECK(slurp(folder.path() / "out") == "old");
  CHECK(n_files(folder) == 2);
}

TEST_CASE("What killed runs left beside an output goes with the next run, what a living one writes stays") {
  const TempFolder folder;
  const std::string path = folder.file("out");
  for (const char* dead : {".out.ossicle-part", ".out.1.ossicle-part", ".out.2.ossicle-part"})
    spill(folder.path() / dead, "left by a killed run");
  spill(folder.path() / ".out2.part", "of another output");
  {
    OutputFile living(path, FileKind::kText);
    CHECK_FALSE(living.has_rival());
    CHECK(n_files(folder) == 2);
    living.write("living");
    OutputFile other(path, FileKind::kText);
    CHECK(other.has_rival());
    CHECK(n_files(folder) == 3);
    other.write("other");
    other.commit();
    CHECK(slurp(path) == "other");
    living.commit();
  }
  CHECK(slurp(path) == "living");
  CHECK(slurp(folder.path() / ".out2.part") == "of another output");
  CHECK(n_files(folder) == 2);
}

TEST_CASE("A file beside an output that another program may have made stays") {
  const TempFolder folder;
  spill(folder.path() / ".out.part", "mine");
  fs::create_directory(folder.path() / ".out.1.part");
  tools::write_file(folder.file("out"), "text");
  CHECK(slurp(folder.path() / ".out.part") == "mine");
  CHECK(fs::exists(folder.path() / ".out.1.part"));
  CHECK(slurp(folder.path() / "out") == "text");
}

TEST_CASE("A write that fails leaves nothing behind where no more files can be opened") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("SKIPPED: a sanitizer opens files of its own");
  return;
#endif
  const TempFolder folder;
  // What runs the tests may leave descriptors open; the loader of programs needs one.
  const std::string write =
      "trap '' XFSZ; exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; ulimit -f 8; ulimit -n 4; \"$p\" text --count 1000000 -o "
      "out";
  CHECK(probe_shell(folder, write).exit_code == 2);
  CHECK(n_files(folder) == 0);
  // Nor does what a killed run left stay.
  probe_shell(folder,
              "\"$p\" hang --count 100000 -o out & "
              "while [ -z \"$(find . -name '.out.*' -size +90k)\" ]; do sleep 0.01; done; "
              "kill -9 $!; wait $!; " +
                  write);
  CHECK(n_files(folder) == 0);
}

TEST_CASE("A killed run's hidden file is not taken for a living one's") {
  const TempFolder folder;
  const Result result = probe_shell(folder,
                                    "\"$p\" hang --count 100000 -o out & "
                                    "while [ -z \"$(find . -name '.out.*' -size +90k)\" ]; do sleep 0.01; done; "
                                    "\"$p\" text --count 3 -o out; find . -name '.*part'; kill -9 $!; wait $!; "
                                    "\"$p\" text --count 4 -o out; find . -name '.*part'; cat out");
  CHECK(result.out == "./.out.ossicle-part\nxxxx");
}

TEST_CASE("Names as long as the file system allows") {
  const TempFolder folder;
  for (const std::size_t length : {240, 255}) {
    const std::string path = folder.file(std::string(length, 'n'));
    tools::write_file(path, "text");
    CHECK(slurp(path) == "text");
  }
  CHECK(n_files(folder) == 2);
}

TEST_CASE("An output replaces a file of its kind or an empty one, and a model only when that is asked for") {
  const TempFolder folder;
  const std::string model = std::string("\x40\0\0\0\0\0\0\0", 8) + R"({"__metadata__":{"format":"ossicle-model"}})";
  const auto refusal = [&](FileKind kind, tools::OutputRules rules = {}) {
    try {
      const OutputFile file(folder.file("f"), kind, rules);
      return std::string();
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
  };
  const auto put = [&](const std::string& bytes) { spill(folder.path() / "f", bytes); };
  CHECK(refusal(FileKind::kStream).empty());
  put("");
  CHECK(refusal(FileKind::kStream).empty());
  CHECK(refusal(FileKind::kModel).empty());
  put("my notes\n");
  CHECK(refusal(FileKind::kText).empty());
  CHECK_THAT(refusal(FileKind::kStream),
             Contains("f: is a text file, and the output is a stream; remove it first, or name another file"));
  put("path\tlabel\tspeaker\n");
  CHECK_THAT(refusal(FileKind::kText), Contains("is a list of recordings, and the output is a text file"));
  put("RIFF and so on");
  CHECK_THAT(refusal(FileKind::kModel, {.overwrite = true}), Contains("is a recording, and the output is a model"));
  put(model);
  CHECK_THAT(refusal(FileKind::kStream), Contains("is a model, and the output is a stream"));
  CHECK_THAT(refusal(FileKind::kModel), Contains("is a model; replace it with --overwrite, or name another file"));
  CHECK(refusal(FileKind::kModel, {.overwrite = true}).empty());
  CHECK(slurp(folder.path() / "f") == model);
}

TEST_CASE("Terminals: binary is refused, text is not, and a tool says what it waits for") {
  const auto probe = [](const std::string& action, bool in, bool out) {
    return pipe_support::run({OSSICLE_PROBE_TOOL, action}, "", {{}, in, out});
  };
  const Result binary = probe("binary", false, true);
  CHECK(binary.exit_code == 2);
  CHECK(binary.out.empty());
  CHECK_THAT(binary.err, Contains("standard output is a terminal, and the output is binary; use -o FILE"));
  CHECK(probe("text", false, true).out == "x");
  const Result input = probe("cat", true, false);
  CHECK(input.exit_code == 2);
  CHECK_THAT(input.err, Contains("standard input is a terminal, and this tool waits for a text"));
}
