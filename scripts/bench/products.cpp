#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <vector>

#include "scripts/bench/contenders.h"
#include "scripts/bench/serve.h"
#include "snn/model/parameter_list.h"

namespace bench {

namespace {

/// C[m][n] = op(A) op(B), summed over k, plus beta C. As the arrays lie: weights [to][from], everything over time [T B][N].
struct Gemm {
  CBLAS_TRANSPOSE a, b;
  int m, n, k;
  float beta;
};

struct Products {
  std::vector<Gemm> forward, backward;
};

Products products_of(const Case& each) {
  const snn::NetworkParams& network = each.network;
  const int rows = each.n_steps * each.n_batch;
  Products products;
  std::vector<snn::Skip> connections;  // each as often as it has delays, lateral ones last
  for (const snn::ParameterInfo& info : snn::parameter_list(network)) {
    if (snn::is_synaptic(info.kind)) connections.push_back({info.from, info.to});
  }
  // The first product into an array writes it, further ones add: forward the chain comes first, backward the skips.
  std::vector<float> drive_beta(network.sizes.size()), error_beta(network.sizes.size());
  for (const auto& [from, to] : connections) {
    const auto source = static_cast<std::size_t>(from), target = static_cast<std::size_t>(to);
    products.forward.push_back(
        {CblasNoTrans, CblasTrans, rows, network.sizes[target], network.sizes[source], drive_beta[target]});
    drive_beta[target] = 1.0f;
  }
  std::reverse(connections.begin(), connections.end());
  for (const auto& [from, to] : connections) {
    const auto source = static_cast<std::size_t>(from), target = static_cast<std::size_t>(to);
    const int n_from = network.sizes[source], n_to = network.sizes[target];
    if (from > 0) {
      products.backward.push_back({CblasNoTrans, CblasNoTrans, rows, n_from, n_to, error_beta[source]});
      error_beta[source] = 1.0f;
    }
    products.backward.push_back({CblasTrans, CblasNoTrans, n_to, n_from, rows, 0.0f});
  }
  return products;
}

/// As large as any operand, with values of the size that potentials and errors have.
std::vector<float> operand(const Products& products) {
  std::size_t size = 0;
  for (const auto* gemms : {&products.forward, &products.backward}) {
    for (const Gemm& each : *gemms) {
      const auto m = static_cast<std::size_t>(each.m), n = static_cast<std::size_t>(each.n);
      const auto k = static_cast<std::size_t>(each.k);
      size = std::max({size, m * k, k * n, m * n});
    }
  }
  std::minstd_rand engine(1);
  std::normal_distribution<float> normal(0.0f, 0.1f);
  std::vector<float> values(size);
  std::generate(values.begin(), values.end(), [&] { return normal(engine); });
  return values;
}

std::string prepare_blas() {
  for (const char* name : {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}) {
    if (std::getenv(name) != nullptr) throw std::runtime_error(fmt::format("{} is set; unset it and run again", name));
  }
  openblas_set_num_threads(1);
  if (openblas_get_num_threads() != 1) throw std::runtime_error("OpenBLAS does not keep to one thread");
  return fmt::format("OpenBLAS kernel {}, {}", openblas_get_corename(), openblas_get_config());
}

}  // namespace

void serve_products(const Case& each) {
  snn::validate(each.network);
  const std::string about = prepare_blas();
  const Products products = products_of(each);
  const std::vector<float> a = operand(products), b = a;
  std::vector<float> c = a;
  const auto run = [&](const std::vector<Gemm>& gemms) {
    for (const Gemm& gemm : gemms) {
      cblas_sgemm(CblasRowMajor, gemm.a, gemm.b, gemm.m, gemm.n, gemm.k, 1.0f, a.data(),
                  gemm.a == CblasTrans ? gemm.m : gemm.k, b.data(), gemm.b == CblasTrans ? gemm.k : gemm.n, gemm.beta,
                  c.data(), gemm.n);
    }
  };
  const auto timed = [&](bool with_backward) {
    Laps laps;
    run(products.forward);
    if (with_backward) run(products.backward);
    laps.end("products");
    return laps.parts();
  };
  serve(about, {{"step", [&] { return timed(true); }}, {"infer", [&] { return timed(false); }}});
}

}  // namespace bench
