// Lanes of every instruction set against plain numbers; lanes_probe.cpp is what includes simd_lanes.h.
#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "frontend/lyon/ear.h"
#include "tests/frontend/lyon/lanes_probe.h"

using lanes_probe::kMostLanes;

namespace {

lanes_probe::Probe* probe_of(const std::string& isa) {
#if defined(__x86_64__)
  if (isa == "avx512") return lanes_probe::avx512::probe;
  if (isa == "avx2") return lanes_probe::avx2::probe;
#endif
  return lanes_probe::baseline::probe;
}

/// The same bits; for a NaN, another NaN.
bool same(float got, float wanted) {
  return std::isnan(wanted) ? std::isnan(got)
                            : std::bit_cast<std::uint32_t>(got) == std::bit_cast<std::uint32_t>(wanted);
}

}  // namespace

TEST_CASE("simd_lanes: each lane gives the bits of plain arithmetic, whatever is in the others") {
  constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();
  // Sums halfway between two floats, zeros of either sign, sums beyond the largest and below the smallest normal float.
  std::vector<float> a = {1.0F,  0x1.000002p0F, 0.0F, -0.0F, kNan, 3.0F, kInf,   -kInf,
                          3e38F, 1e-40F,        0.1F, -7.0F, 1e9F, 0.3F, -12.5F, 2.0F};
  std::vector<float> b = {0x1p-24F, 0x1p-24F, -0.0F, 0.0F,  1.0F,    kNan,  1.0F,  2.0F,
                          3e38F,    -2e-45F,  0.2F,  -7.0F, -1e-10F, -0.3F, 11.0F, -3.0F};
  REQUIRE((a.size() == kMostLanes && b.size() == kMostLanes));
  constexpr double kFactor = 0.1;
  for (const auto& isa : ear::usable_isas()) {
    for (int turn = 0; turn < kMostLanes; ++turn) {
      const lanes_probe::Results got = probe_of(isa.name)(a.data(), b.data(), kFactor);
      CHECK(got.n_lanes == isa.kernel.n_lanes);
      for (int i = 0; i < got.n_lanes; ++i) {
        const double x = a[i], y = b[i];
        INFO(isa.name << ", lane " << i << ": " << a[i] << " and " << b[i]);
        CHECK(same(got.splat[i], a[0]));
        CHECK(same(got.larger[i], a[i] > b[i] ? a[i] : b[i]));
        CHECK((got.widened[i] == x || std::isnan(x)));
        CHECK(same(got.sum[i], static_cast<float>(x + y)));
        CHECK(same(got.difference[i], static_cast<float>(x - y)));
        CHECK(same(got.product[i], static_cast<float>(kFactor * x)));
      }
      std::rotate(a.begin(), a.begin() + 1, a.end());
      std::rotate(b.begin(), b.begin() + 1, b.end());
    }
  }
}
