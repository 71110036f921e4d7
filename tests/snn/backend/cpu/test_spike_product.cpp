#include "snn/backend/cpu/spike_product.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/snn/numbers.h"
#include "tests/snn/spikes.h"

namespace {

struct Case {
  int n_rows, n_sources, n_neurons;
  double rate;
  bool has_many = false;  // utterances
};

constexpr std::array kDelays = {0, 3, 300};

/// Two utterances, the first of a third of the rows; or behind it many, of 0, 1 and 2 rows.
std::vector<int> row_begin(const Case& c) {
  if (!c.has_many) return {0, std::max(1, c.n_rows / 3), c.n_rows};
  std::vector<int> begin = {0, c.n_rows / 3};
  for (int n = 0; begin.back() + n % 3 < c.n_rows; ++n) begin.push_back(begin.back() + n % 3);
  begin.push_back(c.n_rows);
  return begin;
}

constexpr double kGap = 7.0;  // what stands in a gradient's gaps, and stays

/// Of all delays, one behind the other.
template <class Real>
std::vector<Real> gradient(const std::string& isa, const Case& c, int n_threads, snn::EventScratch<Real>& scratch) {
  const auto spikes = support::random_spikes(c.n_rows, c.n_sources, c.rate, 1);
  const auto error = support::numbers<Real>(snn::pitched_area(c.n_rows, c.n_neurons), 2);
  const std::size_t size = snn::pitched_area(c.n_neurons, c.n_sources);
  const std::vector<int> begin = row_begin(c);
  std::vector<Real> dw(kDelays.size() * size, static_cast<Real>(kGap));
  const snn::WeightGradient<Real> product{.n_rows = c.n_rows,
                                          .source = {c.n_sources, nullptr, spikes.data()},
                                          .n_neurons = c.n_neurons,
                                          .error = error.data(),
                                          .delays = {kDelays.begin(), kDelays.end()},
                                          .dw = dw.data(),
                                          .n_batch = static_cast<int>(begin.size()) - 1,
                                          .row_begin = begin.data()};
  snn::weight_gradient_by_events(snn::find_kernels<Real>(isa), product, n_threads, scratch);
  return dw;
}

/// The plain sums, in the same order and type.
template <class Real>
std::vector<Real> plain_gradient(const Case& c) {
  const auto spikes = support::random_spikes(c.n_rows, c.n_sources, c.rate, 1);
  const snn::Shape over_time{c.n_rows, 0, c.n_neurons}, weights{c.n_neurons, 0, c.n_sources};
  const auto error = support::numbers<Real>(over_time.size(), 2);
  std::vector<Real> all;
  const std::vector<int> begin = row_begin(c);
  for (const int delay : kDelays) {
    std::vector<Real> dw(weights.size(), static_cast<Real>(kGap));
    for (int i = 0; i < c.n_neurons * c.n_sources; ++i) dw[weights.index(i / c.n_sources, i % c.n_sources)] = Real(0);
    for (int row = 0; row < c.n_rows; ++row) {
      const int end = *std::upper_bound(begin.begin(), begin.end() - 1, row), later = row + delay;
      for (int i = 0; i < c.n_sources && later < end; ++i)
        for (int n = 0; support::fires(spikes, c.n_sources, row, i) && n < c.n_neurons; ++n)
          dw[weights.index(n, i)] += error[over_time.index(later, n)];
    }
    all.insert(all.end(), dw.begin(), dw.end());
  }
  return all;
}

template <class Real>
void check_gradients(const std::string& isa) {
  snn::EventScratch<Real> scratch;
  for (const Case& c : {Case{1, 1, 1, 1.0}, Case{5, 3, 2, 0.5}, Case{600, 70, 26, 0.1}, Case{1025, 300, 130, 0.05},
                        Case{40, 64, 64, 0.0}, Case{512, 65, 100, 0.45}, Case{1100, 40, 70, 0.1, true}}) {
    INFO(isa << ": " << c.n_rows << " rows, " << c.n_sources << " sources, " << c.n_neurons << " neurons");
    CHECK(gradient<Real>(isa, c, 1, scratch) == plain_gradient<Real>(c));
  }
}

}  // namespace

TEST_CASE("spike product: the weight gradient has the bits of the plain sums, on every instruction set") {
  for (const std::string& isa : snn::isa_names()) {
    check_gradients<float>(isa);
    check_gradients<double>(isa);
  }
}

TEST_CASE("spike product: the number of threads changes no bit of it") {
  snn::EventScratch<float> scratch;
  const Case c{3000, 400, 390, 0.1};
  const std::vector<float> one = gradient<float>("auto", c, 1, scratch), four = gradient<float>("auto", c, 4, scratch);
  CHECK(std::memcmp(one.data(), four.data(), one.size() * sizeof(float)) == 0);
}

// 42 of 100 is the last that goes by events; more than 2^16 sources never do.
TEST_CASE("spike product: the rule of events or dense") {
  CHECK(snn::by_events(0, 10, 10));
  CHECK(snn::by_events(42, 10, 10));
  CHECK_FALSE(snn::by_events(43, 10, 10));
  CHECK(snn::by_events(1, 1, 65536));
  CHECK_FALSE(snn::by_events(1, 1, 65537));
}

TEST_CASE("spike product: panels hold the weights by delay, tile and source, zeros behind the last neuron") {
  const auto w = support::numbers<float>(2 * 70 * 4, 5);  // [2][70][3]
  std::vector<float> panels;
  snn::pack_panels<float>(snn::find_kernels<float>("auto"), {{3, nullptr, nullptr}, w.data(), {0, 4}}, 70, 2, panels);
  REQUIRE(panels.size() == 2 * snn::size_of_panels(3, 70));
  REQUIRE(snn::size_of_panels(3, 70) == 2 * 3 * 64);
  for (int at = 0; at < 2 * 128 * 3; ++at) {
    const int d = at / 384, n = at / 3 % 128, i = at % 3;
    const float wanted = n < 70 ? w[static_cast<std::size_t>((d * 70 + n) * 4 + i)] : 0.0F;
    CHECK(panels[static_cast<std::size_t>(((d * 2 + n / 64) * 3 + i) * 64 + n % 64)] == wanted);
  }
}
