#include "frontend/stream/stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/base/text.h"

namespace ear {

namespace {

std::string text_of(const std::optional<double>& dt_ms) {
  return dt_ms ? fmt::format("{}", *dt_ms) : "not the same for all";
}

std::string class_difference(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::size_t n = std::min(a.size(), b.size());
  for (std::size_t k = 0; k < n; ++k) {
    if (a[k] != b[k]) return fmt::format("classes: class {} is {} against {}", k, shown(a[k]), shown(b[k]));
  }
  return a.size() == b.size() ? "" : fmt::format("classes: {} against {}", a.size(), b.size());
}

}  // namespace

const char* kind_name(Kind kind) {
  constexpr const char* kNames[] = {"cochleagram", "raster", "counts", "events"};
  return kNames[static_cast<int>(kind)];
}

std::string first_difference(const Header& a, const Header& b) {
  if (a.kind != b.kind) return fmt::format("kind: {} against {}", kind_name(a.kind), kind_name(b.kind));
  if (std::string line = first_difference(a.recipe, b.recipe); !line.empty()) return line;
  if (a.n_channels != b.n_channels) return fmt::format("n_channels: {} against {}", a.n_channels, b.n_channels);
  if (a.dt_ms != b.dt_ms) return fmt::format("dt_ms: {} against {}", text_of(a.dt_ms), text_of(b.dt_ms));
  return class_difference(a.classes, b.classes);
}

}  // namespace ear
