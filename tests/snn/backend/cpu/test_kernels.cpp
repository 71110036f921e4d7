// What the tables hold besides products and lists of events, against plain loops on every instruction set.
#include "snn/backend/cpu/kernels.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/snn/backend/cpu/exact_numbers.h"
#include "tests/snn/scan/neurons.h"
#include "tests/snn/spikes.h"

namespace {

const std::vector<int> kSteps = {5, 3, 12};
constexpr int kNeurons = 70;
constexpr int kBatch = 1;  // the utterance that is worked on, between two others

template <class Check>
void on_each_table(const Check& check) {
  for (const std::string& isa : snn::isa_names()) {
    INFO(isa);
    check(snn::find_kernels<float>(isa));
    check(snn::find_kernels<double>(isa));
  }
}

/// Weights of the neurons 64 to 69, the second tile, from 5 sources; back into rows of 9 numbers, of which 2 lie before.
template <class Real>
void check_panel(const snn::Kernels<Real>& kernels) {
  constexpr int kSources = 5, kRow = 9, kBefore = 2;
  const auto w = support::exact_rows<Real>(kNeurons, kSources, 1);
  const snn::Shape weights{kNeurons, 0, kSources}, rows{kNeurons, 0, kRow};
  std::vector<Real> panel(kSources * snn::kTileWidth, Real(NAN)), plain;
  kernels.pack_panel(w.data(), kSources, 64, kNeurons, panel.data());
  for (int i = 0; i < kSources; ++i)
    for (int n = 64; n < 128; ++n) plain.push_back(n < kNeurons ? w[weights.index(n, i)] : Real(0));
  CHECK(panel == plain);
  std::vector<Real> back(rows.size(), Real(99)), wanted = back;
  for (int n = 64; n < kNeurons; ++n)
    for (int i = 0; i < kSources; ++i) wanted[rows.index(n, kBefore + i)] = w[weights.index(n, i)];
  kernels.unpack_panel(panel.data(), kSources, kRow, 64, kNeurons, back.data() + kBefore);
  CHECK(back == wanted);
}

template <class Real>
void check_expand(const snn::Kernels<Real>& kernels) {
  constexpr int kRows = 7;
  const auto spikes = support::random_spikes(kRows, kNeurons, 0.3, 4);
  std::vector<Real> numbers(snn::pitched_area(kRows, kNeurons), Real(-1)), plain;
  kernels.expand({spikes.data(), kRows, 2}, kNeurons, numbers.data());
  for (int row = 0; row < kRows; ++row)
    for (int n = 0; n < kNeurons; ++n) plain.push_back(support::fires(spikes, kNeurons, row, n) ? Real(1) : Real(0));
  CHECK(support::packed(numbers, kNeurons) == plain);
}

/// Tiles 2 to 6 of 3 in each utterance: the last one of the first, all of the second, the first one of the third.
template <class Real>
void check_tiles(const snn::Kernels<Real>& kernels) {
  constexpr int kMany = 130;
  const std::vector<int> row_begin = support::rows_of(kSteps);
  const snn::Shape shape{row_begin.back(), 3, kMany};
  const auto from = support::exact_rows<Real>(shape.n_rows, kMany, 7);
  auto to = support::exact_rows<Real>(shape.n_rows, kMany, 8), plain = to;
  const std::vector<std::pair<int, int>> neurons = {{128, 130}, {0, 130}, {0, 64}};
  for (std::size_t b = 0; b < neurons.size(); ++b)
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row)
      for (int n = neurons[b].first; n < neurons[b].second; ++n)
        plain[shape.index(row, n)] += from[shape.index(row, n)];
  const snn::DelayedRows<Real> body{shape, row_begin.data(), from.data(), to.data(), 0, true};
  std::get<snn::TileRunner<snn::DelayedRows<Real>>>(kernels.tile_runners)(body, 2, 7);
  CHECK(to == plain);
}

/// `was` with what is kBatch's from `plain`, of arrays over time and of those with a row for each utterance.
template <class T>
std::vector<T> with_batch(std::vector<T> was, const std::vector<T>& plain, const snn::Shape& shape,
                          const std::vector<int>& begin) {
  const auto from = static_cast<std::ptrdiff_t>(shape.index(begin[kBatch], 0));
  const auto to = static_cast<std::ptrdiff_t>(shape.index(begin[kBatch + 1], 0));
  std::copy(plain.begin() + from, plain.begin() + to, was.begin() + from);
  return was;
}
template <class T>
std::vector<T> with_batch(std::vector<T> was, const std::vector<T>& plain) {
  std::copy_n(plain.begin() + kBatch * kNeurons, kNeurons, was.begin() + kBatch * kNeurons);
  return was;
}

