#pragma once
// From an utterance's scores to its class.
#include "snn/base/hd.h"

namespace snn {

/// Class of the largest of K >= 1 scores; the lowest index wins a tie. [TSSLBP decision]
template <class Real>
SNN_HD int decide(const Real* scores, int n_classes) {
  int best = 0;
  for (int k = 1; k < n_classes; ++k) best = scores[k] > scores[best] ? k : best;
  return best;
}

}  // namespace snn
