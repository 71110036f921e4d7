#include "snn/backend/cpu/product.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "tests/snn/numbers.h"

namespace {

/// Rows of numbers in [-1, 1), with other ones in their gaps.
template <class Real>
std::vector<Real> numbers(int rows, int columns, std::uint32_t seed) {
  return support::numbers<Real>(snn::pitched_area(rows, columns), seed);
}

std::size_t at(int row, int column, int columns) {
  return snn::Shape{0, 0, columns}.index(row, column);
}

/// The plain triple sum in double.
template <class Real>
double element(const snn::Product<Real>& p, int row, int column, double before) {
  double sum = p.accumulate ? before : 0.0;
  for (int i = 0; i < p.k; ++i) {
    const double a = p.a_transposed ? p.a[at(i, row, p.m)] : p.a[at(row, i, p.k)];
    const double b = p.b_transposed ? p.b[at(column, i, p.k)] : p.b[at(i, column, p.n)];
    sum += a * b;
  }
  return sum;
}

template <class Real>
void check_product(const std::string& isa, int m, int n, int k, bool a_transposed, bool b_transposed, bool accumulate) {
  const std::vector<Real> a = a_transposed ? numbers<Real>(k, m, 1) : numbers<Real>(m, k, 1);
  const std::vector<Real> b = b_transposed ? numbers<Real>(n, k, 2) : numbers<Real>(k, n, 2);
  const std::vector<Real> before = numbers<Real>(m, n, 3);
  std::vector<Real> c = before, scratch(snn::pitched_area(m, n), Real(NAN));
  const snn::Product<Real> p{a.data(), a_transposed, b.data(), b_transposed, c.data(), m, n, k, accumulate};
  if (a_transposed) {
    snn::multiply_inner(snn::find_kernels<Real>(isa), p, 2, scratch);
  } else {
    snn::multiply_rows(snn::find_kernels<Real>(isa), p);
  }
  // k rounded additions of numbers below 1, each off by at most half an epsilon of a partial sum below k.
  const double limit = static_cast<double>(std::numeric_limits<Real>::epsilon()) * (k + 1) * std::sqrt(k + 1.0);
  for (int row = 0; row < m; ++row) {
    for (int column = 0; column < n; ++column) {
      const double want = element(p, row, column, static_cast<double>(before[at(row, column, n)]));
      const double got = static_cast<double>(c[at(row, column, n)]);
      if (!(std::abs(got - want) <= limit)) {
        FAIL_CHECK(m << "x" << n << "x" << k << " at " << row << "," << column << ": got " << got << ", want " << want);
        return;
      }
    }
    // A gradient's gaps hold zeros, which must stay.
    for (int gap = n; a_transposed && gap < snn::pitch(n); ++gap)
      CHECK(c[at(row, 0, n) + gap] == before[at(row, 0, n) + gap]);
  }
}

template <class Real>
void check_shapes(const std::string& isa) {
  for (const int m : {1, 3, 20, 23, 515}) {
    for (const int n : {1, 26, 100}) {
      for (const int k : {1, 7, 400}) {
        for (const bool accumulate : {false, true}) {
          check_product<Real>(isa, m, n, k, false, true, accumulate);
          check_product<Real>(isa, m, n, k, false, false, accumulate);
          check_product<Real>(isa, n, k, m, true, false, accumulate);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("product: equals the plain sum in every shape and orientation, on every instruction set") {
  for (const std::string& isa : snn::isa_names()) {
    INFO(isa);
    check_shapes<float>(isa);
    check_shapes<double>(isa);
  }
}

TEST_CASE("product: a row's bits depend on that row alone") {
  const std::string isa = GENERATE(from_range(snn::isa_names()));
  for (const int n : {1, 10, 26, 100, 400}) {
    const int k = 400, most = 1100;
    const std::vector<float> a = numbers<float>(most, k, 4), w = numbers<float>(n, k, 5);
    const auto multiply = [&](int first, int rows) {
      std::vector<float> c(snn::pitched_area(rows, n));
      snn::multiply_rows<float>(
          snn::find_kernels<float>(isa),
          {.a = a.data() + first * k, .b = w.data(), .b_transposed = true, .c = c.data(), .m = rows, .n = n, .k = k});
      return c;
    };
    const std::vector<float> whole = multiply(0, most);
    for (const int rows : {1, 2, 3, 4, 19, 20, 21, 22, 23, 50, 515, 1023}) {
      for (const int first : {0, 1, 7, 77}) {
        const std::vector<float> part = multiply(first, rows);
        INFO(isa << ", n " << n << ", " << rows << " rows from " << first);
        CHECK(std::memcmp(part.data(), whole.data() + at(first, 0, n), part.size() * sizeof(float)) == 0);
      }
    }
  }
}

TEST_CASE("product: rows of delays have the bits of a product of the rows so moved, added in order") {
  const int n = 26, k = 78;
  const std::vector<int> row_begin = {7, 40, 43, 43, 143, 144};  // some shorter than a delay, one empty
  const int n_rows = row_begin.back() - row_begin.front();
  const bool b_transposed = GENERATE(false, true);
  const std::size_t size = b_transposed ? snn::pitched_area(n, k) : snn::pitched_area(k, n);  // of a delay's B
  const std::vector<float> a = numbers<float>(n_rows, k, 8), w = support::numbers<float>(3 * size, 9);
  const std::vector<float> before = numbers<float>(n_rows, n, 10);
  const auto moved = [&](int offset) {
    std::vector<float> rows(a.size());
    for (std::size_t b = 0; b + 1 < row_begin.size(); ++b) {
      for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
        if (row + offset < row_begin[b] || row + offset >= row_begin[b + 1]) continue;
        std::copy_n(a.data() + at(row + offset - 7, 0, k), k, rows.data() + at(row - 7, 0, k));
      }
    }
    return rows;
  };
  const std::string isa = GENERATE(from_range(snn::isa_names()));
  const bool is_later = GENERATE(false, true), accumulate = GENERATE(false, true);
  for (const auto& delays : std::vector<std::vector<int>>{{0, 1, 5}, {0}, {1}, {5, 40}, {99}, {100, 1000}}) {
    std::vector<float> want = accumulate ? before : std::vector<float>(before.size()), got = before, kept;
    snn::Product<float> product{
        .b = w.data(), .b_transposed = b_transposed, .m = n_rows, .n = n, .k = k, .accumulate = true};
    for (std::size_t d = 0; d < delays.size(); ++d) {
      const std::vector<float> rows = moved(is_later ? delays[d] : -delays[d]);
      product.a = rows.data();
      product.b = w.data() + d * size;
      product.c = want.data();
      snn::multiply_rows<float>(snn::find_kernels<float>(isa), product);
    }
    product.a = a.data();
    product.b = w.data();
    product.c = got.data();
    product.accumulate = accumulate;
    snn::multiply_delayed<float>(snn::find_kernels<float>(isa), product,
                                 {row_begin.data(), static_cast<int>(row_begin.size()) - 1, delays, is_later}, kept);
    INFO(isa << ", " << delays.size() << " delays from " << delays.front() << (is_later ? " later" : " earlier"));
    CHECK(support::packed(got, n) == support::packed(want, n));
  }
}

TEST_CASE("product: the number of threads changes no bit of a sum over rows") {
  const int m = 400, n = 390;
  for (const int k : {5000, 9001}) {
    const std::vector<float> a = numbers<float>(k, m, 6), b = numbers<float>(k, n, 7);
    std::vector<float> one(snn::pitched_area(m, n)), four(one.size()), scratch;
    for (std::vector<float>* c : {&one, &four}) {
      snn::multiply_inner<float>(
          snn::find_kernels<float>("auto"),
          {.a = a.data(), .a_transposed = true, .b = b.data(), .c = c->data(), .m = m, .n = n, .k = k},
          c == &one ? 1 : 4, scratch);
    }
    CHECK(std::memcmp(one.data(), four.data(), one.size() * sizeof(float)) == 0);
  }
}