template <class Real>
void check_forward(const snn::Kernels<Real>& kernels) {
  support::Neurons<Real> plain(kSteps, kNeurons);
  plain.forward();
  std::vector<Real> u = plain.drive, psc = plain.unset(), psc_sums(plain.psc_sums.size(), Real(99));
  std::vector<int> n_spikes(plain.n_spikes.size(), -1);
  std::vector<std::uint64_t> spikes(static_cast<std::size_t>(plain.shape.n_rows) * 2, 99);
  const std::vector<Real> untouched = psc, no_sums = psc_sums;
  const std::vector<int> no_spikes = n_spikes;
  snn::ForwardTiles<Real> tiles{.scan = plain.forward_scan(u.data(), psc.data(), psc_sums.data(), n_spikes.data()),
                                .spikes = spikes.data(),
                                .drive_only = true,
                                .first_batch = kBatch,
                                .last_batch = kBatch + 1};
  kernels.forward(tiles);
  CHECK(support::same_bits(u, plain.drive));
  CHECK(n_spikes == no_spikes);
  tiles.drive_only = false;
  kernels.forward(tiles);
  CHECK(support::same_bits(u, with_batch(plain.drive, plain.u, plain.shape, plain.row_begin)));
  CHECK(support::same_bits(psc, with_batch(untouched, plain.psc, plain.shape, plain.row_begin)));
  CHECK(support::same_bits(psc_sums, with_batch(no_sums, plain.psc_sums)));
  CHECK(n_spikes == with_batch(no_spikes, plain.n_spikes));
  for (int row = 0; row < plain.shape.n_rows; ++row) {
    const bool is_there = row >= plain.row_begin[kBatch] && row < plain.row_begin[kBatch + 1];
    if (!is_there) CHECK(spikes[static_cast<std::size_t>(2 * row)] == 99);
    for (int n = 0; is_there && n < kNeurons; ++n)
      REQUIRE(support::fires(spikes, kNeurons, row, n) == (plain.fired[plain.shape.index(row, n)] == Real(1)));
  }
}

template <class Real>
void check_backward(const snn::Kernels<Real>& kernels) {
  support::Neurons<Real> plain(kSteps, kNeurons);
  plain.gradient.rule = snn::Rule::kStep;
  plain.forward();
  plain.backward();
  std::vector<Real> delta = plain.psc_error, u = plain.u, dw_self(plain.dw_self.size(), Real(99)), dtheta = dw_self;
  const std::vector<Real> untouched = dw_self;
  std::vector<Real> psc(static_cast<std::size_t>(kSteps[kBatch] * snn::kTileWidth));
  const snn::BackwardScan<Real> scan = plain.backward_scan(delta.data(), u.data(), dw_self.data(), dtheta.data());
  kernels.backward(scan, nullptr, kBatch, kBatch + 1, psc.data());
  CHECK(support::same_bits(delta, with_batch(plain.psc_error, plain.delta, plain.shape, plain.row_begin)));
  CHECK(support::same_bits(u, with_batch(plain.u, plain.drive_error, plain.shape, plain.row_begin)));
  CHECK(support::same_bits(dw_self, with_batch(untouched, plain.dw_self)));
  CHECK(support::same_bits(dtheta, with_batch(untouched, plain.dtheta)));
}

}  // namespace

TEST_CASE("kernels: a panel holds weights by source, zeros behind the last neuron, and gives them back") {
  on_each_table([](const auto& kernels) { check_panel(kernels); });
}

TEST_CASE("kernels: spikes as numbers") {
  on_each_table([](const auto& kernels) { check_expand(kernels); });
}

TEST_CASE("kernels: a body runs over the tiles that are named and no others") {
  on_each_table([](const auto& kernels) { check_tiles(kernels); });
}

TEST_CASE("kernels: forward runs the utterances that are named and no others, the drive alone if that is all") {
  on_each_table([](const auto& kernels) { check_forward(kernels); });
}

TEST_CASE("kernels: backward runs the utterances that are named and no others, with PSCs of its own by the step rule") {
  on_each_table([](const auto& kernels) { check_backward(kernels); });
}
