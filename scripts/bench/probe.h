#pragma once
#include "scripts/bench/serve.h"

namespace bench {

/// A fixed amount of arithmetic in cache, on one thread ("one") and the same on each of two ("two"). Two real cores take
/// as long for the second as for the first; two hardware threads of one core, or cores that others use, take longer.
Parts probe(int n_threads);

}  // namespace bench
