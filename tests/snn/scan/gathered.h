#pragma once
// What a network makes of a batch's utterances.
#include "snn/data/batch.h"
#include "tests/snn/scan/run_body.h"

namespace support {

/// [rows][C], not scaled.
template <class Real>
std::vector<Real> gathered(const snn::Batch& batch) {
  const snn::Shape shape{batch.n_rows(), batch.n_batch(), batch.n_channels};
  std::vector<Real> x(shape.size(), Real(-1));
  run_tiles<snn::kTileWidth>(snn::GatherBatch<Real>{.shape = shape,
                                                    .row_begin = batch.row_begin.data(),
                                                    .utterances = batch.utterances.data(),
                                                    .taps = batch.taps.data(),
                                                    .factor = Real(1),
                                                    .x = x.data()});
  return x;
}

}  // namespace support
