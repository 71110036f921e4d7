#pragma once
// Bare OpenBLAS products on one thread.
#include <string>
#include <vector>

#include "scripts/bench/case.h"
#include "scripts/bench/serve.h"

namespace bench {

/// C[m][n] = or += op(A) op(B), summed over k. As the arrays lie: weights [to][from], everything over time [T B][N].
struct Gemm {
  bool a_transposed = false, b_transposed = false;  // both: no product has that
  int m = 0, n = 0, k = 0;
  bool accumulate = false;
};

/// The products that a step of a case cannot do without, with memory of their own, filled with values of the size that potentials
/// and errors have.
class Products {
 public:
  /// Per connection from I to N neurons: forward [T B][I] x [I][N], weight gradient [N][T B] x [T B][I], and, unless it
  /// starts at the input, input gradient [T B][N] x [N][I].
  explicit Products(const Case& each);
  /// All of them once, or those of the forward pass alone.
  Parts run(bool forward_only);

 private:
  std::vector<Gemm> forward_, backward_;
  std::vector<float> a_, b_, c_;  // as large as the largest product needs
};

/// Holds OpenBLAS to one thread; its version and kernel, for the record. Throws std::runtime_error if it would use
/// more, or if the environment chooses the kernel in its place.
std::string prepare_blas();

}  // namespace bench
