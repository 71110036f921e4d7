#include "frontend/recipe/recipe_stream.h"

#include <catch2/catch.hpp>
#include <random>

namespace {

ear::Recipe recipe_of(const ear::FrontEndParams& params) {
  return {{ear::to_stage(params)}};
}

ear::FrontEndParams by_decimation(int tail_steps) {
  return {.n_steps = 0, .decimation = 125, .tail_steps = tail_steps};
}

std::vector<float> noise(std::size_t n) {
  std::mt19937 random(1);
  std::vector<float> samples(n);
  for (float& x : samples) x = static_cast<float>(random()) / 4294967296.0F - 0.5F;
  return samples;
}

}  // namespace

TEST_CASE("A recipe on a sound in pieces gives the record of the whole") {
  for (const int tail : {0, 4}) {
    const ear::RecipeRunner runner(recipe_of(by_decimation(tail)), "cochleagram", "auto");
    ear::RecipeStream stream(runner);
    for (const std::size_t n : {std::size_t{125}, std::size_t{3333}, std::size_t{8000}}) {
      const std::vector<float> samples = noise(n);
      std::vector<std::string> warnings;
      const ear::Record whole = runner({samples, 12500}, "key", warnings);
      for (const std::size_t block : {1, 7, 160, 4096}) {
        std::vector<float> steps;
        stream.begin();
        for (std::size_t at = 0; at < n; at += block) {
          stream.push(std::span(samples).subspan(at, std::min(block, n - at)), steps);
        }
        stream.finish(steps);
        CHECK(steps == std::get<std::vector<float>>(whole.data));
      }
    }
  }
}

TEST_CASE("A sound shorter than a step is refused at its end, as whole") {
  const ear::RecipeRunner runner(recipe_of(by_decimation(2)), "cochleagram", "auto");
  ear::RecipeStream stream(runner);
  std::vector<float> steps;
  stream.push(noise(124), steps);
  CHECK_THROWS_WITH(stream.finish(steps), Catch::Contains("shorter than one step"));
}

TEST_CASE("Recipes that need the whole sound say so") {
  const auto refusal = [](const ear::Recipe& recipe, const std::string& kind) {
    const ear::RecipeRunner runner(recipe, kind, "auto");
    try {
      ear::RecipeStream stream(runner);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(refusal(recipe_of({}), "cochleagram"), Catch::Contains("stretches every recording to 100 steps"));
  ear::FrontEndParams levelled = by_decimation(0);
  levelled.level_db = -20;
  CHECK_THAT(refusal(recipe_of(levelled), "cochleagram"), Catch::Contains("to one level"));
  ear::Recipe encoded = recipe_of(by_decimation(0));
  encoded.stages.push_back(ear::to_stage(ear::BsaParams{}));
  CHECK_THAT(refusal(encoded, "raster"), Catch::Contains("encoded from whole recordings"));
  CHECK(refusal(recipe_of(by_decimation(0)), "cochleagram").empty());
}
