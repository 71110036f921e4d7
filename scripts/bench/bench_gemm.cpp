// Processor time of the bare OpenBLAS products of a training step, as CSV on stdout; what ran it, on stderr.
//   bench_gemm [-n REPETITIONS] [CASE ...]
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "scripts/bench/products.h"

namespace {

void run(const bench::Options& options) {
  fmt::print(stderr, "{}\n", bench::prepare_blas());
  fmt::print("{}\n", bench::csv_header());
  for (const bench::Case& each : options.cases) {
    bench::Products products(each);
    for (int repetition = -1; repetition < options.n_repetitions; ++repetition) {  // the first one warms up
      for (std::size_t i = 0; i < products.gemms().size(); ++i) {
        const double seconds = products.run(i);
        if (repetition >= 0) fmt::print("{}\n", bench::csv_line(each, repetition, products.gemms()[i], seconds));
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(bench::parse({argv + 1, argv + argc}));
    return std::fflush(stdout) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_gemm: {}\n", error.what());
    return 2;
  }
}
