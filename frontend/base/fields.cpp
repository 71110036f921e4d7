#include "frontend/base/fields.h"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace ear {

namespace {

void check_in(const Field& field, double x, const auto& value) {
  const auto& [low, high, is_above] = field.range;
  if (std::isfinite(x) && (is_above ? x > low : x >= low) && x <= high) return;
  throw std::invalid_argument(fmt::format("{} {}: wanted {}", field.name, value, range_text(field.range)));
}

}  // namespace

std::string range_text(const Range& range) {
  const auto& [low, high, is_above] = range;
  if (!std::isfinite(low)) return "a finite number";
  if (is_above) return fmt::format("more than {}", low);
  return std::isfinite(high) ? fmt::format("{} to {}", low, high) : fmt::format("{} or more", low);
}

void check_value(const Field& field, double value) {
  check_in(field, value, value);
}

void check_value(const Field& field, std::int64_t value) {
  check_in(field, static_cast<double>(value), value);
}

}  // namespace ear
