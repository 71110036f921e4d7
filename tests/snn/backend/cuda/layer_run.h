#pragma once
// A layer fed with the same raster on any back end (STYLE: a train may differ only where a potential was at the threshold).
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "snn/backend/backend.h"
#include "tests/snn/numbers.h"
#include "tests/snn/spikes.h"

namespace support {

/// A layer of 400 neurons fed with a raster of 400: its spikes and potentials.
struct LayerRun {
  static constexpr int kNeurons = 400, kSteps = 40, kUtterances = 50, kRows = kSteps * kUtterances;
  std::vector<float> u;
  std::vector<std::uint64_t> spikes;

  LayerRun(snn::Backend<float>& backend, const std::vector<std::uint64_t>& raster, bool as_numbers) {
    const std::size_t size = static_cast<std::size_t>(kRows) * kNeurons;
    snn::Buffer<int> row_begin(backend, kUtterances + 1), n_spikes(backend, kUtterances * kNeurons);
    std::vector<int> begin;
    for (int b = 0; b <= kUtterances; ++b) begin.push_back(b * kSteps);
    row_begin.upload(begin);
    snn::Buffer<float> w(backend, kNeurons * kNeurons), theta(backend, kNeurons), potentials(backend, size);
    w.upload(numbers<float>(w.size(), 1, -0.9, 1.0));
    theta.upload(numbers<float>(theta.size(), 2, 0.75, 1.0));
    snn::Buffer<std::byte> source(backend, backend.spike_bytes(kRows, kNeurons)), out(backend, source.size());
    if (as_numbers) {
      std::vector<float> values(size);
      for (int row = 0; row < kRows; ++row) {
        for (int n = 0; n < kNeurons; ++n)
          values[static_cast<std::size_t>(row) * kNeurons + static_cast<std::size_t>(n)] =
              fires(raster, kNeurons, row, n) ? 1.0F : 0.0F;
      }
      source.upload(std::as_bytes(std::span(values)));
    } else {
      source.upload(std::as_bytes(std::span(raster)));
    }
    backend.run(snn::ForwardStage<float>{.sources = {{{kNeurons, nullptr, source.data()}, w.data()}},
                                         .scan = {.shape = {kRows, kUtterances, kNeurons},
                                                  .row_begin = row_begin.data(),
                                                  .u = potentials.data(),
                                                  .first_row = 0,
                                                  .psc = nullptr,
                                                  .psc_sums = nullptr,
                                                  .fired = nullptr,
                                                  .n_spikes = n_spikes.data(),
                                                  .n_spikes_stride = kNeurons,
                                                  .theta = theta.data(),
                                                  .w_self = nullptr,
                                                  .coeffs = snn::derive_coeffs<float>({}, {})},
                                         .spikes = out.data()});
    u = potentials.download();
    spikes = read_spikes(out, as_numbers, kRows, kNeurons);
  }
};

/// About 400 additions in another order: at the first step where a train differs the potential lies within 1e-5 of the
/// threshold; of the 20,000 trains at most two may differ.
inline void check_layer(snn::Backend<float>& cpu, snn::Backend<float>& cuda, double rate) {
  const auto raster = random_spikes(LayerRun::kRows, LayerRun::kNeurons, rate, 5);
  const LayerRun wanted(cpu, raster, false), found(cuda, raster, true);
  int n_spikes = 0, n_different = 0;
  for (int b = 0; b < LayerRun::kUtterances; ++b) {
    for (int n = 0; n < LayerRun::kNeurons; ++n) {
      for (int t = 0; t < LayerRun::kSteps; ++t) {
        const int row = b * LayerRun::kSteps + t;
        const bool want = fires(wanted.spikes, LayerRun::kNeurons, row, n);
        n_spikes += want ? 1 : 0;
        if (fires(found.spikes, LayerRun::kNeurons, row, n) == want) continue;
        CHECK(std::abs(wanted.u[static_cast<std::size_t>(row) * LayerRun::kNeurons + static_cast<std::size_t>(n)] -
                       1.0F) <= 1e-5F);
        ++n_different;
        break;
      }
    }
  }
  CHECK(n_spikes > 20000);
  CHECK(n_different <= 2);
}

}  // namespace support
