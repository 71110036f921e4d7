#pragma once
// Bare OpenBLAS products on one thread.
#include <string>
#include <vector>

#include "scripts/bench/case.h"
#include "scripts/bench/serve.h"

namespace bench {

/// The products of a case with memory of their own, filled with values of the size that potentials and errors have.
class Products {
 public:
  explicit Products(const Case& each);
  /// All of them once, or those of the forward pass alone; each is a part of its own ("forward 0-1").
  Parts run(bool forward_only);

 private:
  void multiply(const Gemm& gemm);

  std::vector<Gemm> gemms_;
  std::vector<float> a_, b_, c_;  // as large as the largest product needs
};

/// Holds OpenBLAS to one thread; its version and kernel, for the record. Throws std::runtime_error if it would use
/// more, or if the environment chooses the kernel in its place.
std::string prepare_blas();

}  // namespace bench
