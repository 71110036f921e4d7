#include "snn/train/array_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace snn {

namespace {

ArrayReport report_of(const std::string& name, const std::vector<float>& values) {
  const auto n = static_cast<double>(values.size());
  const auto [min, max] = std::ranges::minmax(values);
  double sum = 0.0, squares = 0.0;
  for (const float value : values) {
    sum += double{value};
    squares += double{value} * double{value};
  }
  return {.name = name, .min = min, .mean = sum / n, .max = max, .rms = std::sqrt(squares / n)};
}

}  // namespace

std::vector<ArrayReport> array_reports(const ArrayLayout& layout, const Tensors& parameters,
                                       std::span<const ArrayGradient> gradients, std::int64_t n_updates) {
  std::vector<ArrayReport> reports;
  std::size_t n_trained = 0;
  const auto n = static_cast<double>(std::max<std::int64_t>(1, n_updates));
  for (const ArrayLayout::Entry& entry : layout.entries()) {
    reports.push_back(report_of(entry.info.name, parameters.at(entry.info.name).values));
    if (!entry.info.trained) continue;
    if (n_trained < gradients.size()) {
      const ArrayGradient& gradient = gradients[n_trained];
      reports.back().gradient = {.norm = gradient.norm_sum / n, .clipped = gradient.clipped_sum / n};
    }
    ++n_trained;
  }
  if (n_trained != gradients.size()) {
    throw std::invalid_argument(
        fmt::format("array reports: gradients of {} arrays, {} are trained", gradients.size(), n_trained));
  }
  return reports;
}

}  // namespace snn
