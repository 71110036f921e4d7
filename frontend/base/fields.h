#pragma once
// A parameter that a person sets, described once: visit_fields() of its struct has one line with name, range and help for each, and
// checks, recipes and flags walk these lines (stream/stage_fields.h, tools/options/).
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace ear {

/// The numbers that a field may be; always finite ones, low and high included unless `is_above`.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool is_above = false;  ///< low itself is not in it
};
constexpr Range at_least(double low) {
  return {.low = low};
}
constexpr Range above(double low) {
  return {.low = low, .is_above = true};
}

/// What is known of a parameter besides type, place and default.
struct Field {
  const char* name;       ///< in recipes and messages
  Range range = {};       ///< of a number
  const char* help = "";  ///< of its flag, with its unit
  bool may_lack = false;  ///< recipes from before it existed do not have it
};

/// A params struct, const or not.
template <class P, class Params>
concept MaybeConst = std::same_as<std::remove_const_t<P>, Params>;

/// "1 to 4096", "0 or more", "more than 0", "a finite number".
std::string range_text(const Range& range);

/// Both throw std::invalid_argument naming the field, the value found and the range, unless the value is in it.
void check_value(const Field& field, double value);
void check_value(const Field& field, std::int64_t value);

/// The same for every number among the fields that is set.
template <class Params>
void check_fields(const Params& params) {
  const auto check = []<class T>(const Field& field, const T& value) {
    if constexpr (std::is_floating_point_v<T>) check_value(field, value);
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) check_value(field, std::int64_t{value});
  };
  visit_fields(params, [&check](const Field& field, const auto& value) {
    if constexpr (requires { value.value(); }) {
      if (value) check(field, *value);
    } else {
      check(field, value);
    }
  });
}

}  // namespace ear
