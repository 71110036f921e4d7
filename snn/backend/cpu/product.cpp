#include "snn/backend/cpu/product.h"

#include <algorithm>

#include "snn/base/parallel.h"

namespace snn {

namespace {

constexpr int kSumChunk = 16384;  // numbers

/// Up to 19 rows, or the last one to three, in a block of 20: see multiply_rows.
template <class Real>
void multiply_few_rows(const Kernels<Real>& kernels, const Product<Real>& p) {
  std::vector<Real> a(pitched_area(kFewestRows, p.k)), c(pitched_area(kFewestRows, p.n));
  std::copy_n(p.a, pitched_area(p.m, p.k), a.begin());
  if (p.accumulate) std::copy_n(p.c, pitched_area(p.m, p.n), c.begin());
  Product<Real> block = p;
  block.a = a.data();
  block.c = c.data();
  block.m = kFewestRows;
  kernels.multiply(block);
  std::copy_n(c.begin(), pitched_area(p.m, p.n), p.c);
}

/// Adds the partial products to c in order. Their gaps hold anything, c's keep what they have.
template <class Real>
void add_parts(const Product<Real>& p, const std::vector<Real>& parts, int n_parts, int n_threads) {
  const int n_rows = std::max(1, kSumChunk / pitch(p.n));
  const std::size_t size = pitched_area(p.m, p.n);
  parallel_for((p.m + n_rows - 1) / n_rows, n_threads, [&](int chunk) {
    for (int row = chunk * n_rows; row < std::min((chunk + 1) * n_rows, p.m); ++row) {
      Real* to = p.c + pitched_area(row, p.n);
      if (!p.accumulate) std::fill_n(to, p.n, Real(0));
      for (int part = 0; part < n_parts; ++part) {
        const Real* from = parts.data() + static_cast<std::size_t>(part) * size + pitched_area(row, p.n);
        for (int i = 0; i < p.n; ++i) to[i] += from[i];
      }
    }
  });
}

}  // namespace

// Eigen takes rows four at a time and leaves the rest, and small products, to other code that adds in another order; so
// only blocks of whole fours go there.
template <class Real>
void multiply_rows(const Kernels<Real>& kernels, const Product<Real>& p) {
  const int n_whole = p.m >= kFewestRows ? p.m - p.m % 4 : 0;
  Product<Real> part = p;
  part.m = n_whole;
  if (n_whole > 0) kernels.multiply(part);
  part.m = p.m - n_whole;
  part.a = p.a + pitched_area(n_whole, p.k);
  part.c = p.c + pitched_area(n_whole, p.n);
  if (part.m > 0) multiply_few_rows(kernels, part);
}

// One product of all rows for each delay. Those that take nothing take of another utterance, and are put back.
template <class Real>
void multiply_delayed(const Kernels<Real>& kernels, const Product<Real>& p, const DelayedUtterances& utterances,
                      std::vector<Real>& kept) {
  const auto& [row_begin, n_batch, delays, is_later] = utterances;
  Product<Real> part = p;
  for (const int delay : delays) {
    const auto each_without = [&](const auto& visit) {  // visit(first value, number of values)
      for (int b = 0; b < n_batch; ++b) {
        const int n_rows = std::min(delay, row_begin[b + 1] - row_begin[b]);
        const int first = (is_later ? row_begin[b + 1] - n_rows : row_begin[b]) - row_begin[0];
        visit(p.c + pitched_area(first, p.n), pitched_area(n_rows, p.n));
      }
    };
    if (delay > 0 && !part.accumulate) std::fill_n(p.c, pitched_area(p.m, p.n), Real(0)), part.accumulate = true;
    kept.clear();
    each_without([&](const Real* values, std::size_t n) { kept.insert(kept.end(), values, values + n); });
    part.m = std::max(p.m - delay, 0);
    part.a = p.a + (is_later ? pitched_area(p.m - part.m, p.k) : 0);
    part.c = p.c + (is_later ? 0 : pitched_area(p.m - part.m, p.n));
    multiply_rows(kernels, part);
    const Real* from = kept.data();
    each_without([&](Real* values, std::size_t n) { std::copy_n(from, n, values), from += n; });
    part.accumulate = true;
    part.b += p.b_transposed ? pitched_area(p.n, p.k) : pitched_area(p.k, p.n);
  }
}

template <class Real>
void multiply_inner(const Kernels<Real>& kernels, const Product<Real>& p, int n_threads, std::vector<Real>& scratch) {
  const int part_rows = rows_of_part(p.k), n_parts = count_parts(p.k);
  const std::size_t size = pitched_area(p.m, p.n);
  scratch.resize(std::max(scratch.size(), size * static_cast<std::size_t>(n_parts)));
  parallel_for(n_parts, n_threads, [&](int i) {
    Product<Real> part = p;
    part.k = std::min(part_rows, p.k - i * part_rows);
    part.a = p.a + pitched_area(i * part_rows, p.m);
    part.b = p.b + pitched_area(i * part_rows, p.n);
    part.c = scratch.data() + static_cast<std::size_t>(i) * size;
    part.accumulate = false;
    kernels.multiply(part);
  });
  add_parts(p, scratch, n_parts, n_threads);
}

template void multiply_rows(const Kernels<OSSICLE_REAL>&, const Product<OSSICLE_REAL>&);
template void multiply_delayed(const Kernels<OSSICLE_REAL>&, const Product<OSSICLE_REAL>&, const DelayedUtterances&,
                               std::vector<OSSICLE_REAL>&);
template void multiply_inner(const Kernels<OSSICLE_REAL>&, const Product<OSSICLE_REAL>&, int,
                             std::vector<OSSICLE_REAL>&);

}  // namespace snn
