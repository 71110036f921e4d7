#include "snn/model/array_layout.h"

#include <algorithm>

namespace snn {

ArrayLayout::ArrayLayout(const NetworkParams& params) {
  for (ParameterInfo& info : parameter_list(params)) {
    const auto size = static_cast<std::size_t>(info.n_values());
    entries_.push_back({.info = std::move(info), .offset = 0, .size = size});
  }
  for (const bool trained : {true, false}) {
    for (Entry& entry : entries_) {
      if (entry.info.trained != trained) continue;
      entry.offset = n_values_;
      n_values_ += entry.size;
      if (entry.info.kind == ParameterKind::kWeight) n_weights_ = n_values_;
    }
    if (trained) n_trained_ = n_values_;
  }
}

const ArrayLayout::Entry* ArrayLayout::find(ParameterKind kind, int from, int to) const {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.info.kind == kind && entry.info.to == to &&
           (kind != ParameterKind::kWeight || entry.info.from == from);
  });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace snn
