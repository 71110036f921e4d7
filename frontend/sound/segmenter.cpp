#include "frontend/sound/segmenter.h"

#include <algorithm>
#include <cmath>

#include "frontend/base/require.h"
#include "frontend/sound/spectrum.h"

namespace ear {

namespace {

constexpr double kLongestLead_s = 0.25;  // of weak sound before a word

const SegmenterParams& valid(const SegmenterParams& params) {
  validate(params);
  return params;
}

std::int64_t hop_samples(const SegmenterParams& params, int rate_hz) {
  check_sample_rate(rate_hz);
  return std::llround(valid(params).hop_s * rate_hz);
}

}  // namespace

void validate(const SegmenterParams& params) {
  check_fields(params);
  require(params.frame_s >= params.hop_s, "frame_s {}: wanted hop_s {} or more", params.frame_s, params.hop_s);
  require(params.stay_db <= params.begin_db, "stay_db {}: wanted begin_db {} or less", params.stay_db, params.begin_db);
  require(params.post_roll_s <= params.hang_over_s, "post_roll_s {}: wanted hang_over_s {} or less", params.post_roll_s,
          params.hang_over_s);
  require(params.min_s + params.pre_roll_s < params.max_s, "min_s {} and pre_roll_s {}: wanted less than max_s {}",
          params.min_s, params.pre_roll_s, params.max_s);
}

Segmenter::Segmenter(const SegmenterParams& params, int sample_rate_hz)
    : params_(params),
      rate_hz_(sample_rate_hz),
      hop_(hop_samples(params, sample_rate_hz)),
      frame_hops_(hops(params.frame_s)),
      begin_hops_(hops(params.begin_s)),
      bands_(static_cast<int>(hop_), static_cast<int>(frame_hops_), sample_rate_hz),
      floor_(params.noise, static_cast<double>(hop_) / rate_hz_, bands_.n_bands()) {}

std::int64_t Segmenter::samples(double seconds) const {
  return std::llround(seconds * rate_hz_);
}

/// At least one.
std::int64_t Segmenter::hops(double seconds) const {
  return std::max<std::int64_t>(1, std::llround(seconds * rate_hz_ / static_cast<double>(hop_)));
}

std::int64_t Segmenter::latest_delay() const {
  return (hops(params_.hang_over_s) + frame_hops_ - 1) * hop_ -
         std::min(samples(params_.post_roll_s), samples(params_.hang_over_s));
}

std::int64_t Segmenter::look_back() const {
  return samples(params_.max_s) + hop_;
}

void Segmenter::push(std::span<const float> samples, std::vector<SegmentEvent>& events) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    require(std::isfinite(samples[i]), "sample {}: {} is not finite", heard_ + static_cast<std::int64_t>(i),
            samples[i]);
  }
  for (const float sample : samples) {
    ++heard_;
    if (bands_.hear(sample)) hear_hop(events);
  }
}

void Segmenter::hear_hop(std::vector<SegmentEvent>& events) {
  const BandValues power = bands_.power();
  const BandValues level = floor_.level_db(power);
  const double rise = floor_.rise_db(level);
  const bool is_voice = floor_.low_rise_db(level) >= params_.voiced_db && bands_.periodicity() >= params_.periodicity;
  const bool is_active = is_voice || rise >= params_.stay_db;
  if (is_active) extend_word(rise >= params_.begin_db, is_voice);
  if (in_word_) {
    for (int b = 0; b < bands_.n_bands(); ++b) word_.peak_db[b] = std::max(word_.peak_db[b], level[b]);
  }
  floor_.hear(power, is_voice, !in_word_);
  if (in_word_) decide(events);
}

void Segmenter::extend_word(bool is_strong, bool is_voice) {
  if (!in_word_) {
    in_word_ = true;
    word_ = {.first = heard_ - hop_};
    word_.peak_db.fill(params_.noise.quiet_db);
  }
  word_.last = heard_;
  word_.strong_hops += is_strong;
  word_.voiced_hops += is_voice;
  if (word_.is_told) return;
  if (!is_enough()) word_.first = std::max(word_.first, heard_ - hops(kLongestLead_s) * hop_);
  word_.begin = std::max(free_from_, word_.first - samples(params_.pre_roll_s));
}

void Segmenter::tell_begin(std::vector<SegmentEvent>& events) {
  if (!word_.is_told) events.push_back({SegmentEventKind::kBegan, word_.begin, word_.begin, heard_});
  word_.is_told = true;
}

/// Where the sound of the word ends: it left the frame of the last active hop in the hop behind it.
std::int64_t Segmenter::sound_end() const {
  return std::max(word_.first, word_.last - (frame_hops_ - 1) * hop_);
}

/// Whether what began is one if its sound ends there. Noise that goes on has become the floor.
bool Segmenter::is_word(std::int64_t end) const {
  const std::int64_t voiced_hops = params_.min_voiced_s > 0.0 ? hops(params_.min_voiced_s) : 0;
  return is_enough() && end - word_.first >= samples(params_.min_s) && word_.voiced_hops >= voiced_hops &&
         floor_.rise_db(word_.peak_db) >= params_.begin_db;
}

void Segmenter::decide(std::vector<SegmentEvent>& events) {
  const std::int64_t patience = is_enough() ? hops(params_.hang_over_s) : frame_hops_;
  const bool has_gone_under = is_enough() && floor_.rise_db(word_.peak_db) < params_.begin_db;
  if (is_enough() && !has_gone_under && floor_.has_settled()) tell_begin(events);
  if (heard_ - word_.last >= patience * hop_ || has_gone_under) {
    close(events);
  } else if (heard_ - word_.begin >= samples(params_.max_s)) {
    cut(events);
  }
}

void Segmenter::close(std::vector<SegmentEvent>& events) {
  in_word_ = false;
  const bool goes_on = heard_ - word_.last < hop_;  // at the end of the signal: nothing has left the frame
  const std::int64_t end = goes_on ? heard_ : sound_end();
  const bool is_found = is_word(end);
  if (is_found) tell_begin(events);
  if (!word_.is_told) return;
  const std::int64_t rolled = std::min(heard_, end + samples(params_.post_roll_s));
  events.push_back({is_found ? SegmentEventKind::kEnded : SegmentEventKind::kDropped, word_.begin, rolled, heard_});
  if (is_found) free_from_ = rolled;
}

void Segmenter::cut(std::vector<SegmentEvent>& events) {
  const std::int64_t end = word_.begin + samples(params_.max_s);
  const bool is_found = is_word(end);
  events.push_back({is_found ? SegmentEventKind::kEnded : SegmentEventKind::kDropped, word_.begin, end, heard_});
  free_from_ = end;
  word_.first = word_.begin = end;
  word_.voiced_hops = 0;
  word_.is_told = false;
  tell_begin(events);
}

void Segmenter::finish(std::vector<SegmentEvent>& events) {
  if (in_word_) close(events);
}

}  // namespace ear
