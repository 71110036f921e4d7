// Fields of params structs: ranges, their words, and who is checked.
#include "frontend/base/fields.h"

#include <catch2/catch.hpp>
#include <optional>

namespace {

struct Params {
  int count = 3;
  double share = 0.5;
  std::int64_t seed = 1;
  std::optional<double> level{};
  bool on = true;
};
template <ear::MaybeConst<Params> P, class F>
void visit_fields(P& p, F&& f) {
  f({"count", {1, 9}}, p.count);
  f({"share", ear::above(0)}, p.share);
  f({"seed", ear::at_least(0)}, p.seed);
  f({"level", {-100, 0}}, p.level);
  f({"on"}, p.on);
}

}  // namespace

TEST_CASE("fields: a range in words") {
  CHECK(ear::range_text({1, 4096}) == "1 to 4096");
  CHECK(ear::range_text(ear::at_least(0)) == "0 or more");
  CHECK(ear::range_text(ear::above(0.5)) == "more than 0.5");
  CHECK(ear::range_text({}) == "a finite number");
}

TEST_CASE("fields: the first that is out of range is named with the value found, and what is not set is in range") {
  const auto check = [](const auto& change) {
    Params params;
    change(params);
    ear::check_fields(params);
  };
  constexpr double kInf = std::numeric_limits<double>::infinity();
  CHECK_NOTHROW(check([](Params&) {}));
  CHECK_NOTHROW(check([](Params& p) { p.count = 9, p.share = 1e-300, p.seed = 0, p.level = 0.0, p.on = false; }));
  CHECK_THROWS_WITH(check([](Params& p) { p.count = 10, p.share = 0; }), "count 10: wanted 1 to 9");
  CHECK_THROWS_WITH(check([](Params& p) { p.count = 0; }), "count 0: wanted 1 to 9");
  CHECK_THROWS_WITH(check([](Params& p) { p.share = 0; }), "share 0: wanted more than 0");
  CHECK_THROWS_WITH(check([&](Params& p) { p.share = kInf; }), "share inf: wanted more than 0");
  CHECK_THROWS_WITH(check([](Params& p) { p.seed = INT64_MIN; }), "seed -9223372036854775808: wanted 0 or more");
  CHECK_THROWS_WITH(check([](Params& p) { p.level = 1.0; }), "level 1: wanted -100 to 0");
  CHECK_THROWS_AS(check([](Params& p) { p.level = 1.0; }), std::invalid_argument);
}
