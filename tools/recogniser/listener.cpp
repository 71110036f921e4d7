#include "tools/recogniser/listener.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace ossicle {

namespace {

constexpr double kGrid_s = 0.01;  // guesses fall on it, wherever blocks end

int checked_rate(const ListenerParams& params, int sample_rate_hz) {
  if (params.k < 1) throw std::invalid_argument("an answer wants one class or more");
  const double every_s = params.partial_s;
  if (every_s != 0.0 && !(every_s >= kMinPartial_s && every_s <= kMaxPartial_s)) {
    throw std::invalid_argument(
        fmt::format("{} s between guesses: wanted {} to {}, or 0 for none", every_s, kMinPartial_s, kMaxPartial_s));
  }
  return sample_rate_hz;
}

}  // namespace

Listener::Listener(const Recogniser& recogniser, const ListenerParams& params, int sample_rate_hz)
    : recogniser_(recogniser),
      params_(params),
      rate_hz_(checked_rate(params, sample_rate_hz)),
      grid_(std::llround(kGrid_s * rate_hz_)),
      segmenter_(params.segmenter, sample_rate_hz) {}

void Listener::require_open() const {
  if (is_finished_) throw std::logic_error("the signal has ended; another one wants a listener of its own");
}

void Listener::push(std::span<const float> samples, std::vector<Heard>& heard) {
  require_open();
  ear::require_samples(samples);
  while (!samples.empty()) {
    const auto n = std::min<std::int64_t>(std::ssize(samples), grid_ - n_heard_ % grid_);
    hear(samples.first(static_cast<std::size_t>(n)), heard);
    samples = samples.subspan(static_cast<std::size_t>(n));
  }
}

void Listener::hear(std::span<const float> samples, std::vector<Heard>& heard) {
  segmenter_.push(samples, events_);
  kept_.insert(kept_.end(), samples.begin(), samples.end());
  n_heard_ += std::ssize(samples);
  take_events(heard);
  if (in_word_ && params_.partial_s > 0.0 && n_heard_ % grid_ == 0 && n_heard_ >= next_guess_) {
    heard.push_back(name(word_begin_, n_heard_, false));
    next_guess_ = n_heard_ + std::llround(params_.partial_s * rate_hz_);
  }
  forget();
}

void Listener::take_events(std::vector<Heard>& heard) {
  for (const ear::SegmentEvent& event : events_) {
    in_word_ = event.kind == ear::SegmentEventKind::kBegan;
    if (in_word_) {
      word_begin_ = event.begin;
      next_guess_ = event.begin + std::llround(params_.partial_s * rate_hz_);
    } else if (event.kind == ear::SegmentEventKind::kEnded) {
      heard.push_back(name(event.begin, event.end, true));
      heard.back().known_s = seconds(event.heard);
    }
  }
  events_.clear();
}

Heard Listener::name(std::int64_t begin, std::int64_t end, bool is_final) const {
  Heard heard{is_final, seconds(begin), seconds(end), seconds(n_heard_), {}};
  const auto first = kept_.begin() + (begin - first_kept_);
  try {
    heard.answers = recogniser_.recognise({std::vector<float>(first, first + (end - begin)), rate_hz_}, params_.k);
  } catch (const std::invalid_argument& error) {
    heard.error = error.what();
  }
  return heard;
}

/// What no word can want any more goes when it is as much as what stays, so that each sample moves once or twice.
void Listener::forget() {
  const std::int64_t n_old = n_heard_ - segmenter_.look_back() - first_kept_;
  if (n_old < std::ssize(kept_) - n_old) return;
  kept_.erase(kept_.begin(), kept_.begin() + n_old);
  first_kept_ += n_old;
}

void Listener::finish(std::vector<Heard>& heard) {
  require_open();
  is_finished_ = true;
  segmenter_.finish(events_);
  take_events(heard);
}

}  // namespace ossicle
