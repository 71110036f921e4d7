// ossicle-predict --spikes: the layers' spikes as a stream.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::spill;
using pipe_support::TempFolder;

namespace {

struct Trained {
  TempFolder temp;
  std::string model = file("m.model"), test = file("test.tar");
  Trained() {
    pipe_support::write_stream(test, {.n_records = 20});
    REQUIRE(shell("ossicle-train -q " + test +
                  " --preset plain --hidden 12,9 --shift-channels 0 --epochs 4 --batch 5 --threads 1 -o " + model)
                .exit_code == 0);
  }
  std::string file(const std::string& name) const { return temp.file(name); }
};

const std::vector<std::uint8_t>& spikes_of(const ear::Record& record) {
  return std::get<std::vector<std::uint8_t>>(record.data);
}

}  // namespace

TEST_CASE("ossicle-predict --spikes: records of the input, and the sums that decide") {
  const Trained t;
  const auto made = shell("ossicle-predict --spikes output " + t.model + " " + t.test + " -o " + t.file("s.tar"));
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  CHECK(made.out.empty());
  const auto input = pipe_support::read_stream(t.test), output = pipe_support::read_stream(t.file("s.tar"));
  CHECK(output.header.kind == ear::Kind::kRaster);
  CHECK(output.header.n_channels == 10);
  CHECK(output.header.classes == input.header.classes);
  REQUIRE(output.header.recipe.stages.size() == 2);
  CHECK(output.header.recipe.stages.back().tool == "ossicle-predict");
  CHECK(ear::get<std::string>(output.header.recipe.stages.back(), "layers") == "3");
  CHECK(ear::get<std::string>(output.header.recipe.stages.back(), "model").size() == 16);
  REQUIRE(output.records.size() == 20);
  std::istringstream lines(shell("ossicle-predict " + t.model + " " + t.test).out);
  std::string key, label;
  double score = 0.0;
  for (std::size_t b = 0; lines >> key >> label >> score; ++b) {
    const ear::Record& record = output.records.at(b);
    CHECK(record.key == key);
    CHECK(record.label == input.records[b].label);
    CHECK(record.speaker == input.records[b].speaker);
    CHECK(record.n_steps == input.records[b].n_steps);
    CHECK(record.dt_ms == input.records[b].dt_ms);
    // The score is the sum of the spikes filtered with tau_s = 8: a spike at step t adds 1 - (7/8)^(T - t).
    double sum = 0.0;
    if (label == "(silence)") {
      CHECK(std::ranges::count(spikes_of(record), 1) == 0);
      continue;
    }
    const std::size_t k = std::stoul(label);
    for (int step = 0; step < record.n_steps; ++step) {
      if (spikes_of(record)[static_cast<std::size_t>(step) * 10 + k] == 0) continue;
      sum += 1.0 - std::pow(0.875, record.n_steps - step);
    }
    CHECK(sum == Approx(score).margin(6e-4));  // printed with three decimals
  }
}

TEST_CASE("ossicle-predict --spikes: all layers or some, to a pipe, from several streams") {
  const Trained t;
  REQUIRE(shell("ossicle-predict --spikes all " + t.model + " < " + t.test + " > " + t.file("all.tar")).exit_code == 0);
  REQUIRE(shell("ossicle-predict --spikes 3,1 " + t.model + " " + t.test + " -o " + t.file("some.tar")).exit_code == 0);
  const auto all = pipe_support::read_stream(t.file("all.tar")), some = pipe_support::read_stream(t.file("some.tar"));
  CHECK(all.header.n_channels == 12 + 9 + 10);
  CHECK(some.header.n_channels == 12 + 10);
  std::size_t n_spikes = 0;
  for (std::size_t b = 0; b < all.records.size(); ++b) {
    for (std::size_t step = 0; step < static_cast<std::size_t>(all.records[b].n_steps); ++step) {
      for (std::size_t i = 0; i < 22; ++i) {
        const std::uint8_t spike = spikes_of(some.records[b])[step * 22 + i];
        CHECK(spike == spikes_of(all.records[b])[step * 31 + (i < 12 ? i : i + 9)]);
        n_spikes += spike;
      }
    }
  }
  CHECK(n_spikes > 100);
  pipe_support::write_stream(t.file("more.tar"), {.n_records = 5, .prefix = "more"});
  const auto both = shell("ossicle-predict --spikes 1 " + t.model + " " + t.test + " " + t.file("more.tar") + " -o " +
                          t.file("both.tar"));
  REQUIRE(both.exit_code == 0);
  CHECK(pipe_support::read_stream(t.file("both.tar")).records.size() == 25);
}

TEST_CASE("ossicle-predict --spikes: what cannot be is said, and nothing is half written") {
  const Trained t;
  spill(t.file("cut.tar"), slurp(t.test).substr(0, 30000));
  spill(t.file("old.tar"), "__header__ of old");
  const std::string to = " -o " + t.file("old.tar");
  struct Case {
    std::string arguments, said;
  };
  for (const Case& each :
       std::vector<Case>{{"--spikes 4 " + t.model + " " + t.test + to, "layers from 1 to 3"},
                         {"--spikes 0 " + t.model + " " + t.test + to, "layers from 1 to 3"},
                         {"--spikes hidden " + t.model + " " + t.test + to, "layers from 1 to 3"},
                         {"--spikes 1,1 " + t.model + " " + t.test + to, "names a layer twice"},
                         {"--spikes 1 --json " + t.model + " " + t.test + to, "without --json"},
                         {"--spikes 1 " + t.model + " " + t.file("cut.tar") + to, "cut.tar"},
                         {"--spikes 1 " + t.model + " " + t.model + to, "m.model"},
                         {"--spikes 1 " + t.model + " " + t.test + " -o " + t.test, "name another file"},
                         {t.model + " " + t.test + to, "--spikes"}}) {
    const auto made = shell("ossicle-predict " + each.arguments);
    INFO(each.said << "\n" << made.err);
    CHECK(made.exit_code == 2);
    CHECK_THAT(made.err, Contains(each.said));
    CHECK(slurp(t.file("old.tar")) == "__header__ of old");
  }
  const auto full = shell("ossicle-predict --spikes all " + t.model + " " + t.test + " > /dev/full");
  CHECK(full.exit_code == 2);
  CHECK_THAT(full.err, Contains("standard output"));
}
