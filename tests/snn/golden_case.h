#pragma once
// A golden case of the network: its settings, parameters and batch, as the library has them; arrays over time are [B][T][N], or
// [1][rows][N] where utterances differ in length.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "snn/data/batch.h"
#include "snn/model/params.h"
#include "snn/model/tensors.h"
#include "tests/support/npy.h"

namespace support {

struct GoldenCase {
  explicit GoldenCase(const std::filesystem::path& path);

  Golden golden;
  nlohmann::json info;
  snn::TrainingParams params;
  snn::Tensors parameters;

  template <class Real>
  std::vector<Real> input() const {
    const Array x = golden.array("x");
    return {x.values.begin(), x.values.end()};
  }
  /// Steps of each utterance.
  std::vector<int> lengths() const;
  /// x: input(), which must outlive the batch.
  template <class Real>
  snn::Batch batch(const std::vector<Real>& x) const {
    const Array array = golden.array("x");
    const auto type = sizeof(Real) == sizeof(double) ? snn::ValueType::kDouble : snn::ValueType::kFloat;
    snn::Batch batch{.n_channels = array.dim(2)};
    for (const int n_steps : lengths()) {
      batch.utterances.push_back({.values = x.data() + batch.n_rows() * batch.n_channels, .type = type});
      batch.row_begin.push_back(batch.n_rows() + n_steps);
    }
    for (const double label : golden.array("labels").values) batch.labels.push_back(static_cast<int>(label));
    return batch;
  }
};

/// Largest |got - want| over all elements, with where it was, for messages.
struct Difference {
  double largest = 0.0;
  std::size_t index = 0;
  double got = 0.0, want = 0.0;
  std::string text() const;
};

template <class Got>
Difference compare(const std::vector<Got>& got, const std::vector<double>& want, std::size_t want_offset = 0) {
  Difference difference;
  if (got.size() + want_offset > want.size()) return {INFINITY, got.size(), 0.0, 0.0};
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double gap = std::abs(static_cast<double>(got[i]) - want[want_offset + i]);
    if (!(gap <= difference.largest)) difference = {gap, i, static_cast<double>(got[i]), want[want_offset + i]};
  }
  return difference;
}

double largest_magnitude(const std::vector<double>& values);

}  // namespace support
