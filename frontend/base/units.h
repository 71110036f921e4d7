#pragma once
// Factors between units.

namespace ear {

inline constexpr double kMsPerSecond = 1000.0;

}  // namespace ear
