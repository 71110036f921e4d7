#include "scripts/bench/products.h"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <stdexcept>

namespace bench {

namespace {

std::vector<float> random_values(std::size_t n) {
  std::minstd_rand engine(1);
  std::normal_distribution<float> normal(0.0f, 0.1f);
  std::vector<float> values(n);
  std::generate(values.begin(), values.end(), [&] { return normal(engine); });
  return values;
}

std::size_t area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

}  // namespace

Products::Products(const Case& each) : gemms_(gemms(each)) {
  std::size_t a = 0, b = 0, c = 0;
  for (const Gemm& gemm : gemms_) {
    a = std::max(a, area(gemm.m, gemm.k));
    b = std::max(b, area(gemm.k, gemm.n));
    c = std::max(c, area(gemm.m, gemm.n));
  }
  a_ = random_values(a);
  b_ = random_values(b);
  c_ = random_values(c);
}

void Products::multiply(const Gemm& gemm) {
  // As the arrays lie: weights [to][from], everything over time [T B][N].
  const bool a_transposed = gemm.kind == Kind::kWeightGradient, b_transposed = gemm.kind == Kind::kForward;
  cblas_sgemm(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, b_transposed ? CblasTrans : CblasNoTrans, gemm.m,
              gemm.n, gemm.k, 1.0f, a_.data(), a_transposed ? gemm.m : gemm.k, b_.data(),
              b_transposed ? gemm.k : gemm.n, gemm.accumulate ? 1.0f : 0.0f, c_.data(), gemm.n);
}

Parts Products::run(bool forward_only) {
  Laps laps;
  for (const Gemm& gemm : gemms_) {
    if (forward_only && gemm.kind != Kind::kForward) continue;
    multiply(gemm);
    laps.end(to_string(gemm.kind) + " " + gemm.connection);
  }
  return laps.parts();
}

std::string prepare_blas() {
  for (const char* name : {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}) {
    if (std::getenv(name) != nullptr) throw std::runtime_error(fmt::format("{} is set; unset it and run again", name));
  }
  openblas_set_num_threads(1);
  if (openblas_get_num_threads() != 1) throw std::runtime_error("OpenBLAS does not keep to one thread");
  return fmt::format("OpenBLAS kernel {}, {}", openblas_get_corename(), openblas_get_config());
}

}  // namespace bench
