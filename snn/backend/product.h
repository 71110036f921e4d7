#pragma once
// A matrix product, as back ends are asked for it.

namespace snn {

/// C = op(A) op(B), or C += op(A) op(B). All row-major without gaps: op(A) is m x k, op(B) k x n, C m x n. At most one
/// of them is transposed.
template <class Real>
struct Product {
  const Real* a = nullptr;
  bool a_transposed = false;  // A is stored k x m
  const Real* b = nullptr;
  bool b_transposed = false;  // B is stored n x k
  Real* c = nullptr;
  int m = 0, n = 0, k = 0;
  bool accumulate = false;
};

}  // namespace snn
