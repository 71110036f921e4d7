#pragma once
// Matrix products on the CPU.
#include <vector>

#include "snn/backend.h"

namespace snn {

/// The product, cut into chunks that do not depend on the number of threads: rows of C where A is stored m x k, and
/// parts of the inner dimension, added in order, where A is stored k x m (weight gradients, whose inner dimension is T
/// * B). scratch: kept from call to call for the partial sums.
template <class Real>
void cpu_product(const Product<Real>& product, int n_threads, std::vector<Real>& scratch);

}  // namespace snn
