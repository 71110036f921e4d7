#include "snn/score/readout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

namespace snn {

namespace {

constexpr std::string_view kLastPrefix = "last:";

}  // namespace

std::string to_string(const Readout& readout) {
  if (readout.kind == ReadoutKind::kLast) return fmt::format("{}{}", kLastPrefix, readout.n_last);
  return readout.kind == ReadoutKind::kPsc ? "psc" : "spikes";
}

Readout parse_readout(const std::string& text) {
  if (text == "psc") return {};
  if (text == "spikes") return {ReadoutKind::kSpikes};
  if (text.starts_with(kLastPrefix)) {
    Readout readout{ReadoutKind::kLast};
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data() + kLastPrefix.size(), last, readout.n_last);
    if (error == std::errc() && end == last && readout.n_last >= 1) return readout;
  }
  throw std::invalid_argument(
      fmt::format("\"{}\": wanted psc, spikes or last:N, N being a number of steps from 1", text));
}

std::vector<float> sum_last_steps(std::span<const float> psc, int n_classes, int n_last) {
  const auto width = static_cast<std::size_t>(n_classes);
  const std::size_t n_steps = psc.size() / width;
  const std::size_t first = n_steps - std::min(n_steps, static_cast<std::size_t>(n_last));
  std::vector<float> sums(width, 0.0F);
  for (std::size_t i = first * width; i < psc.size(); ++i) sums[i % width] += psc[i];
  return sums;
}

}  // namespace snn
