#pragma once
// What a network makes of a batch's utterances.
#include "snn/data/batch.h"
#include "snn/scan/draw_taps.h"
#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace support {

/// The taps of a batch whose utterances all have some, [B][C]; of others there is room.
inline std::vector<snn::ChannelTap> drawn_taps(const snn::Batch& batch, int width = snn::kTileWidth) {
  std::vector<snn::ChannelTap> taps(snn::area(batch.n_batch(), batch.n_channels));
  run_tiles(snn::DrawTaps{batch.n_batch(), batch.n_channels, batch.utterances.data(), batch.draws, taps.data()}, width);
  return taps;
}

/// [rows][C], not scaled.
template <class Real>
std::vector<Real> gathered(const snn::Batch& batch) {
  const snn::Shape shape{batch.n_rows(), batch.n_batch(), batch.n_channels};
  std::vector<Real> x(shape.size(), Real(-1));
  const std::vector<snn::ChannelTap> taps = drawn_taps(batch);
  run_tiles<snn::kTileWidth>(snn::GatherBatch<Real>{.shape = shape,
                                                    .row_begin = batch.row_begin.data(),
                                                    .utterances = batch.utterances.data(),
                                                    .taps = taps.data(),
                                                    .factor = Real(1),
                                                    .x = x.data()});
  return packed(x, batch.n_channels);
}

}  // namespace support
