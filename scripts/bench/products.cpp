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

Products::Products(const Case& each) {
  const snn::NetworkParams& network = each.network;
  const int rows = each.n_steps * each.n_batch;
  std::vector<snn::Skip> connections = network.skips;
  for (int to = network.n_layers(); to > 0; --to) connections.insert(connections.begin(), {to - 1, to});
  // The first product into an array writes it, further ones add: forward the chain comes first, backward the skips.
  std::vector<bool> has_drive(network.sizes.size()), has_error(network.sizes.size());
  for (const auto& [from, to] : connections) {
    const auto source = static_cast<std::size_t>(from), target = static_cast<std::size_t>(to);
    forward_.push_back({false, true, rows, network.sizes[target], network.sizes[source], has_drive[target]});
    has_drive[target] = true;
  }
  std::reverse(connections.begin(), connections.end());
  for (const auto& [from, to] : connections) {
    const auto source = static_cast<std::size_t>(from), target = static_cast<std::size_t>(to);
    if (from > 0) {
      backward_.push_back({false, false, rows, network.sizes[source], network.sizes[target], has_error[source]});
      has_error[source] = true;
    }
    backward_.push_back({true, false, network.sizes[target], network.sizes[source], rows, false});
  }
  std::size_t a = 0, b = 0, c = 0;
  for (const auto* gemms : {&forward_, &backward_}) {
    for (const Gemm& gemm : *gemms) {
      a = std::max(a, area(gemm.m, gemm.k));
      b = std::max(b, area(gemm.k, gemm.n));
      c = std::max(c, area(gemm.m, gemm.n));
    }
  }
  a_ = random_values(a);
  b_ = random_values(b);
  c_ = random_values(c);
}

Parts Products::run(bool forward_only) {
  Laps laps;
  for (const auto* gemms : {&forward_, &backward_}) {
    if (forward_only && gemms == &backward_) continue;
    for (const Gemm& gemm : *gemms) {
      cblas_sgemm(CblasRowMajor, gemm.a_transposed ? CblasTrans : CblasNoTrans,
                  gemm.b_transposed ? CblasTrans : CblasNoTrans, gemm.m, gemm.n, gemm.k, 1.0f, a_.data(),
                  gemm.a_transposed ? gemm.m : gemm.k, b_.data(), gemm.b_transposed ? gemm.k : gemm.n,
                  gemm.accumulate ? 1.0f : 0.0f, c_.data(), gemm.n);
    }
  }
  laps.end("products");
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
