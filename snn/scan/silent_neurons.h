#pragma once
// Neurons that are silent for a whole utterance.
#include <cstddef>
#include <cstdint>

#include "snn/base/hd.h"

namespace snn {

/// Which of a layer's neurons are silent: nonzero in flags, a row for each utterance; or null: none. A neuron whose drive
/// is zero throughout never fires, and one whose PSC has no error has no gradient: so both scans zero a column and go on.
struct SilentNeurons {
  const std::uint8_t* flags = nullptr;  // [B] rows of stride
  std::size_t stride = 0;               // at least N

  SNN_HD bool is_silent(int b, int n) const {
    return flags != nullptr && flags[static_cast<std::size_t>(b) * stride + static_cast<std::size_t>(n)] != 0;
  }

  /// Zeroes the columns of silent neurons first .. last-1 in n_rows rows `pitch` numbers apart, the first of which begins with
  /// neuron `first`.
  template <class Real>
  SNN_HD void zero(int b, int first, int last, Real* rows, int n_rows, int pitch) const {
    if (flags == nullptr) return;
    const std::uint8_t* flag = flags + static_cast<std::size_t>(b) * stride;
    for (int n = first; n < last; ++n) {
      if (flag[n] == 0) continue;
      Real* number = rows + (n - first);
      for (int row = 0; row < n_rows; ++row, number += pitch) *number = Real(0);
    }
  }
};

}  // namespace snn
