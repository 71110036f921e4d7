#include "scripts/bench/products.h"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
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

double cpu_seconds() {
  timespec now{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) throw std::runtime_error("no clock of processor time");
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Products::Products(const Case& each) : gemms_(bench::gemms(each)) {
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

double Products::run(std::size_t i) {
  const Gemm& gemm = gemms_.at(i);
  // As the arrays lie: weights [to][from], everything over time [T B][N].
  const bool a_transposed = gemm.kind == Kind::kWeightGradient, b_transposed = gemm.kind == Kind::kForward;
  const double begin = cpu_seconds();
  cblas_sgemm(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, b_transposed ? CblasTrans : CblasNoTrans, gemm.m,
              gemm.n, gemm.k, 1.0f, a_.data(), a_transposed ? gemm.m : gemm.k, b_.data(),
              b_transposed ? gemm.k : gemm.n, gemm.accumulate ? 1.0f : 0.0f, c_.data(), gemm.n);
  return cpu_seconds() - begin;
}

std::string prepare_blas() {
  for (const char* name : {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}) {
    if (std::getenv(name) != nullptr) throw std::runtime_error(fmt::format("{} is set; unset it and run again", name));
  }
  openblas_set_num_threads(1);
  if (openblas_get_num_threads() != 1) throw std::runtime_error("OpenBLAS does not keep to one thread");
  return fmt::format("OpenBLAS kernel {}, 1 thread, {}", openblas_get_corename(), openblas_get_config());
}

std::string csv_header() {
  return "case,repetition,part,connection,m,n,k,cpu_s";
}

std::string csv_line(const Case& each, int repetition, const Gemm& gemm, double seconds) {
  return fmt::format("{},{},{},{},{},{},{},{:.9f}", each.name, repetition, to_string(gemm.kind), gemm.connection,
                     gemm.m, gemm.n, gemm.k, seconds);
}

std::string csv_line(const Case& each, int repetition, const std::string& part, double seconds) {
  return fmt::format("{},{},{},,,,,{:.9f}", each.name, repetition, part, seconds);
}

}  // namespace bench
