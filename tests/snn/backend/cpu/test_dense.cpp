// The dense product of every instruction set against plain sums, on numbers that make them exact.
#include <array>
#include <catch2/catch.hpp>
#include <limits>

#include "snn/backend/cpu/kernels.h"
#include "tests/snn/backend/cpu/exact_numbers.h"

namespace {

struct Case {
  int m, n, k;
  bool a_transposed, b_transposed, accumulate;
};

template <class Real>
void check_product(const std::string& isa, const Case& c) {
  const auto a = c.a_transposed ? support::exact_rows<Real>(c.k, c.m, 1) : support::exact_rows<Real>(c.m, c.k, 1);
  const auto b = c.b_transposed ? support::exact_rows<Real>(c.n, c.k, 2) : support::exact_rows<Real>(c.k, c.n, 2);
  const auto at = [](int row, int column, int columns) { return snn::Shape{0, 0, columns}.index(row, column); };
  // What is overwritten may be anything; in the gaps and behind the product nothing may be written.
  std::vector<Real> got(snn::pitched_area(c.m, c.n) + 1, Real(7));
  for (int i = 0; i < c.m * c.n; ++i)
    got[at(i / c.n, i % c.n, c.n)] = c.accumulate ? Real(i % 16 - 8) : std::numeric_limits<Real>::quiet_NaN();
  std::vector<Real> wanted = got;
  for (int row = 0; row < c.m; ++row) {
    for (int column = 0; column < c.n; ++column) {
      Real& element = wanted[at(row, column, c.n)];
      double sum = c.accumulate ? static_cast<double>(element) : 0.0;
      for (int i = 0; i < c.k; ++i) {
        sum += static_cast<double>(a[c.a_transposed ? at(i, row, c.m) : at(row, i, c.k)]) *
               static_cast<double>(b[c.b_transposed ? at(column, i, c.k) : at(i, column, c.n)]);
      }
      element = static_cast<Real>(sum);
    }
  }
  snn::find_kernels<Real>(isa).multiply(
      {a.data(), c.a_transposed, b.data(), c.b_transposed, got.data(), c.m, c.n, c.k, c.accumulate});
  INFO(isa << ": " << c.m << "x" << c.n << "x" << c.k << ", A transposed " << c.a_transposed << ", B transposed "
           << c.b_transposed << ", accumulate " << c.accumulate);
  CHECK((got == wanted));
}

}  // namespace

// The last case is longer than what Eigen takes at a time.
TEST_CASE("dense: equals the plain sums, neither, A or B transposed, on every instruction set") {
  for (const std::string& isa : snn::isa_names()) {
    for (const auto& [m, n, k] : {std::array{1, 1, 1}, {3, 5, 7}, {1, 26, 400}, {33, 100, 13}, {20, 9, 1500}}) {
      for (const bool accumulate : {false, true}) {
        for (const Case& c : {Case{m, n, k, false, false, accumulate}, Case{m, n, k, true, false, accumulate},
                              Case{m, n, k, false, true, accumulate}}) {
          check_product<float>(isa, c);
          check_product<double>(isa, c);
        }
      }
    }
  }
}
