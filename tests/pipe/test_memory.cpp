// What a training takes, as the system counts it, against what ossicle-train said beforehand.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Matchers::Contains;
using pipe_support::Result;
using pipe_support::TempFolder;

namespace {

/// The line "peak<tab>12.3 MB" of a report.
double peak_said(const std::string& report) {
  const std::size_t at = report.find("peak\t");
  REQUIRE(at != std::string::npos);
  return std::strtod(report.c_str() + at + 5, nullptr);
}

}  // namespace

TEST_CASE("ossicle-train: --dry-run says the peak within 10 %") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("SKIPPED: a sanitizer's own memory is many times the program's");
  return;
#endif
  const TempFolder folder;
  pipe_support::write_stream(folder.path() / "s.tar", {.n_records = 1000, .n_channels = 78});
  const std::string options =
      GENERATE("--hidden 300,300 --skip 0:2",
               "--hidden 192,192,192 --delays 0,6,12,18 --normalise --adaptive --output-layer mean --loss mean-softmax "
               "--drop-neurons 0.15",
               "--preset plain --hidden 500,500 --no-skip --rule step --recurrent 1,2",
               "--preset plain --hidden 1000,1000 --no-skip --batch 10 --ema-decay 0.99");  // nearly all of it weights
  std::vector<std::string> command = {"ossicle-train", "-q", "s.tar", "--valid", "s.tar", "--epochs", "1",
                                      "--threads",     "2",  "-o",    "m"};
  std::istringstream words(options);
  command.insert(command.end(), std::istream_iterator<std::string>(words), {});
  const pipe_support::Where here{folder.path(), false, false};
  const Result wet = pipe_support::run(command, {}, here);
  CHECK(wet.exit_code == 0);
  for (const char* name : {"m", "m.best", "m.ckpt"}) std::filesystem::remove(folder.path() / name);
  command.push_back("--dry-run");
  const Result dry = pipe_support::run(command, {}, here);
  CHECK(dry.exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "m"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "m.ckpt"));
  INFO(options << ": said " << peak_said(dry.out) << " MB, found " << wet.peak_mb << " MB");
  CHECK(peak_said(dry.out) > 0.9 * wet.peak_mb);
  CHECK(peak_said(dry.out) < 1.1 * wet.peak_mb);
}

TEST_CASE("ossicle-train: a training that the machine has no memory for is refused before it begins") {
  const TempFolder folder;
  pipe_support::write_stream(folder.path() / "s.tar", {.n_records = 1000});
  const Result result =
      pipe_support::shell("ossicle-train -q s.tar --batch 1000 --hidden 1000000,1,1000000,1,1000000 --no-skip -o m", {},
                          {folder.path(), false, false});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("the machine has") && Contains("--hidden"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "m.ckpt"));
}
