// Params structs as stages of a recipe.
#include "frontend/stream/stage_fields.h"

#include <catch2/catch.hpp>
#include <optional>

using Catch::Contains;

namespace {

struct Params {
  int count = 3;
  double share = 0.5;
  std::int64_t seed = 1;
  std::optional<int> width{};
  std::optional<double> level{};
  bool on = true;
  bool operator==(const Params&) const = default;
};
template <ear::MaybeConst<Params> P, class F>
void visit_fields(P& p, F&& f) {
  f({"count"}, p.count);
  f({"share"}, p.share);
  f({"seed"}, p.seed);
  f({"width"}, p.width);
  f({.name = "level", .may_lack = true}, p.level);
  f({"on"}, p.on);
}

ear::RecipeStage written(const Params& params) {
  ear::RecipeStage stage{"a-tool", {}};
  ear::write_fields(params, stage);
  return stage;
}

Params read(const ear::RecipeStage& stage) {
  Params params;
  ear::read_fields(stage, params);
  return params;
}

}  // namespace

TEST_CASE("stage fields: written in their order, with what is set, and read back") {
  const Params all{7, 0.25, std::int64_t{1} << 40, 9, -3.0, false};
  CHECK(written(all).params == std::vector<std::pair<std::string, ear::Value>>{{"count", std::int64_t{7}},
                                                                               {"share", 0.25},
                                                                               {"seed", std::int64_t{1} << 40},
                                                                               {"width", std::int64_t{9}},
                                                                               {"level", -3.0},
                                                                               {"on", false}});
  CHECK(read(written(all)) == all);
  const Params without{.width = 9};
  CHECK(ear::find(written(without), "level") == nullptr);
  CHECK(read(written(without)) == without);
}

TEST_CASE("stage fields: what is absent, of another type or beyond an int is refused") {
  CHECK_THROWS_WITH(read(written({})), Contains("a-tool has no parameter width"));
  auto stage = written({.width = 9});
  stage.params[0].second = std::int64_t{1} << 31;
  CHECK_THROWS_WITH(read(stage), "recipe of a-tool: count 2147483648 is out of range");
  stage.params[0].second = std::int64_t{-1};
  CHECK_THROWS_WITH(read(stage), "recipe of a-tool: count -1 is out of range");
  stage.params[0].second = true;
  CHECK_THROWS_WITH(read(stage), Contains("count is true, wanted an integer"));
  CHECK_NOTHROW(ear::require_tool(stage, "a-tool"));
  CHECK_THROWS_WITH(ear::require_tool(stage, "b-tool"), "recipe stage a-tool: wanted b-tool");
}
