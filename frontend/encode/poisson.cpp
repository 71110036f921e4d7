#include "frontend/encode/poisson.h"

#include <algorithm>

#include "frontend/base/checksum.h"
#include "frontend/base/philox.h"
#include "frontend/base/units.h"

namespace ear {

namespace {

constexpr std::size_t kBlock = 4;  // channels that share a call of philox

}  // namespace

// [Poisson rate]
std::vector<std::uint8_t> poisson_encode(std::span<const float> values, int n_channels, double dt_ms,
                                         const std::string& key, const PoissonParams& params) {
  check_fields(params);
  check_value({"dt_ms", above(0)}, dt_ms);
  const int n_steps = raster_steps(count_steps(values.size(), n_channels), n_channels, params.steps);
  const double step_s = dt_ms / params.steps.hold / kMsPerSecond;
  const double words_per_unit = params.rate_hz * step_s * kPhiloxWords;
  const auto cipher_key = philox_key(params.seed);
  const std::uint32_t record = crc32(key);
  const auto n = static_cast<std::size_t>(n_channels);
  std::vector<std::uint8_t> spikes(static_cast<std::size_t>(n_steps) * n);
  for (int step = 0; step < n_steps; ++step) {
    const float* x = values.data() + static_cast<std::size_t>(step / params.steps.hold) * n;
    std::uint8_t* row = spikes.data() + static_cast<std::size_t>(step) * n;
    for (std::size_t first = 0; first < n; first += kBlock) {
      const auto words =
          philox({static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(first / kBlock), record, 0}, cipher_key);
      for (std::size_t c = first; c < std::min(first + kBlock, n); ++c) {
        row[c] = static_cast<double>(words[c - first]) < x[c] * words_per_unit ? 1 : 0;  // a word is below 2^32 always
      }
    }
  }
  return spikes;
}

}  // namespace ear
