#pragma once
// Dense matrix products on the CPU, on one thread or several.
#include <algorithm>
#include <vector>

#include "snn/backend/cpu/kernels.h"

namespace snn {

inline std::size_t area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

/// Rows of C (A is stored m x k), on the calling thread. The bits of a row depend on that row of A alone: not on its
/// index, nor on the rows around it.
template <class Real>
void multiply_rows(const Kernels<Real>& kernels, const Product<Real>& product);

/// C += A B of rows that stand one utterance after the other, [row_begin[b], row_begin[b + 1]) counted from row_begin[0], where each
/// row of C takes the row of A `offset` steps later in its utterance, or earlier if it is below zero, and nothing from beyond. It
/// has the bits of multiply_rows on the rows of A so moved. kept: scratch.
template <class Real>
void add_moved_rows(const Kernels<Real>& kernels, const Product<Real>& product, const int* row_begin, int n_batch,
                    int offset, std::vector<Real>& kept);

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
