#pragma once
// What the networks of the bench run on.
#include "scripts/bench/case.h"
#include "snn/data/dataset.h"

namespace bench {

/// n utterances of the case's shape, intensities of 0..1: each utterance has half of the channels silent and the others
/// at levels of their own, with a flutter over time, so that the layers fire as they do on speech.
snn::Dataset make_dataset(const Case& each, int n);

}  // namespace bench
