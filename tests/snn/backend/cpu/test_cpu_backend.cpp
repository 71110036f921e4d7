// What the CPU's back end does itself: its memory, and each kind of run() against plain sums that are exact.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "snn/backend/backend.h"
#include "tests/snn/backend/cpu/exact_numbers.h"
#include "tests/snn/scan/neurons.h"
#include "tests/snn/spikes.h"

namespace {

const std::vector<int> kSteps = {5, 1, 12};
constexpr int kSources = 130, kNeurons = 70, kDelay = 2;
constexpr double kUnit = 1.0 / 32;  // of weights

/// The row so many steps later in its utterance; -1 beyond its end.
int later_row(const std::vector<int>& row_begin, int row, int steps) {
  const int end = *std::upper_bound(row_begin.begin(), row_begin.end(), row);
  return row + steps < end ? row + steps : -1;
}

/// A source by its values or by its spikes, and the same as numbers.
template <class Real>
struct Input {
  std::vector<std::uint64_t> spikes;
  std::vector<Real> values;  // [rows][kSources], without gaps
  std::vector<Real> kept;    // with gaps
  snn::Source<Real> source;

  /// rate: of the spikes; 0: values
  Input(int n_rows, double rate) : spikes(support::random_spikes(n_rows, kSources, rate, 1)) {
    values = support::exact_numbers<Real>(n_rows * kSources, 2);
    for (int i = 0; rate > 0.0 && i < n_rows * kSources; ++i)
      values[i] = support::fires(spikes, kSources, i / kSources, i % kSources) ? Real(1) : Real(0);
    kept = support::spread<Real>(values, kSources);
    source = {kSources, rate > 0.0 ? nullptr : kept.data(), rate > 0.0 ? spikes.data() : nullptr};
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
};

template <class Real>
void check_forward(snn::Backend<Real>& backend, double rate) {
  support::Neurons<Real> plain(kSteps, kNeurons);
  const int n_rows = plain.shape.n_rows;
  const Input<Real> input(n_rows, rate);
  const snn::Shape weights{kNeurons, 0, kSources};
  const auto w = support::exact_rows<Real>(2 * kNeurons, kSources, 3, kUnit);  // of both delays
  plain.drive.assign(plain.drive.size(), Real(0));
  for (const int delay : {0, kDelay}) {
    for (int row = 0; row < n_rows; ++row) {
      const int arrives = later_row(plain.row_begin, row, delay);
      for (int n = 0; arrives >= 0 && n < kNeurons; ++n) {
        Real& drive = plain.drive[plain.shape.index(arrives, n)];
        for (int i = 0; i < kSources; ++i)
          drive += w[weights.index((delay > 0 ? kNeurons : 0) + n, i)] * input.values[row * kSources + i];
      }
    }
  }
  plain.forward();
  std::vector<Real> u = plain.unset(), psc = u, psc_sums(plain.psc_sums.size(), Real(NAN));
  std::vector<int> n_spikes(plain.n_spikes.size(), -1);
  std::vector<std::uint64_t> spikes(static_cast<std::size_t>(n_rows * snn::spike_words(kNeurons)));
  snn::ForwardStage<Real> stage{.sources = {{input.source, w.data(), {0, kDelay}}},
                                .drive_only = true,
                                .scan = plain.forward_scan(u.data(), psc.data(), psc_sums.data(), n_spikes.data()),
                                .spikes = spikes.data()};
  backend.run(stage);
  CHECK((u == plain.drive));
  stage.drive_only = false;
  backend.run(stage);
  CHECK(support::same_bits(u, plain.u));
  CHECK(support::same_bits(psc, plain.psc));
  CHECK(support::same_bits(psc_sums, plain.psc_sums));
  CHECK(n_spikes == plain.n_spikes);
  for (int i = 0; i < n_rows * kNeurons; ++i)
    REQUIRE(support::fires(spikes, kNeurons, i / kNeurons, i % kNeurons) ==
            (plain.fired[plain.shape.index(i / kNeurons, i % kNeurons)] == Real(1)));
}

template <class Real>
void check_backward(snn::Backend<Real>& backend) {
  constexpr int kTargets = 9;
  support::Neurons<Real> plain(kSteps, kNeurons);
  plain.forward();
  const auto error = support::exact_rows<Real>(plain.shape.n_rows, kTargets, 4);
  const auto w = support::exact_rows<Real>(2 * kTargets, kNeurons, 5, kUnit);
  const snn::Shape errors{0, 0, kTargets}, weights{0, 0, kNeurons};
  plain.psc_error.assign(plain.psc_error.size(), Real(0));
  for (const int delay : {0, kDelay}) {
    for (int row = 0; row < plain.shape.n_rows; ++row) {
      const int later = later_row(plain.row_begin, row, delay);
      for (int n = 0; later >= 0 && n < kNeurons; ++n) {
        Real& sum = plain.psc_error[plain.shape.index(row, n)];
        for (int m = 0; m < kTargets; ++m)
          sum += error[errors.index(later, m)] * w[weights.index((delay > 0 ? kTargets : 0) + m, n)];
      }
    }
  }
  plain.backward();
  std::vector<Real> delta = plain.unset(), u = plain.u, dw_self(plain.dw_self.size(), Real(NAN));
  std::vector<Real> dtheta = dw_self;
  backend.run(
      snn::BackwardStage<Real>{.targets = {{kTargets, error.data(), w.data(), {0, kDelay}}},
                               .scan = plain.backward_scan(delta.data(), u.data(), dw_self.data(), dtheta.data())});
  CHECK(support::same_bits(delta, plain.delta));
  CHECK(support::same_bits(u, plain.drive_error));
  CHECK(support::same_bits(dw_self, plain.dw_self));
  CHECK(support::same_bits(dtheta, plain.dtheta));
}

template <class Real>
void check_weight_gradient(snn::Backend<Real>& backend, double rate) {
  const std::vector<int> row_begin = support::rows_of(kSteps);
  const int n_rows = row_begin.back(), size = kNeurons * kSources;
  const Input<Real> input(n_rows, rate);
  const auto error = support::exact_numbers<Real>(n_rows * kNeurons, 6);
  const auto kept_error = support::spread<Real>(error, kNeurons);
  const snn::Shape weights{2 * kNeurons, 0, kSources};
  std::vector<Real> plain, got(weights.size(), Real(7));  // in the gaps 7 stays
  for (const int delay : {0, kDelay}) {
    std::vector<Real> dw(static_cast<std::size_t>(size));
    for (int row = 0; row < n_rows; ++row) {
      const int later = later_row(row_begin, row, delay);
      for (int i = 0; later >= 0 && i < size; ++i)
        dw[i] += error[later * kNeurons + i / kSources] * input.values[row * kSources + i % kSources];
    }
    plain.insert(plain.end(), dw.begin(), dw.end());
  }
  backend.run(snn::WeightGradient<Real>{.n_rows = n_rows,
                                        .source = input.source,
                                        .n_neurons = kNeurons,
                                        .error = kept_error.data(),
                                        .delays = {0, kDelay},
                                        .dw = got.data(),
                                        .n_batch = static_cast<int>(kSteps.size()),
                                        .row_begin = row_begin.data()});
  CHECK((support::packed(got, kSources) == plain));
  for (std::size_t i = kSources; i < got.size(); i += static_cast<std::size_t>(weights.pitch()))
    CHECK(got[i] == Real(7));
}

/// Three utterances of seven tiles, so that the last chunk of tiles is not full; a tile that ran twice would add twice.
template <class Real>
void check_body(snn::Backend<Real>& backend) {
  constexpr int kMany = 400;
  const std::vector<int> row_begin = support::rows_of(kSteps);
  const snn::Shape shape{row_begin.back(), static_cast<int>(kSteps.size()), kMany};
  const auto from = support::exact_numbers<Real>(shape.n_rows * kMany, 7);
  auto to = support::exact_numbers<Real>(shape.n_rows * kMany, 8), plain = to;
  for (int row = 0; row < shape.n_rows; ++row) {
    const int later = later_row(row_begin, row, kDelay);
    for (int n = 0; later >= 0 && n < kMany; ++n) plain[shape.index(row, n)] += from[shape.index(later, n)];
  }
  backend.run(
      snn::ScanBody<Real>(snn::DelayedRows<Real>{shape, row_begin.data(), from.data(), to.data(), kDelay, true}));
  CHECK((to == plain));
}

/// `check` on every instruction set, by one thread and by three, in float and in double.
template <class Check>
void on_each_backend(const Check& check) {
  for (const std::string& isa : snn::isa_names()) {
    for (const int n_threads : {1, 3}) {
      INFO(isa << ", " << n_threads << " threads");
      check(*snn::make_cpu_backend<float>(n_threads, isa));
      check(*snn::make_cpu_backend<double>(n_threads, isa));
    }
  }
}

// No values by spikes: a source's own; few spikes go by events, many as numbers.
constexpr std::array kRates = {0.0, 0.1, 0.7};

}  // namespace

TEST_CASE("cpu backend: memory comes zeroed and aligned, also where it was used before, large arrays on large pages") {
  const auto backend = snn::make_cpu_backend<float>(1, "auto");
  constexpr std::size_t kLarge = std::size_t{1} << 21;
  for (const std::size_t n_bytes :
       {std::size_t{0}, std::size_t{1}, std::size_t{65}, std::size_t{4000}, kLarge - 1, kLarge, 2 * kLarge + 3}) {
    for (int use = 0; use < 2; ++use) {
      void* const memory = backend->allocate(n_bytes);
      INFO(n_bytes << " bytes, use " << use);
      REQUIRE(memory != nullptr);
      CHECK(reinterpret_cast<std::uintptr_t>(memory) % (n_bytes >= kLarge ? kLarge : 64) == 0);
      std::vector<std::byte> bytes(n_bytes + 1, std::byte{1});  // so that there is an address to copy to
      backend->download(bytes.data(), memory, n_bytes);
      bytes.pop_back();
      CHECK((bytes == std::vector<std::byte>(n_bytes)));
      std::memset(memory, 0xA5, n_bytes);
      backend->release(memory);
    }
  }
}

TEST_CASE("cpu backend: bodies read the host's memory, and sequences are called") {
  const auto backend = snn::make_cpu_backend<float>(1, "auto");
  CHECK(backend->name() == "cpu");
  CHECK(backend->spike_bytes(10, 64) == 80);
  CHECK(backend->spike_bytes(10, 65) == 160);
  const std::vector<std::byte> first(3), second(5);
  CHECK(backend->keep({first, second}, 0) == nullptr);
  CHECK(backend->fetch({second, first}) == std::vector<const void*>{second.data(), first.data()});
  int n_calls = 0;
  for (int i = 0; i < 2; ++i) backend->repeat({}, [&] { ++n_calls; });
  CHECK(n_calls == 2);
}

TEST_CASE("cpu backend: a layer runs forward as the plain sums do, by values, events and dense") {
  on_each_backend([](auto& backend) {
    for (const double rate : kRates) check_forward(backend, rate);
  });
}

TEST_CASE("cpu backend: a layer runs backward as the plain sums do") {
  on_each_backend([](auto& backend) { check_backward(backend); });
}

TEST_CASE("cpu backend: the weight gradient is the plain sum, by values, events and dense") {
  on_each_backend([](auto& backend) {
    for (const double rate : kRates) check_weight_gradient(backend, rate);
  });
}

TEST_CASE("cpu backend: a body runs once over each of its tiles") {
  on_each_backend([](auto& backend) { check_body(backend); });
}
