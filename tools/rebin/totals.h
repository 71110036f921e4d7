#pragma once
// What became of the recordings: counts for the messages at the end.
#include <string>
#include <vector>

#include "frontend/events/event_source.h"
#include "frontend/events/rebin.h"
#include "tools/common/stream_output.h"

namespace tools {

class RebinTotals {
 public:
  void add(const ear::EventRecord& events, const ear::Binned& binned, const ear::RebinParams& params);

  /// What a user should know: dropped, left out, unsorted or no events, steps that cannot be right. A line each.
  std::vector<std::string> warnings(const ear::RebinParams& params) const;
  /// "4950 recordings, 64 channels; 150 to 312 steps of 3 ms".
  std::string summary(int n_channels, const ear::RebinParams& params) const;

 private:
  std::size_t n_records_ = 0;
  int min_steps_ = 0, max_steps_ = 0;
  long long n_dropped_ = 0, n_saturated_ = 0;  // events
  Named dropped_, saturated_, silent_, unsorted_, finer_, one_step_;
  std::string first_unsorted_;  ///< its warning
};

}  // namespace tools
