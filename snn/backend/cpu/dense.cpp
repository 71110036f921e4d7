// The dense product by Eigen, once for each instruction set, each under an own name of Eigen's namespace.
#define OSSICLE_JOIN_(a, b) a##b
#define OSSICLE_JOIN(a, b) OSSICLE_JOIN_(a, b)
#define Eigen OSSICLE_JOIN(Eigen_, OSSICLE_ISA)
#define EIGEN_DONT_PARALLELIZE  // threads are ours (parallel.h)
#include <Eigen/Core>

#include "snn/backend/cpu/kernels.h"

namespace snn::OSSICLE_ISA {

template <class Real>
void multiply(const Product<Real>& p) {
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  // Eigen cuts products by the caches it finds, and the cuts decide the order of additions: with fixed sizes the bits
  // depend on the instruction set alone. 64 KiB keep a product of 400 in one cut.
  [[maybe_unused]] static const bool is_fixed = [] {
    Eigen::setCpuCacheSizes(64 * 1024, 512 * 1024, 16 * 1024 * 1024);
    return true;
  }();
  using Pitch = Eigen::OuterStride<>;
  const auto stored = [](const Real* data, int rows, int columns) {
    return Eigen::Map<const Matrix, Eigen::Unaligned, Pitch>(data, rows, columns, Pitch(pitch(columns)));
  };
  const auto a = p.a_transposed ? stored(p.a, p.k, p.m) : stored(p.a, p.m, p.k);
  const auto b = p.b_transposed ? stored(p.b, p.n, p.k) : stored(p.b, p.k, p.n);
  Eigen::Map<Matrix, Eigen::Unaligned, Pitch> c(p.c, p.m, p.n, Pitch(pitch(p.n)));
  if (!p.accumulate) c.setZero();
  if (p.a_transposed) {
    c.noalias() += a.transpose() * b;
  } else if (p.b_transposed) {
    c.noalias() += a * b.transpose();
  } else {
    c.noalias() += a * b;
  }
}

template void multiply(const Product<OSSICLE_REAL>&);

}  // namespace snn::OSSICLE_ISA
