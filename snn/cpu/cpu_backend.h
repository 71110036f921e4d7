#pragma once
// The CPU: OpenMP over tiles of neurons, matrix products by Eigen.
#include <memory>

#include "snn/backend.h"

namespace snn {

/// n_threads 0: all that the machine offers. Real: float or double.
template <class Real>
std::unique_ptr<Backend<Real>> make_cpu_backend(int n_threads);

}  // namespace snn
