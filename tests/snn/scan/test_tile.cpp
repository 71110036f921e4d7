#include "snn/scan/tile.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/snn/numbers.h"

namespace {

constexpr int kSteps = 100;  // that there are numbers for

/// What each step saw: the number of each column, and what was prepared of them.
using Seen = std::vector<std::vector<double>>;

/// Three columns of one array: forward, backward from its end, and one that ends `missing` steps before the others.
struct Columns {
  std::vector<double> array = support::numbers<double>(3 * kSteps, 1);
  int n_steps, missing;

  const double* start(int column) const {
    return &array[column == 1 ? array.size() - 1 : static_cast<std::size_t>(column)];
  }
  int stride(int column) const { return column == 1 ? -3 : 3; }
  int length(int column) const { return column == 2 ? std::max(0, n_steps - missing) : n_steps; }

  template <int kRows>
  Seen walked() const {
    snn::Column<double> columns[3];
    for (int c = 0; c < 3; ++c) columns[c] = {start(c), stride(c), length(c)};
    Seen seen;
    snn::walk_columns<kRows>(
        columns, n_steps, [](const double(&v)[3]) { return v[0] + 2 * v[1] + 4 * v[2]; },
        [&](const double(&v)[3], double prepared) {
          seen.push_back({v[0], v[1], v[2], prepared});
        });
    return seen;
  }
  Seen plain() const {
    Seen seen;
    for (int t = 0; t < n_steps; ++t) {
      std::vector<double> v;
      for (int c = 0; c < 3; ++c) v.push_back(t < length(c) ? start(c)[t * stride(c)] : 0.0);
      v.push_back(v[0] + 2 * v[1] + 4 * v[2]);
      seen.push_back(v);
    }
    return seen;
  }
};

}  // namespace

TEST_CASE("tile: walking columns gives a plain loop's numbers, zeros where a column has ended") {
  for (int n_steps = 0; n_steps <= kSteps; ++n_steps) {
    for (const int missing : {0, 1, 9}) {
      const Columns columns{.n_steps = n_steps, .missing = missing};
      INFO(n_steps << " steps, the last column ends " << missing << " before");
      CHECK((columns.walked<1>() == columns.plain()));
      CHECK((columns.walked<3>() == columns.plain()));
      CHECK((columns.walked<snn::kForwardRows>() == columns.plain()));
      CHECK((columns.walked<snn::kColumnRows>() == columns.plain()));
      CHECK((columns.walked<snn::kSumRows>() == columns.plain()));
    }
  }
}

// 11 steps in blocks of 4: each block is prepared before its first step, the rest step by step.
TEST_CASE("tile: a whole block is prepared before its first step") {
  const std::vector<float> numbers(11);
  snn::Column<float> columns[] = {{numbers.data(), 1, 11}};
  std::string calls;
  snn::walk_columns<4>(
      columns, 11,
      [&](const float(&)[1]) {
        calls += 'p';
        return 0.0F;
      },
      [&](const float(&)[1], float) { calls += 's'; });
  CHECK(calls == "ppppssssppppsssspspsps");
}

// In order (1e16 + 1) - 1e16 + 1 is 1, as 1e16 + 1 rounds to 1e16; another order gives 0 or 2.
TEST_CASE("tile: a sum in order, and of floats in double") {
  const std::vector<double> few = {1e16, 1.0, -1e16, 1.0};
  CHECK(snn::sum_in_order(few.data(), 1, 4) == 1.0);
  const auto numbers = support::numbers<float>(3 * kSteps, 3);
  for (int n = 0; n <= kSteps; ++n) {
    double plain = 0.0;
    for (int t = 0; t < n; ++t) plain += static_cast<double>(numbers[static_cast<std::size_t>(3 * t)]);
    CHECK(snn::sum_in_order(numbers.data(), 3, n) == plain);
  }
}
