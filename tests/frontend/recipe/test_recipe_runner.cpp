#include "frontend/recipe/recipe_runner.h"

#include <catch2/catch.hpp>
#include <cmath>

using Catch::Contains;
using ear::Recipe;
using ear::RecipeRunner;
using ear::RecipeStage;

namespace {

/// A tone that swells and fades.
ear::Sound tone() {
  ear::Sound sound{{}, 8000, 1};
  for (int n = 0; n < 4000; ++n) {
    sound.samples.push_back(static_cast<float>(0.5 * std::sin(0.4 * n) * std::sin(3.14159265 * n / 4000)));
  }
  return sound;
}

const RecipeStage kLyon = ear::to_stage(ear::FrontEnd({}).params());
const RecipeStage kPoisson = ear::to_stage(ear::PoissonParams{.rate_hz = 200, .seed = 7});
const RecipeStage kBsa = ear::to_stage(ear::BsaParams{});

void check_refused(const Recipe& recipe, const std::string& kind, const std::string& message) {
  INFO(message);
  CHECK_THROWS_WITH(RecipeRunner(recipe, kind, "auto"), Contains(message) && Contains("ossicle-info --pipeline"));
}

}  // namespace

TEST_CASE("A recipe of the ear alone gives its cochleagram") {
  std::vector<std::string> warnings;
  const RecipeRunner runner({{kLyon}}, "cochleagram", "auto");
  const ear::Record record = runner(tone(), "one", warnings);
  const ear::Cochleagram wanted = ear::FrontEnd({})(tone());
  CHECK(record.key == "one");
  CHECK(record.n_steps == 100);
  CHECK(record.dt_ms == wanted.dt_ms);
  CHECK(record.decimation == wanted.decimation);
  CHECK(std::get<std::vector<float>>(record.data) == wanted.values);
  CHECK(runner.n_channels() == 78);
  CHECK(warnings.empty());
}

TEST_CASE("A recipe of ear and encoder gives what the two give one after the other, drawn by the record's key") {
  ear::Header header;
  header.kind = ear::Kind::kCochleagram;
  header.n_channels = 78;
  header.recipe.stages = {kLyon};
  std::vector<std::string> warnings;
  for (const RecipeStage& stage : {kPoisson, kBsa}) {
    const RecipeRunner runner({{kLyon, stage}}, "raster", "auto");
    for (const char* key : {"one", "two"}) {
      const ear::Record cochleagram = RecipeRunner({{kLyon}}, "cochleagram", "auto")(tone(), key, warnings);
      const ear::Record wanted = ear::StreamEncoder::of_stage(header, stage)(cochleagram);
      CHECK(runner(tone(), key, warnings).data == wanted.data);
    }
    CHECK(runner.n_channels() == 78);
  }
  const RecipeRunner poisson({{kLyon, kPoisson}}, "raster", "auto");
  CHECK(poisson(tone(), "one", warnings).data != poisson(tone(), "two", warnings).data);
}

TEST_CASE("Spikes that a recipe decodes again are a cochleagram") {
  std::vector<std::string> warnings;
  const RecipeRunner runner({{kLyon, kBsa, ear::decode_stage()}}, "cochleagram", "auto");
  const ear::Record record = runner(tone(), "one", warnings);
  CHECK(std::get<std::vector<float>>(record.data).size() == 7800);
}

TEST_CASE("What the user should know of a recording is passed on") {
  std::vector<std::string> warnings;
  ear::Sound short_sound = tone();
  short_sound.samples.resize(40);
  RecipeRunner({{kLyon}}, "cochleagram", "auto")(short_sound, "one", warnings);
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], Contains("too short for 100 steps"));
  RecipeRunner({{kLyon}}, "cochleagram", "auto")(tone(), "one", warnings);
  CHECK(warnings.empty());
}

TEST_CASE("Recipes that do not begin with a recording, or end in another kind, are refused with what to do") {
  check_refused({}, "cochleagram", "recipe is empty");
  check_refused({{kBsa}}, "raster", "came from ossicle-encode");
  check_refused({{{ear::kRebinTool, {}}}}, "raster", "came from ossicle-rebin");
  check_refused({{kLyon, {ear::kRebinTool, {}}}}, "raster", "stage ossicle-rebin");
  check_refused({{kLyon}}, "raster", "stream of kind raster, its recipe gives cochleagram");
  check_refused({{kLyon, kBsa}}, "cochleagram", "its recipe gives raster");
}
