#include "frontend/sound/noise_floor.h"

#include <algorithm>
#include <cmath>

namespace ear {

namespace {

constexpr double kBlock_s = 0.1;
constexpr std::size_t kSteadyBlocks = 3;

}  // namespace

NoiseFloor::NoiseFloor(const NoiseFloorParams& params, double hop_s, int n_bands)
    : params_(params),
      n_bands_(n_bands),
      share_(-std::expm1(-hop_s / params.follow_s)),
      block_hops_(static_cast<int>(std::lround(kBlock_s / hop_s))),
      blocks_(std::max(kSteadyBlocks, static_cast<std::size_t>(std::lround(params.memory_s / kBlock_s)))) {
  check_fields(params);
  floor_db_.fill(params.quiet_db);
}

BandValues NoiseFloor::level_db(const BandValues& power) const {
  BandValues level{};
  for (int b = 0; b < n_bands_; ++b) level[b] = std::max(params_.quiet_db, 10.0 * std::log10(power[b]));
  return level;
}

double NoiseFloor::rise_db(const BandValues& level_db) const {
  double highest = low_rise_db(level_db);
  for (int b = 1; b < n_bands_; ++b) highest = std::max(highest, level_db[b] - floor_db_[b]);
  return highest;
}

bool NoiseFloor::has_settled() const {
  return n_blocks_ >= kSteadyBlocks;
}

const NoiseFloor::Block& NoiseFloor::last_block(std::size_t k) const {
  return blocks_[(n_blocks_ - k) % blocks_.size()];
}

void NoiseFloor::hear(const BandValues& power, bool is_voice, bool is_noise) {
  const BandValues level = level_db(power);
  for (int b = 0; b < n_bands_; ++b) {
    if (is_noise) floor_db_[b] += share_ * (level[b] - floor_db_[b]);
    sum_[b] += power[b];
  }
  voiced_hops_ += is_voice;
  if (++in_block_ == block_hops_) finish_block();
}

bool NoiseFloor::is_steady() const {
  for (int b = 0; b < n_bands_; ++b) {
    double low = last_block(1).level_db[b], high = low;
    for (std::size_t k = 1; k <= kSteadyBlocks; ++k) {
      if (last_block(k).is_voice) return false;
      low = std::min(low, last_block(k).level_db[b]);
      high = std::max(high, last_block(k).level_db[b]);
    }
    if (high - low > params_.steady_db) return false;
  }
  return true;
}

void NoiseFloor::finish_block() {
  BandValues mean{};
  for (int b = 0; b < n_bands_; ++b) mean[b] = sum_[b] / block_hops_;
  blocks_[n_blocks_++ % blocks_.size()] = {level_db(mean), 2 * voiced_hops_ >= block_hops_};
  sum_ = {};
  voiced_hops_ = 0;
  in_block_ = 0;
  if (!has_settled()) return;
  const bool steady = is_steady();
  for (int b = 0; b < n_bands_; ++b) {
    if (steady) {
      floor_db_[b] = 0.0;
      for (std::size_t k = 1; k <= kSteadyBlocks; ++k) floor_db_[b] += last_block(k).level_db[b] / kSteadyBlocks;
    } else if (n_blocks_ >= blocks_.size()) {
      const auto of_band = [b](const Block& block) { return block.level_db[b]; };
      floor_db_[b] = std::max(floor_db_[b], of_band(std::ranges::min(blocks_, {}, of_band)));
    }
  }
}

}  // namespace ear
