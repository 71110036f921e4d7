// ossicle-lyon: recordings changed by draws keep their keys, their order and the clean ear's recipe.
#include <catch2/catch.hpp>

#include "frontend/lyon/front_end.h"
#include "frontend/sound/augment.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::Corpus;
using pipe_support::read_stream;
using pipe_support::run;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::spill;

namespace {

const std::string kFlags =
    "--augment-gain-db 6 --augment-snr-db 5,25 --augment-noise pink --augment-speed 0.1 --augment-seed 4 ";
const ear::SoundAugmentParams kParams = {
    .gain_db = 6, .snr_db = {{5, 25}}, .noise_colour = ear::NoiseColour::kPink, .speed = 0.1, .seed = 4};

}  // namespace

TEST_CASE("ossicle-lyon: an augmented record is what the front end gives for the augmented recording") {
  const Corpus corpus(3);
  REQUIRE(shell(corpus.command(kFlags + "-o " + corpus.file("a.tar"))).exit_code == 0);
  const auto stream = read_stream(corpus.file("a.tar"));
  REQUIRE(stream.records.size() == 3);
  const auto clean = ear::read_sound(corpus.temp.path() / "re cordings/2.wav");
  const auto wanted = ear::FrontEnd({})(ear::augment(clean, "2", kParams));
  CHECK(std::get<std::vector<float>>(stream.records[2].data) == wanted.values);
  CHECK(wanted.values != ear::FrontEnd({})(clean).values);
}

TEST_CASE("ossicle-lyon: augmentation is beside the recipe, under the keys of the clean stream") {
  const Corpus corpus(5);
  REQUIRE(shell(corpus.command("-o " + corpus.file("clean.tar"))).exit_code == 0);
  REQUIRE(shell(corpus.command(kFlags + "-o " + corpus.file("a.tar"))).exit_code == 0);
  const auto clean = read_stream(corpus.file("clean.tar")), noisy = read_stream(corpus.file("a.tar"));
  CHECK(ear::first_difference(clean.header, noisy.header).empty());
  REQUIRE(clean.header.made_by.size() == 1);
  REQUIRE(noisy.header.made_by.size() == 2);
  CHECK(noisy.header.made_by[0] == clean.header.made_by[0]);
  CHECK(noisy.header.made_by[1] ==
        std::pair<std::string, std::string>("ossicle-lyon augmentation",
                                            "gain_db 6, snr_db 5 to 25, noise pink, speed 0.1, seed 4"));
  REQUIRE(noisy.records.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(noisy.records[i].key == clean.records[i].key);
    CHECK(noisy.records[i].label == clean.records[i].label);
    CHECK(noisy.records[i].speaker == clean.records[i].speaker);
    CHECK(noisy.records[i].data != clean.records[i].data);
  }
}

TEST_CASE("ossicle-lyon: augmentation depends neither on jobs, nor on shards, nor on the order of the list") {
  const Corpus corpus;
  REQUIRE(shell(corpus.command(kFlags + "--jobs 1 -o " + corpus.file("one.tar"))).exit_code == 0);
  REQUIRE(shell(corpus.command(kFlags + "--jobs 4 -o " + corpus.file("four.tar"))).exit_code == 0);
  CHECK(slurp(corpus.file("one.tar")) == slurp(corpus.file("four.tar")));
  const auto whole = read_stream(corpus.file("one.tar"));
  REQUIRE(whole.records.size() == 50);

  for (const std::string part : {"1", "2", "3"}) {
    REQUIRE(
        shell(corpus.command(kFlags + "--shard " + part + "/3 -o " + corpus.file("part" + part + ".tar"))).exit_code ==
        0);
  }
  REQUIRE(shell("cat " + corpus.file("part*.tar") + " > " + corpus.file("cat.tar")).exit_code == 0);
  const auto joined = read_stream(corpus.file("cat.tar"));
  REQUIRE(joined.records.size() == 50);
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK(joined.records[i].key == whole.records[i].key);
    CHECK(joined.records[i].data == whole.records[i].data);
  }

  spill(corpus.list, "path\tlabel\tspeaker\nre cordings/30.wav\ttwo\tf0\nre cordings/7.wav\tone\tf1\n");
  REQUIRE(shell(corpus.command(kFlags + "-o " + corpus.file("two.tar"))).exit_code == 0);
  const auto two = read_stream(corpus.file("two.tar"));
  REQUIRE(two.records.size() == 2);
  CHECK(two.records[0].data == whole.records[30].data);
  CHECK(two.records[1].data == whole.records[7].data);
}

TEST_CASE("ossicle-lyon: another seed draws anew, and nothing to draw leaves every byte") {
  const Corpus corpus(3);
  const auto bytes = [&](const std::string& flags) {
    const auto result = shell(corpus.command(flags));
    REQUIRE(result.exit_code == 0);
    return result.out;
  };
  const std::string clean = bytes("");
  CHECK(bytes("--augment-gain-db 0 --augment-speed 0 --augment-seed 5") == clean);
  CHECK(bytes("--augment-snr-db 10 --augment-seed 5") == bytes("--augment-snr-db 10,10 --augment-seed 5"));
  CHECK(bytes("--augment-snr-db -5,10 --augment-seed 5") != bytes("--augment-snr-db -5,10 --augment-seed 6"));
}

TEST_CASE("ossicle-lyon: augmentation out of range is refused") {
  const Corpus corpus(2);
  const std::vector<std::pair<std::string, std::string>> kRefused = {
      {"--augment-gain-db -1", "gain_db -1: wanted 0 to 40"},
      {"--augment-snr-db 30,10", "snr_db 30 to 10"},
      {"--augment-snr-db 10,20,30", "wanted LOW,HIGH"},
      {"--augment-snr-db loud", "--augment-snr-db"},
      {"--augment-snr-db 10 --augment-noise brown", "'brown': wanted white or pink"},
      {"--augment-noise pink", "--augment-snr-db"},
      {"--augment-speed 0.5", "speed 0.5: wanted 0 to 0.3"},
      {"--augment-seed -1", "seed -1"}};
  for (const auto& [flags, message] : kRefused) {
    const auto result = shell(corpus.command(flags));
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(message));
  }
  const auto list =
      run({"ossicle-lyon", "--augment-snr-db", "10", corpus.file("re cordings/0.wav"), "-o", corpus.file("file.tar")});
  CHECK(list.exit_code == 0);
}
