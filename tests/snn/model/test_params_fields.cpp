#include "snn/model/params_fields.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace snn;

namespace {

/// Stands for a value of any type.
struct Any {
  template <class T>
  operator T() const;
};

/// Members of a struct without constructors: as many as it can be made from.
template <class T, class... Values>
consteval std::size_t count_members() {
  if constexpr (requires { T{Values{}..., Any{}}; }) {
    return count_members<T, Values..., Any>();
  } else {
    return sizeof...(Values);
  }
}

template <class Params>
void check_members() {
  Params params;
  std::set<const void*> places;
  visit_fields(params, [&](const Field& field, auto& value) {
    INFO(field.name);
    CHECK(places.insert(&value).second);
  });
  CHECK(places.size() == count_members<Params>());
}

}  // namespace

TEST_CASE("params fields: every member of every part has one line") {
  check_members<NetworkParams>();
  check_members<GradientParams>();
  check_members<LossParams>();
  check_members<InitParams>();
  check_members<OptimiserParams>();
  check_members<AugmentParams>();
  TrainingParams params;
  std::set<std::string> sections;
  std::size_t n_of_run = 0;
  visit_fields(params, [&](const Section& section, const Field&, const auto&) { sections.insert(section.name); });
  visit_run_fields(params, [&](const Field&, const auto&) { ++n_of_run; });
  CHECK(sections.size() - 1 + n_of_run == count_members<TrainingParams>());  // "run" is no member
}

TEST_CASE("params fields: no two share a name or a flag, and what names a flag has help for it") {
  const TrainingParams params;
  std::set<std::string> names, flags;
  visit_fields(params, [&](const Section&, const Field& field, const auto&) {
    INFO(field.name);
    CHECK(names.insert(field.name).second);
    CHECK(flags.insert(flag_of(field)).second);
    CHECK((*field.flag == '\0' || *field.help != '\0'));
  });
}

TEST_CASE("params fields: ranges have their ends or not, and only finite numbers") {
  const double inf = std::numeric_limits<double>::infinity();
  struct Ends {
    Range range;
    double low, high;  // that are finite
    bool has_low, has_high;
  };
  for (const Ends& ends : {Ends{at_least(2), 2, 1e300, true, true}, Ends{above(2), 2, 1e300, false, true},
                           Ends{kFinite, -1e300, 1e300, true, true}, Ends{kShare, 0, 1, true, false},
                           Ends{{1, 2}, 1, 2, true, true}, Ends{kExponent, 0, 80, false, true}}) {
    INFO(ends.low << " to " << ends.high);
    CHECK(ends.range.contains(ends.low) == ends.has_low);
    CHECK(ends.range.contains(ends.high) == ends.has_high);
    CHECK(ends.range.contains(std::nextafter(ends.low, inf)));
    CHECK(ends.range.contains(std::nextafter(ends.high, -inf)));
    for (const double x : {-inf, inf, std::nan("")}) CHECK_FALSE(ends.range.contains(x));
  }
  CHECK_FALSE(at_least(2).contains(std::nextafter(2.0, 0.0)));
  CHECK_FALSE(kShare.contains(-1e-300));
  CHECK_FALSE(kExponent.contains(80.1));
  CHECK(std::isfinite(std::exp(static_cast<float>(kExponent.high))));
}

TEST_CASE("params fields: flags and ranges as text") {
  CHECK(flag_of({.name = "tau_m"}) == "--tau-m");
  CHECK(flag_of({.name = "v_th", .flag = "threshold"}) == "--threshold");
  CHECK(range_text({"x", kFinite, "steps"}) == "finite (steps)");
  CHECK(range_text({"x", above(1), "steps"}) == "greater than 1 (steps)");
  CHECK(range_text({"x", at_least(0.5)}) == "at least 0.5");
  CHECK(range_text({"x", kShare}) == "at least 0 and below 1");
  CHECK(range_text({"x", kExponent}) == "greater than 0 and at most 80");
  CHECK(range_text({"x", {0, 60}, "dB"}) == "0 to 60 (dB)");
}
