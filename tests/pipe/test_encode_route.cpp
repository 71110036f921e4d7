// After ossicle-encode: training on spikes, and a model whose recipe has several stages on recordings.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "frontend/encode/encode.h"
#include "frontend/events/rebin.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::Corpus;
using pipe_support::read_stream;
using pipe_support::shell;
using pipe_support::Stream;

namespace {

/// A model trained a little, so that its output spikes, on what `encode`, a part of a pipe, makes of a small corpus.
struct Trained {
  explicit Trained(const std::string& encode) {
    const auto made = shell(corpus.command("--steps 40") + " | " + encode + " > " + stream);
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    const auto trained = shell("ossicle-train -q " + stream +
                               " --hidden 20,20 --shift-channels 0 --batch 4 --epochs 8 --threads 1 -o " + model);
    INFO(trained.err);
    REQUIRE(trained.exit_code == 0);
  }
  std::string file(const std::string& name) const { return corpus.file(name); }
  nlohmann::json info() const { return nlohmann::json::parse(shell("ossicle-info --json " + model).out); }

  Corpus corpus{20};
  std::string stream = corpus.file("spikes.tar");
  std::string model = corpus.file("m");
};

const std::vector<std::string> kRoutes = {
    "ossicle-encode -q --hold 2",
    "ossicle-encode -q --method level-crossing --delta 0.03",
    "ossicle-encode -q --method lif --refractory-ms 3",
    "ossicle-encode -q --method poisson --seed 8",
    "ossicle-encode -q | ossicle-encode -q --decode",
    "ossicle-encode -q --method level-crossing | ossicle-encode -q --decode | ossicle-encode -q --method lif"};

}  // namespace

TEST_CASE("a model trained on spikes keeps the recipe, and names a recording as the pipe does") {
  for (const std::string& route : kRoutes) {
    INFO(route);
    const Trained t(route);
    const auto report = t.info();
    CHECK(report.at("recipe") == nlohmann::json::parse(ear::to_json(read_stream(t.stream).header.recipe)));
    CHECK(report.at("input_kind") == ear::kind_name(read_stream(t.stream).header.kind));

    // The shell line that ossicle-info prints is this route, and gives the scores of the wav itself, to the last digit.
    const std::string wav = t.file("seven.wav");
    pipe_support::spill(wav, pipe_support::wav_bytes(6, 3777));
    std::string line = shell("ossicle-info --pipeline " + t.model).out;
    REQUIRE(line.find(" recording.wav | ossicle-encode --") != std::string::npos);
    line.replace(line.find("recording.wav"), 13, wav);
    line.insert(line.find(t.model), "--json --top 3 ");
    const auto piped = shell(line);
    const auto direct = shell("ossicle-predict --json --top 3 " + t.model + " " + wav);
    CHECK(piped.exit_code == 0);
    CHECK(direct.exit_code == 0);
    auto a = nlohmann::json::parse(piped.out), b = nlohmann::json::parse(direct.out);
    a.erase("path");
    b.erase("path");
    CHECK(a == b);
    CHECK(a.at("top").size() == 3);
    CHECK(a.at("score") > 0.0);

    std::string unfinished = pipe_support::wav_bytes(6, 3777);
    unfinished.replace(40, 4, 4, '\0');  // the size of the sound, as a recorder leaves it that was switched off
    pipe_support::spill(wav, unfinished);
    const auto warned = shell("ossicle-predict --json --top 3 " + t.model + " " + wav);
    CHECK_THAT(warned.err, Contains("seven.wav: its header promises 0 bytes of sound"));
    CHECK(warned.out == direct.out);
  }
}

TEST_CASE("ossicle-predict: a recording does not depend on its name except for Poisson spikes") {
  const Trained poisson(kRoutes[3]);
  const auto score = [&](const std::string& name) {
    pipe_support::spill(poisson.file(name), pipe_support::wav_bytes(6, 3777));
    return nlohmann::json::parse(shell("ossicle-predict --json " + poisson.model + " " + poisson.file(name)).out);
  };
  const double a = score("a.wav").at("score"), b = score("b.wav").at("score"), c = score("a.wave").at("score");
  CHECK(a > 0.0);
  CHECK(a != b);
  CHECK(a == c);  // the key has no extension
}

TEST_CASE("ossicle-info: memory is that of the steps after encoding") {
  const Trained t("ossicle-encode -q --hold 3"), cut("ossicle-encode -q --hold 3 --max-steps 70");
  const Trained back("ossicle-encode -q --hold 3 --max-steps 70 | ossicle-encode -q --decode");
  CHECK(t.info().at("memory_mb").at("steps") == 120);
  CHECK(cut.info().at("memory_mb").at("steps") == 70);
  CHECK(back.info().at("memory_mb").at("steps") == 24);
}

TEST_CASE("a stream of another encoder than the model's is refused with the parameter that differs") {
  const Trained t("ossicle-encode -q");
  REQUIRE(
      shell(t.corpus.command("--steps 40") + " | ossicle-encode -q --threshold 0.5 > " + t.file("b.tar")).exit_code ==
      0);
  const auto other = shell("ossicle-eval " + t.model + " " + t.file("b.tar"));
  CHECK(other.exit_code == 2);
  CHECK_THAT(other.err, Contains("threshold"));
  REQUIRE(shell(t.corpus.command("--steps 40 -o " + t.file("c.tar"))).exit_code == 0);
  const auto bare = shell("ossicle-eval " + t.model + " " + t.file("c.tar"));
  CHECK(bare.exit_code == 2);
  CHECK_THAT(bare.err, Contains("a stream of kind cochleagram") && Contains("raster"));
}

TEST_CASE("a recipe that begins with events: the line says so, and a recording is refused") {
  const Trained t("ossicle-encode -q");
  Stream stream = read_stream(t.stream);
  ear::RebinParams rebin;
  rebin.n_steps = 30;
  rebin.max_steps = 0;
  stream.header.recipe.stages = {ear::to_stage(rebin, 78)};
  const std::string path = t.file("rebinned.tar");
  {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
    ear::Writer writer(fileno(file.get()), path, stream.header);
    for (const ear::Record& record : stream.records) writer.write(record);
    writer.close();
  }
  CHECK(shell("ossicle-info --pipeline " + path).out ==
        "ossicle-rebin --steps 30 --channels 78 EVENTS | ossicle-predict MODEL -\n");
  REQUIRE(shell("ossicle-train -q " + path + " --hidden 20 --epochs 1 --threads 1 -o " + t.file("n")).exit_code == 0);
  CHECK_THAT(shell("ossicle-info --pipeline " + t.file("n")).out,
             Contains("ossicle-rebin --steps 30 --channels 78 EVENTS | ossicle-predict " + t.file("n") + " -"));
  const auto wav = shell("ossicle-predict " + t.file("n") + " '" + t.file("re cordings/0.wav") + "'");
  CHECK(wav.exit_code == 2);
  CHECK_THAT(wav.err, Contains("came from ossicle-rebin") && Contains("give a stream"));
}
