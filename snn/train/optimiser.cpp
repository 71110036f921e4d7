#include "snn/train/optimiser.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "snn/scan/normalisation.h"

namespace snn {

// A chunk's kind chooses its coefficients.
static_assert(static_cast<int>(ParameterKind::kWeight) == 0 &&
              static_cast<int>(ParameterKind::kLateralWeight) == kAdamKinds - 1);

template <class Real>
Optimiser<Real>::Optimiser(const OptimiserParams& params, Network<Real>& network)
    : params_(params), network_(&network) {
  validate(params);
  Backend<Real>& backend = network.backend();
  m_ = Buffer<Real>(backend, network.layout().n_values());
  v_ = Buffer<Real>(backend, network.layout().n_values());
  if (params.ema_decay > 0.0) average_ = Buffer<Real>(backend, network.layout().n_values());
  cut_into_chunks();
  state_ = Buffer<GradientState>(backend, 1);
  coeffs_ = Buffer<AdamCoeffs<Real>>(backend, kAdamKinds);
  reset_state();
}

template <class Real>
void Optimiser<Real>::cut_into_chunks() {
  constexpr std::size_t kChunk = SquareSums<Real>::kChunk;
  std::vector<Chunk> chunks;
  const auto cut = [&chunks, kChunk](std::size_t begin, std::size_t end, int array, int kind) {
    for (; begin < end; begin += kChunk) {
      chunks.push_back({begin, static_cast<int>(std::min(kChunk, end - begin)), array, kind});
    }
  };
  const ArrayLayout& layout = network_->layout();
  // The root of the sum of the arrays' squares would be the global norm too, at half the work here (0.5 % of a step); but
  // it adds in another order, and the last bit of a norm decides bits of models and checkpoints.
  cut(0, layout.n_trained(), 0, 0);
  n_flat_ = static_cast<int>(chunks.size());
  std::vector<int> first_sum = {0};
  for (const ArrayLayout::Entry& entry : layout.entries()) {
    if (!entry.info.trained) continue;
    cut(entry.offset, entry.offset + entry.size(), static_cast<int>(first_sum.size()) - 1,
        static_cast<int>(entry.info.kind));
    first_sum.push_back(static_cast<int>(chunks.size()) - n_flat_);
  }
  Backend<Real>& backend = network_->backend();
  chunks_ = Buffer<Chunk>(backend, chunks.size());
  chunks_.upload(chunks);
  first_sum_ = Buffer<int>(backend, first_sum.size());
  first_sum_.upload(first_sum);
  sums_ = Buffer<double>(backend, chunks.size());
  arrays_ = Buffer<ArrayGradient>(backend, first_sum.size() - 1);
}

template <class Real>
void Optimiser<Real>::reset_state(const GradientState& state, std::span<const ArrayGradient> arrays) {
  if (!arrays.empty() && arrays.size() != arrays_.size()) {
    throw std::invalid_argument(
        fmt::format("optimiser: gradients of {} arrays, there are {}", arrays.size(), arrays_.size()));
  }
  std::vector<ArrayGradient> sent(arrays.begin(), arrays.end());
  sent.resize(arrays_.size());
  for (ArrayGradient& array : sent) array.has_stopped = state.stopped_at != 0;
  state_.upload(std::span(&state, 1));
  arrays_.upload(sent);
}

template <class Real>
AdamCoeffs<Real> Optimiser<Real>::coeffs(ParameterKind kind, double rate_factor) const {
  const auto real = [](double value) { return static_cast<Real>(value); };
  const bool is_decay = kind == ParameterKind::kTheta || kind == ParameterKind::kRho;
  const bool is_intrinsic = is_decay || kind == ParameterKind::kAdaptation;
  const std::optional<double> own = is_intrinsic                         ? params_.lr_theta
                                    : kind == ParameterKind::kSelfWeight ? params_.lr_self
                                                                         : std::nullopt;
  const double lr = rate_factor * own.value_or(params_.lr);
  const double decay = is_synaptic(kind) ? params_.weight_decay : 0.0;
  const auto n = static_cast<double>(n_updates_);
  return {.lr = real(lr),
          .beta1 = real(params_.beta1),
          .one_minus_beta1 = real(1.0 - params_.beta1),
          .beta2 = real(params_.beta2),
          .one_minus_beta2 = real(1.0 - params_.beta2),
          .fix1 = real(1.0 - std::pow(params_.beta1, n)),
          .fix2 = real(1.0 - std::pow(params_.beta2, n)),
          .eps = real(params_.eps),
          .keep = real(1.0 - lr * decay),
          .low = real(is_decay                             ? params_.theta_min
                      : kind == ParameterKind::kAdaptation ? 0.0
                                                           : -params_.clip_weight),
          .high = real(is_decay ? params_.theta_max : params_.clip_weight),
          .average_rate = real(1.0 - ema_decay_at(params_.ema_decay, n)),
          .running_rate = real(running_rate(n))};
}

template <class Real>
void Optimiser<Real>::prepare(double rate_factor) {
  ++n_updates_;
  std::vector<AdamCoeffs<Real>> now;
  for (int kind = 0; kind < kAdamKinds; ++kind) now.push_back(coeffs(static_cast<ParameterKind>(kind), rate_factor));
  coeffs_.upload(now);
}

template <class Real>
void Optimiser<Real>::apply() {
  Backend<Real>& backend = network_->backend();
  const int n_chunks = static_cast<int>(chunks_.size());
  backend.run(SquareSums<Real>{.n_chunks = n_chunks,
                               .chunks = chunks_.data(),
                               .values = network_->gradient_buffer().data(),
                               .sums = sums_.data()});
  backend.run(GradientNorm{.n_sums = n_flat_,
                           .sums = sums_.data(),
                           .clip_norm = params_.clip_norm,
                           .state = state_.data(),
                           .n_arrays = static_cast<int>(arrays_.size()),
                           .first_sum = first_sum_.data(),
                           .array_sums = sums_.data() + n_flat_,
                           .has_own_clips = params_.clip_scope == ClipScope::kArray,
                           .arrays = arrays_.data()});
  backend.run(AdamUpdate<Real>{.n_chunks = n_chunks - n_flat_,
                               .chunks = chunks_.data() + n_flat_,
                               .parameters = network_->parameter_buffer().data(),
                               .m = m_.data(),
                               .v = v_.data(),
                               .gradients = network_->gradient_buffer().data(),
                               .state = state_.data(),
                               .arrays = arrays_.data(),
                               .coeffs = coeffs_.data(),
                               .averages = average_.data()});
}

template <class Real>
Tensors Optimiser<Real>::trained(const Buffer<Real>& buffer) const {
  Tensors tensors = network_->to_tensors(buffer);
  for (const ArrayLayout::Entry& entry : network_->layout().entries()) {
    if (!entry.info.trained) tensors.erase(entry.info.name);
  }
  return tensors;
}

template <class Real>
void Optimiser<Real>::restore(const Tensors& m, const Tensors& v, std::int64_t n_updates, const Tensors& average) {
  const bool averages = average_.size() > 0;
  for (const ArrayLayout::Entry& entry : network_->layout().entries()) {
    if (entry.info.trained && (!m.contains(entry.info.name) || !v.contains(entry.info.name))) {
      throw std::invalid_argument(fmt::format("optimiser: no moments of {}", entry.info.name));
    }
    if (entry.info.trained && averages && !average.contains(entry.info.name)) {
      throw std::invalid_argument(fmt::format("optimiser: no average of {}", entry.info.name));
    }
  }
  network_->from_tensors(m, m_);
  network_->from_tensors(v, v_);
  if (averages) network_->from_tensors(average, average_);
  n_updates_ = n_updates;
}

template class Optimiser<OSSICLE_REAL>;

}  // namespace snn
