#include "frontend/stream/summary.h"

#include <algorithm>

namespace ear {

namespace {

// Sums in double, record by record: a mean over 1e9 elements keeps about 7 digits at worst, and 12 as a rule.
class Gather {
 public:
  void add(double value) {
    spread_.min = n_ == 0 ? value : std::min(spread_.min, value);
    spread_.max = n_ == 0 ? value : std::max(spread_.max, value);
    sum_ += value;
    ++n_;
  }
  Spread result() const {
    Spread spread = spread_;
    if (n_ > 0) spread.mean = sum_ / static_cast<double>(n_);
    return spread;
  }

 private:
  Spread spread_;
  double sum_ = 0.0;
  std::size_t n_ = 0;
};

double median(std::vector<int>& values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (static_cast<double>(values[middle - 1]) + values[middle]) / 2.0;
}

}  // namespace

Summary summarise(Reader& reader) {
  Summary summary;
  for (const std::string& name : reader.header().classes) summary.per_class[name] = 0;
  std::vector<int> steps;
  Gather values;
  for (Record record; reader.next(record);) {
    ++summary.n_records;
    ++summary.per_speaker[record.speaker];
    if (!record.sequence.empty()) {
      ++summary.n_sequences;
    } else {
      ++(record.label.empty() ? summary.n_unlabelled : summary.per_class[record.label]);
    }
    steps.push_back(record.n_steps);
    summary.n_bytes += std::visit([](const auto& data) { return data.size() * sizeof data[0]; }, record.data);
    if (reader.header().kind == Kind::kEvents) {
      values.add(static_cast<double>(std::get<std::vector<std::uint32_t>>(record.data).size() / 2));
      continue;
    }
    std::visit(
        [&](const auto& data) {
          for (const auto value : data) values.add(static_cast<double>(value));
        },
        record.data);
  }
  summary.values = values.result();
  summary.median_steps = median(steps);
  if (!steps.empty()) {
    summary.min_steps = steps.front();
    summary.max_steps = steps.back();
  }
  return summary;
}

}  // namespace ear
