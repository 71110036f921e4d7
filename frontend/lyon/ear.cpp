#include "frontend/lyon/ear.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "frontend/lyon/flush_denormals.h"

namespace ear {

using lyon_model::kFrontRows;

namespace {
constexpr int kBlock = 256;  // samples; the scratch of 80 rows then stays in a level-2 cache
}

template <class Real>
Ear<Real>::Ear(const LyonCoeffs& coeffs)
    : cascade_coeffs_(coeffs.sections),
      agc_coeffs_(coeffs),
      use_agc_(coeffs.agc),
      use_differ_(coeffs.differ),
      decimation_(coeffs.decimation),
      decimation_epsilon_(static_cast<Real>(coeffs.decimation_epsilon)),
      n_rows_(coeffs.n_channels + kFrontRows) {
  reset();
}

template <class Real>
void Ear<Real>::reset() {
  const auto n_rows = static_cast<std::size_t>(n_rows_);
  for (auto* state : {&cascade_.s1, &cascade_.s2}) state->assign(n_rows, 0.0);
  u_.assign(n_rows, Real(0));
  for (auto& gain : agc_.gain) gain.assign(n_rows + 2, Real(0));
  for (auto& gain : agc_.next) gain.assign(n_rows + 2, Real(0));
  for (auto* state : {&low_pass_.d1, &low_pass_.d2, &v_}) state->assign(n_rows - kFrontRows, Real(0));
  waves_.assign((kBlock + n_rows) * (n_rows + 1), 0.0);
  phase_ = 0;
}

template <class Real>
void Ear<Real>::process(std::span<const Real> samples, std::vector<Real>& steps) {
  const auto bad = std::find_if_not(samples.begin(), samples.end(), [](Real x) { return std::isfinite(x); });
  if (bad != samples.end()) {
    throw std::invalid_argument("sample " + std::to_string(bad - samples.begin()) + " of the block is not finite");
  }
  const FlushDenormals flush;
  while (!samples.empty()) {
    const auto n_samples = std::min<std::size_t>(samples.size(), kBlock);
    block(samples.data(), static_cast<int>(n_samples), steps);
    samples = samples.subspan(n_samples);
  }
}

template <class Real>
void Ear<Real>::block(const Real* samples, int n_samples, std::vector<Real>& steps) {
  cascade_block(cascade_coeffs_, cascade_, samples, n_samples, waves_.data());
  const auto width = static_cast<std::size_t>(n_rows_) + 1;
  for (int n = 0; n < n_samples; ++n) sample(waves_.data() + static_cast<std::size_t>(n) * width, steps);
}

/// The rest of the way, for one sample: rectifier, gain control, difference, low-pass; `y` lies as cascade_block left
/// it.
template <class Real>
void Ear<Real>::sample(const double* y, std::vector<Real>& steps) {
  for (int i = 0; i < n_rows_; ++i) u_[i] = static_cast<Real>(rectify(y[(i + 1) * (n_rows_ + 2)]));
  if (phase_ == 0) std::fill_n(u_.begin(), kFrontRows, Real(0));  // Q1; for D = 1 every sample has phase 0
  if (use_agc_) agc_step(agc_coeffs_, agc_, n_rows_, u_.data());
  if (use_differ_) {
    differ_step(u_.data(), n_channels(), v_.data());
  } else {
    std::copy(u_.begin() + kFrontRows, u_.end(), v_.begin());
  }
  const std::vector<Real>& output = decimation_ == 1 ? v_ : low_pass_.d1;
  const bool finished = ++phase_ == decimation_;
  if (finished) {
    steps.insert(steps.end(), output.begin(), output.end());
    phase_ = 0;
  }
  if (decimation_ > 1) low_pass_step(decimation_epsilon_, v_.data(), low_pass_);
}

template class Ear<float>;
template class Ear<double>;

}  // namespace ear
