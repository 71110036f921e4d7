// Parameters of the encoders in the recipe.
#include <catch2/catch.hpp>
#include <set>

#include "frontend/encode/encode.h"

using Catch::Contains;
using ear::EncodeParams;

namespace {

// No field at its default.
const std::vector<EncodeParams> kOthers = {
    ear::BsaParams{.scale = 3, .taps = 9, .kernel_width = 2.5, .threshold = 0.25, .steps = {3, 70}},
    ear::LevelCrossingParams{.delta = 0.5, .initial = -1, .steps = {4, 71}},
    ear::LifEncoderParams{.gain = 7, .tau_ms = 3, .threshold = 2, .refractory_ms = 5, .steps = {5, 72}},
    ear::PoissonParams{.rate_hz = 12, .seed = 99, .steps = {6, 73}}};

}  // namespace

TEST_CASE("recipe of an encoder: there and back, through JSON") {
  std::set<std::string> names;
  for (const EncodeParams& params : kOthers) {
    const ear::RecipeStage stage = ear::to_stage(params);
    CHECK(stage.tool == "ossicle-encode");
    CHECK(ear::get<std::string>(stage, "method") == ear::method_name(params));
    CHECK(ear::encode_params(stage) == params);
    const ear::Recipe recipe{{stage}};
    CHECK(ear::encode_params(ear::parse_recipe(ear::to_json(recipe)).stages.at(0)) == params);
    names.insert(ear::method_name(params));
  }
  CHECK(names == std::set<std::string>{"bsa", "level-crossing", "lif", "poisson"});
}

TEST_CASE("recipe of an encoder: every parameter of another value is another recipe") {
  for (const EncodeParams& params : kOthers) {
    const ear::RecipeStage stage = ear::to_stage(params);
    for (std::size_t i = 1; i < stage.params.size(); ++i) {
      ear::RecipeStage changed = stage;
      if (auto* real = std::get_if<double>(&changed.params[i].second)) *real += 0.5;
      if (auto* integer = std::get_if<std::int64_t>(&changed.params[i].second)) *integer += 1;
      INFO(stage.params[i].first);
      CHECK_FALSE(ear::encode_params(changed) == params);
      CHECK(ear::to_stage(ear::encode_params(changed)) == changed);
    }
  }
}

TEST_CASE("recipe of an encoder: one that is damaged is refused") {
  ear::RecipeStage stage = ear::to_stage(ear::BsaParams{});
  const auto with = [&](const std::string& name, ear::Value value) {
    ear::RecipeStage changed = stage;
    for (auto& [key, found] : changed.params) {
      if (key == name) found = value;
    }
    return changed;
  };
  CHECK_THROWS_WITH(ear::encode_params(with("method", std::string("morse"))), Contains("method morse"));
  CHECK_THROWS_WITH(ear::encode_params(with("taps", std::int64_t{1} << 40)), Contains("taps 1099511627776"));
  CHECK_THROWS_WITH(ear::encode_params(with("taps", std::int64_t{100'000})), Contains("taps 100000"));
  CHECK_THROWS_AS(ear::encode_params(with("hold", std::int64_t{0})), std::runtime_error);
  CHECK_THROWS_WITH(ear::encode_params(with("scale", std::string("1"))), Contains("scale"));
  stage.params.pop_back();
  CHECK_THROWS_WITH(ear::encode_params(stage), Contains("max_steps"));
  CHECK_THROWS_WITH(ear::encode_params({"ossicle-lyon", {}}), Contains("ossicle-lyon"));
  CHECK_THROWS_WITH(ear::encode_params(ear::decode_stage()), Contains("decodes"));
  CHECK(ear::is_decode_stage(ear::decode_stage()));
}
