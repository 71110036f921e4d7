// ossicle-lyon: many recordings at once, on every instruction set, in constant memory.
#include <catch2/catch.hpp>

#include "frontend/lyon/front_end.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::Corpus;
using pipe_support::read_stream;
using pipe_support::shell;
using pipe_support::spill;

TEST_CASE("ossicle-lyon: neither jobs nor lanes change a byte, on every instruction set") {
  const Corpus corpus;
  for (const auto& [isa, kernel] : ear::usable_isas()) {
    const std::string name = corpus.file(isa + ".tar");
    REQUIRE(shell(corpus.command("--jobs 2 --isa " + isa + " -o " + name)).exit_code == 0);
    const auto stream = read_stream(name);
    const ear::FrontEnd front_end(ear::front_end_params(stream.header.recipe.stages.at(0)), isa);
    REQUIRE(stream.records.size() == 50);
    for (int i = 0; i < 50; i += 7) {
      const auto alone = front_end(ear::read_sound(corpus.temp.path() / ("re cordings/" + std::to_string(i) + ".wav")));
      CHECK(std::get<std::vector<float>>(stream.records[i].data) == alone.values);
    }
  }
  const auto best = shell(corpus.command("--isa auto | cmp - " + corpus.file(ear::usable_isas().back().name + ".tar")));
  CHECK(best.exit_code == 0);
  const auto refused = shell(corpus.command("--isa sse9"));
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("'sse9'") && Contains("baseline"));
}

TEST_CASE("ossicle-lyon: memory does not grow with the list") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("SKIPPED: a sanitizer keeps what was released");
  return;
#endif
  const Corpus corpus(8);
  const auto peak = [&](int n_records) {
    std::string text = "path\tlabel\tspeaker\tkey\n";
    for (int i = 0; i < n_records; ++i) {
      text += "re cordings/" + std::to_string(i % 8) + ".wav\tone\tf0\tk" + std::to_string(i) + "\n";
    }
    spill(corpus.list, text);
    const auto result = shell(corpus.command("--jobs 1 --isa baseline --steps 200 > /dev/null"));
    CHECK(result.exit_code == 0);
    return result.peak_mb;
  };
  const double few = peak(200), many = peak(2000);
  REQUIRE(few > 0.0);
  // 1800 records are 110 MB; what stays of each is its line of the list and its key.
  CHECK(many - few < 8.0);
}
