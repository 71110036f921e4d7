// Lists of events on every instruction set.
#include <catch2/catch.hpp>

#include "snn/backend/cpu/kernels.h"
#include "tests/snn/spikes.h"

namespace {

struct Case {
  int n_rows, n_neurons;
  double rate;
};
const Case kCases[] = {{1, 1, 1.0}, {3, 5, 0.0}, {70, 65, 0.05}, {512, 400, 0.1}, {65, 130, 0.5}, {100, 64, 1.0}};

constexpr std::uint16_t kUntouched = 60000;

/// A row's, or a neuron's, part of a list.
std::vector<int> part_of(const std::vector<std::uint32_t>& begin, const std::vector<std::uint16_t>& events, int i) {
  const auto at = [&](std::size_t k) { return events.begin() + static_cast<std::ptrdiff_t>(begin[k]); };
  return {at(static_cast<std::size_t>(i)), at(static_cast<std::size_t>(i) + 1)};
}

void check_lists(const snn::Kernels<float>& kernels, const Case& c) {
  const auto spikes = support::random_spikes(c.n_rows, c.n_neurons, c.rate, 3);
  const snn::SpikeRows rows{spikes.data(), c.n_rows, snn::spike_words(c.n_neurons)};
  const std::size_t n_events = kernels.count_spikes(rows);
  std::vector<std::uint32_t> by_row(static_cast<std::size_t>(c.n_rows) + 1);
  std::vector<std::uint32_t> by_neuron(static_cast<std::size_t>(c.n_neurons) + 1);
  std::vector<std::uint16_t> neurons(n_events + snn::kEventSlack + 1, kUntouched), fired = neurons;
  kernels.list_by_row(rows, by_row.data(), neurons.data());
  kernels.list_by_neuron(rows, c.n_neurons, by_neuron.data(), fired.data());
  CHECK(neurons.back() == kUntouched);
  CHECK(fired.back() == kUntouched);
  CHECK(by_row.back() == n_events);
  CHECK(by_neuron.back() == n_events);
  for (int row = 0; row < c.n_rows; ++row) {
    std::vector<int> wanted;
    for (int n = 0; n < c.n_neurons; ++n) {
      if (support::fires(spikes, c.n_neurons, row, n)) wanted.push_back(n);
    }
    REQUIRE(part_of(by_row, neurons, row) == wanted);
  }
  for (int n = 0; n < c.n_neurons; ++n) {
    std::vector<int> wanted;
    for (int row = 0; row < c.n_rows; ++row) {
      if (support::fires(spikes, c.n_neurons, row, n)) wanted.push_back(row);
    }
    REQUIRE(part_of(by_neuron, fired, n) == wanted);
  }
}

}  // namespace

TEST_CASE("spike lists: every event once, by row and by neuron, ascending") {
  for (const std::string& isa : snn::isa_names()) {
    for (const Case& c : kCases) {
      INFO(isa << ": " << c.n_rows << " rows, " << c.n_neurons << " neurons, rate " << c.rate);
      check_lists(snn::find_kernels<float>(isa), c);
    }
  }
}
