#pragma once
// The CPU: OpenMP over utterances and tiles of neurons, kernels of one instruction set.
#include <memory>

#include "snn/backend/backend.h"

namespace snn {

/// n_threads 0: all that the machine offers. isa: of isa_names(), or "auto"; throws std::invalid_argument for another.
/// Real: float; the tests' own library has double.
template <class Real>
std::unique_ptr<Backend<Real>> make_cpu_backend(int n_threads, const std::string& isa);

}  // namespace snn
