#include "frontend/stream/summary.h"

#include <algorithm>

#include "frontend/stream/rules.h"

namespace ear {

Summary summarise(Reader& reader) {
  Summary summary;
  for (const std::string& name : reader.header().classes) summary.per_class[name] = 0;
  std::vector<int> steps;
  Spread& values = summary.values;
  double sum = 0.0;  // a mean over 1e9 elements keeps about 7 digits at worst, and 12 as a rule
  std::size_t n = 0;
  const auto add = [&](double value) {
    values.min = n == 0 ? value : std::min(values.min, value);
    values.max = n == 0 ? value : std::max(values.max, value);
    sum += value;
    ++n;
  };
  for (Record record; reader.next(record);) {
    ++summary.n_records;
    ++summary.per_speaker[record.speaker];
    if (!record.sequence.empty()) {
      ++summary.n_sequences;
    } else {
      ++(record.label.empty() ? summary.n_unlabelled : summary.per_class[record.label]);
    }
    steps.push_back(record.n_steps);
    summary.n_bytes += bytes_of(record.data).size();
    if (reader.header().kind == Kind::kEvents) {
      add(static_cast<double>(std::get<std::vector<std::uint32_t>>(record.data).size() / 2));
    } else {
      const auto add_all = [&](const auto& data) { std::ranges::for_each(data, add); };
      std::visit(add_all, record.data);
    }
  }
  if (n > 0) values.mean = sum / static_cast<double>(n);
  if (steps.empty()) return summary;
  std::ranges::sort(steps);
  summary.min_steps = steps.front();
  summary.median_steps = (static_cast<double>(steps[(steps.size() - 1) / 2]) + steps[steps.size() / 2]) / 2.0;
  summary.max_steps = steps.back();
  return summary;
}

}  // namespace ear
