#include "frontend/base/fields.h"

#include <cmath>

#include "frontend/base/require.h"

namespace ear {

std::string range_text(const Range& range) {
  const auto& [low, high, is_above] = range;
  if (!std::isfinite(low)) return "a finite number";
  if (is_above) return fmt::format("more than {}", low);
  return std::isfinite(high) ? fmt::format("{} to {}", low, high) : fmt::format("{} or more", low);
}

void check_value(const Field& field, double value) {
  const auto& [low, high, is_above] = field.range;
  if (std::isfinite(value) && (is_above ? value > low : value >= low) && value <= high) return;
  require(false, "{} {}: wanted {}", field.name, value, range_text(field.range));
}

}  // namespace ear
