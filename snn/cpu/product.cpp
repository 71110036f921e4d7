#include "snn/cpu/product.h"

// Threads are ours (parallel.h); a product inside a chunk runs on one.
#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>
#include <algorithm>
#include <mutex>

#include "snn/parallel.h"

namespace snn {

namespace {

constexpr int kChunkRows = 512;  // of the T * B rows: ten chunks for 100 steps of 50 utterances
constexpr int kFewestRows = 20;  // below, Eigen may take products for small ones; a multiple of 4
constexpr std::size_t kSumChunk = 16384;

template <class Real>
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Eigen cuts products by the caches it finds, and the cuts decide the order of additions: with fixed sizes the bits
/// depend on the instruction set alone.
void fix_blocking() {
  static std::once_flag once;
  std::call_once(once, [] { Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 16 * 1024 * 1024); });
}

/// c = or += op(a) op(b) on this thread.
template <class Real>
void multiply(const Product<Real>& p, Real* c_data) {
  const Eigen::Map<const Matrix<Real>> a(p.a, p.a_transposed ? p.k : p.m, p.a_transposed ? p.m : p.k);
  const Eigen::Map<const Matrix<Real>> b(p.b, p.b_transposed ? p.n : p.k, p.b_transposed ? p.k : p.n);
  Eigen::Map<Matrix<Real>> c(c_data, p.m, p.n);
  if (!p.accumulate) c.setZero();
  if (p.a_transposed) {
    c.noalias() += a.transpose() * b;
  } else if (p.b_transposed) {
    c.noalias() += a * b.transpose();
  } else {
    c.noalias() += a * b;
  }
}

int count_chunks(int n) {
  return (n + kChunkRows - 1) / kChunkRows;
}

/// Up to 19 rows, or the last one to three, in a block of 20: see multiply_rows.
template <class Real>
void multiply_few_rows(const Product<Real>& p) {
  Matrix<Real> a = Matrix<Real>::Zero(kFewestRows, p.k);
  Matrix<Real> c = Matrix<Real>::Zero(kFewestRows, p.n);
  a.topRows(p.m) = Eigen::Map<const Matrix<Real>>(p.a, p.m, p.k);
  Eigen::Map<Matrix<Real>> out(p.c, p.m, p.n);
  if (p.accumulate) c.topRows(p.m) = out;
  Product<Real> block = p;
  block.a = a.data();
  block.m = kFewestRows;
  multiply(block, c.data());
  out = c.topRows(p.m);
}

/// Row blocks in parallel. Eigen takes rows four at a time and leaves the rest, and small products, to other code that
/// adds in another order; so only blocks of whole fours go there. Then the bits of a row of C depend on that row of A
/// alone: not on its place, nor on the batch around it.
template <class Real>
void multiply_rows(const Product<Real>& p, int n_threads) {
  parallel_for(count_chunks(p.m), n_threads, [&p](int chunk) {
    const int begin = chunk * kChunkRows;
    const int n_rows = std::min(kChunkRows, p.m - begin);
    const int n_whole = n_rows >= kFewestRows ? n_rows - n_rows % 4 : 0;
    const auto part = [&p](int first, int rows) {
      Product<Real> rows_of = p;
      rows_of.m = rows;
      rows_of.a = p.a + static_cast<std::size_t>(first) * static_cast<std::size_t>(p.k);
      rows_of.c = p.c + static_cast<std::size_t>(first) * static_cast<std::size_t>(p.n);
      return rows_of;
    };
    if (n_whole > 0) {
      const Product<Real> whole = part(begin, n_whole);
      multiply(whole, whole.c);
    }
    if (n_whole < n_rows) multiply_few_rows(part(begin + n_whole, n_rows - n_whole));
  });
}

/// Adds the partial products to c in chunk order.
template <class Real>
void add_parts(const Product<Real>& p, const std::vector<Real>& parts, int n_parts, int n_threads) {
  const std::size_t size = static_cast<std::size_t>(p.m) * static_cast<std::size_t>(p.n);
  const int n_chunks = static_cast<int>((size + kSumChunk - 1) / kSumChunk);
  parallel_for(n_chunks, n_threads, [&](int chunk) {
    const std::size_t first = static_cast<std::size_t>(chunk) * kSumChunk;
    const std::size_t last = std::min(first + kSumChunk, size);
    if (!p.accumulate) std::fill(p.c + first, p.c + last, Real(0));
    for (int part = 0; part < n_parts; ++part) {
      const Real* from = parts.data() + static_cast<std::size_t>(part) * size;
      for (std::size_t i = first; i < last; ++i) p.c[i] += from[i];
    }
  });
}

template <class Real>
void multiply_inner(const Product<Real>& p, int n_threads, std::vector<Real>& scratch) {
  const int n_parts = count_chunks(p.k);
  const std::size_t size = static_cast<std::size_t>(p.m) * static_cast<std::size_t>(p.n);
  scratch.resize(std::max(scratch.size(), size * static_cast<std::size_t>(n_parts)));
  parallel_for(n_parts, n_threads, [&](int chunk) {
    Product<Real> part = p;
    const std::size_t first = static_cast<std::size_t>(chunk) * kChunkRows;
    part.k = std::min(kChunkRows, p.k - chunk * kChunkRows);
    part.a = p.a + first * static_cast<std::size_t>(p.m);
    part.b = p.b + first * static_cast<std::size_t>(p.n);
    part.accumulate = false;
    multiply(part, scratch.data() + static_cast<std::size_t>(chunk) * size);
  });
  add_parts(p, scratch, n_parts, n_threads);
}

}  // namespace

template <class Real>
void cpu_product(const Product<Real>& product, int n_threads, std::vector<Real>& scratch) {
  fix_blocking();
  if (product.a_transposed && product.b_transposed) {
    throw std::invalid_argument("product: both factors transposed is not supported");
  }
  if (product.a_transposed) {
    multiply_inner(product, n_threads, scratch);
  } else {
    multiply_rows(product, n_threads);
  }
}

template void cpu_product(const Product<float>&, int, std::vector<float>&);
template void cpu_product(const Product<double>&, int, std::vector<double>&);

}  // namespace snn
