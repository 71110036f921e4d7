#include "frontend/stream/recipe.h"

#include <catch2/catch.hpp>

#include <stdexcept>

#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using Catch::Equals;
using ear::Recipe;
using ear::RecipeStage;

namespace {

Recipe sample() {
  return samples::header().recipe;
}

}  // namespace

TEST_CASE("Parameters of a recipe are found by name and type") {
  const RecipeStage stage = sample().stages[0];
  CHECK(ear::get<double>(stage, "sample_rate_hz") == 12500.0);
  CHECK(ear::get<std::int64_t>(stage, "n_steps") == 100);
  CHECK(ear::get<double>(stage, "n_steps") == 100.0);
  CHECK(ear::get<bool>(stage, "agc"));
  CHECK(ear::get<std::string>(stage, "window") == "none");
}

TEST_CASE("A parameter that is absent or of another type is named with its tool") {
  const RecipeStage stage = sample().stages[0];
  CHECK_THROWS_WITH(ear::get<std::int64_t>(stage, "ear_q"), Contains("ossicle-lyon has no parameter ear_q"));
  CHECK_THROWS_WITH(ear::get<std::int64_t>(stage, "agc"), Contains("ossicle-lyon: agc is true, wanted an integer"));
  CHECK_THROWS_WITH(ear::get<bool>(stage, "n_steps"), Contains("n_steps is 100, wanted true or false"));
  CHECK_THROWS_WITH(ear::get<std::int64_t>(stage, "sample_rate_hz"), Contains("wanted an integer"));
  CHECK_THROWS_WITH(ear::get<double>(stage, "window"), Contains("window is \"none\", wanted a number"));
  CHECK_THROWS_AS(ear::get<std::string>(stage, "agc"), std::runtime_error);
}

TEST_CASE("The first difference of two recipes is named with both values") {
  CHECK(ear::first_difference(sample(), sample()).empty());
  const auto difference = [](auto change) {
    Recipe other = sample();
    change(other.stages);
    CHECK_FALSE(other == sample());
    return ear::first_difference(sample(), other);
  };
  using Stages = std::vector<RecipeStage>;
  CHECK(difference([](Stages& s) { s[0].params[0].second = 8000.0; }) ==
        "recipe: ossicle-lyon: sample_rate_hz 12500.0 against 8000.0");
  CHECK(difference([](Stages& s) { s[0].params[1].second = 100.0; }) ==
        "recipe: ossicle-lyon: n_steps 100 against 100.0");
  CHECK(difference([](Stages& s) { s[0].params.pop_back(); }) == "recipe: ossicle-lyon: window \"none\" against none");
  CHECK(difference([](Stages& s) { s[0].params.emplace_back("x", true); }) ==
        "recipe: ossicle-lyon: x none against true");
  CHECK(difference([](Stages& s) { std::swap(s[0].params[0], s[0].params[1]); }) ==
        "recipe: ossicle-lyon: the order of the parameters differs");
  CHECK(difference([](Stages& s) { s[0].tool = "other"; }) == "recipe: tool ossicle-lyon against other");
  CHECK(difference([](Stages& s) {
          s.push_back({"ossicle-encode", {}});
        }) == "recipe: tool none against ossicle-encode");
  CHECK(difference([](Stages& s) { s.clear(); }) == "recipe: tool ossicle-lyon against none");
}

TEST_CASE("A recipe survives its JSON text with types and order") {
  Recipe recipe = sample();
  recipe.stages[0].params.insert(recipe.stages[0].params.begin(), {"z", std::int64_t{-5}});
  recipe.stages[0].params.emplace_back("tiny", 0.1 + 0.2);
  recipe.stages[0].params.emplace_back("text", std::string("a \"quoted\" \n \xc3\xa9"));
  recipe.stages.push_back({"second", {}});
  CHECK(ear::parse_recipe(ear::to_json(recipe)) == recipe);
  CHECK(ear::parse_recipe("[]") == Recipe{});
  CHECK(ear::to_json(sample()) ==
        R"([{"tool":"ossicle-lyon","params":{"sample_rate_hz":12500.0,"n_steps":100,"agc":true,"window":"none"}}])");
}

TEST_CASE("Malformed recipes are refused") {
  for (const char* text :
       {"", "[", "{}", "[1]", R"([{"tool":"a"}])", R"([{"tool":1,"params":{}}])", R"([{"tool":"a","params":[]}])",
        R"([{"tool":"a","params":{"x":null}}])", R"([{"tool":"a","params":{"x":9223372036854775808}}])",
        R"([{"tool":"a","params":{},"more":1}])"}) {
    INFO(text);
    CHECK_THROWS_AS(ear::parse_recipe(text), std::runtime_error);
  }
}

TEST_CASE("A recipe that has no JSON is a caller's mistake") {
  CHECK_THROWS_AS(ear::to_json(Recipe{{{"a", {{"x", 1.0 / 0.0}}}}}), std::invalid_argument);
  CHECK_THROWS_AS(ear::to_json(Recipe{{{"a", {{"x", std::string("\xff")}}}}}), std::invalid_argument);
  CHECK_THROWS_AS(ear::to_json(Recipe{{{"a", {{"x", true}, {"x", true}}}}}), std::invalid_argument);
}
