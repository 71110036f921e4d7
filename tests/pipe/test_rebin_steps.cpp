// ossicle-rebin --steps-fixed: what the stream holds, and what a model trained on it accepts.
#include <catch2/catch.hpp>

#include "frontend/events/rebin.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::read_stream;
using pipe_support::spill;

namespace {

/// A folder with a long and a short recording and their list.
struct Here {
  pipe_support::TempFolder temp;
  Here() {
    spill(file("long.txt"), "0 0.001\n1 0.2\n1 0.3\n");
    spill(file("short.txt"), "2 0.004\n");
    spill(file("list.tsv"), "path\tlabel\tspeaker\nlong.txt\tlong\tada\nshort.txt\tshort\tada\n");
  }
  std::string file(const std::string& name) const { return temp.file(name); }
  pipe_support::Result run(const std::string& line) const { return pipe_support::shell(line, {}, {temp.path()}); }
};

const std::string kRebin = "ossicle-rebin --time-unit s --input-channels 4 --list list.tsv ";

}  // namespace

TEST_CASE("ossicle-rebin: fixed, short and long recordings have the same steps, and the recipe says so") {
  const Here here;
  CHECK(here.run(kRebin + "--steps-fixed 10 -o a.tar").err ==
        "ossicle-rebin: warning: 2 events after step 10 dropped: 1 recording, long first\n"
        "ossicle-rebin: 2 recordings, 4 channels; 10 steps of 3 ms\n");
  const auto stream = read_stream(here.file("a.tar"));
  CHECK(stream.header.dt_ms == 3.0);
  REQUIRE(stream.records.size() == 2);
  const auto lone_one_at = [](std::size_t cell) {
    std::vector<std::uint8_t> cells(40);
    cells[cell] = 1;
    return ear::Array(cells);
  };
  CHECK(stream.records[0].data == lone_one_at(0));
  CHECK(stream.records[1].data == lone_one_at(6));  // step 1, channel 2
  CHECK(ear::rebin_params(stream.header.recipe.stages.at(0)) == ear::RebinParams{.fixed_steps = 10, .n_channels = 4});
}

TEST_CASE("ossicle-rebin: a model of fixed steps says how its input is made, and refuses another") {
  const Here here;
  for (const char* steps : {"--steps-fixed 40 -o fixed.tar", "--steps-fixed 50 -o other.tar", "-o own.tar"}) {
    REQUIRE(here.run(kRebin + steps).exit_code == 0);
  }
  REQUIRE(here.run("ossicle-train -q fixed.tar -o m.model --preset plain --hidden 4 --epochs 1").exit_code == 0);
  CHECK(here.run("ossicle-eval m.model fixed.tar").exit_code == 0);
  CHECK(here.run("ossicle-predict m.model fixed.tar").exit_code == 0);
  const auto refused = [&here](const std::string& line, const std::string& message) {
    const auto result = here.run(line);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(message));
  };
  refused("ossicle-eval m.model other.tar", "fixed_steps 50 against 40");
  refused("ossicle-predict m.model own.tar", "fixed_steps none against 40");
  CHECK(here.run("ossicle-info --pipeline m.model").out ==
        "ossicle-rebin --bin-ms 3 --steps-fixed 40 --channels 4 EVENTS | ossicle-predict m.model -\n");
  CHECK_THAT(here.run("ossicle-info m.model").out, Contains("memory_mb:\n  steps: 40\n"));
}
