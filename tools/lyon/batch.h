#pragma once
// Several recordings through the ear at once, results in order.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frontend/lyon/front_end.h"
#include "frontend/sound/augment.h"
#include "frontend/stream/list.h"
#include "frontend/stream/stream.h"
#include "tools/common/stream_output.h"

namespace tools {

/// What became of one recording.
struct Heard {
  std::string path;  ///< with the root, as in messages
  std::optional<ear::Record> record;
  std::string error;                  ///< why there is no record
  std::vector<std::string> warnings;  ///< of a recording that was heard all the same, with its path
  int file_channels = 1;              ///< before mixing
  int cropped_steps = 0;
  long long padded_samples = 0;
  bool silent = false;  ///< every value is 0
};

/// Reads, changes by `augmentation` and hears the first of the entries, at least one, on up to n_threads threads (>= 1): at
/// most 128 for each thread, which fills the ear's lanes well, and about 64 MiB in all, judged by the size of the files,
/// unless the first alone is larger. A recording that cannot be used has an error; a failure of ours (no memory) is thrown. Results are in the order
/// of the entries and do not depend on n_threads.
std::vector<Heard> hear_first(std::span<const ear::ListEntry> entries, const std::string& root,
                              const ear::SoundAugmentParams& augmentation, const ear::FrontEnd& front_end,
                              int n_threads);

/// Counts over a run, for the note at its end.
struct LyonTotals {
  std::size_t n_records = 0, n_padded = 0, n_mixed = 0;
  long long cropped_steps = 0;
  Named silent;  ///< by their paths

  void add(const Heard& heard);
  /// "300 recordings, 78 channels; 12 steps cropped; 2 followed by silence".
  std::string summary(int n_channels) const;
};

}  // namespace tools
