#pragma once
// Dense matrix products on the CPU, on one thread or several.
#include <algorithm>
#include <span>
#include <vector>

#include "snn/backend/cpu/kernels.h"

namespace snn {

/// Rows that a product has at least: Eigen may take one of fewer for a small one. A multiple of 4, as all whole products have.
inline constexpr int kFewestRows = 20;

/// So many rows, or the next number of them that Kernels::multiply may be given: then a row's bits depend on that row of A alone.
inline int whole_rows(int n) {
  return std::max(kFewestRows, (n + 3) / 4 * 4);
}

/// Rows of C (A is stored m x k), on the calling thread. The bits of a row depend on that row of A alone: not on its
/// index, nor on the rows around it.
template <class Real>
void multiply_rows(const Kernels<Real>& kernels, const Product<Real>& product);

/// Utterances one after the other, and whether their rows take those of steps before or after.
struct DelayedUtterances {
  const int* row_begin = nullptr;  // [n_batch + 1], counted from row_begin[0]
  int n_batch = 0;
  std::span<const int> delays;  // steps
  bool is_later = false;
};

/// C, or what is added to it, is the sum of a product for each delay, whose rows lie so many steps earlier or later in their
/// utterance; nothing comes from beyond. B is that of the first delay; those of the others lie behind it. kept: scratch. Each row has
/// the bits of multiply_rows on the rows of A so moved, delay by delay.
template <class Real>
void multiply_delayed(const Kernels<Real>& kernels, const Product<Real>& product, const DelayedUtterances& utterances,
                      std::vector<Real>& kept);

/// Rows of a part that multiply_inner cuts k rows into: at least 512, in at most 16 parts.
inline int rows_of_part(int k) {
  return std::max(512, (k + 15) / 16);
}
/// Those parts; all are in memory at the same time.
inline int count_parts(int k) {
  return (k + rows_of_part(k) - 1) / rows_of_part(k);
}

/// C from A stored k x m: weight gradients, whose inner dimension is all rows of a batch. The inner dimension is cut
/// into parts, which do not depend on the number of threads and are added in order. scratch: kept from call to call.
template <class Real>
void multiply_inner(const Kernels<Real>& kernels, const Product<Real>& product, int n_threads,
                    std::vector<Real>& scratch);

}  // namespace snn
