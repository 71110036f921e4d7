#pragma once
// Checks: of what a caller gives, and of what stands in an input.
#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <utility>

namespace ear {

/// Throws std::invalid_argument with the message unless the condition holds.
template <class... Values>
void require(bool holds, fmt::format_string<Values...> message, Values&&... values) {
  if (!holds) throw std::invalid_argument(fmt::format(message, std::forward<Values>(values)...));
}

/// The same with std::runtime_error.
template <class... Values>
void demand(bool holds, fmt::format_string<Values...> message, Values&&... values) {
  if (!holds) throw std::runtime_error(fmt::format(message, std::forward<Values>(values)...));
}

/// Throws std::invalid_argument, naming step and channel, unless every value [T][n_channels] stays finite times `factor`.
template <class Real>
void require_finite(std::span<const float> values, int n_channels, Real factor, const char* factor_name) {
  const auto n = static_cast<std::size_t>(n_channels);
  for (std::size_t i = 0; i < values.size(); ++i) {
    require(std::isfinite(values[i] * factor), "step {}, channel {}: {} times {} {} is not finite", i / n, i % n,
            values[i], factor_name, factor);
  }
}

}  // namespace ear
