#include "snn/optimiser.h"

#include <fmt/core.h>

#include <cmath>
#include <numbers>

namespace snn {

namespace {

template <class Real>
SquareSums<Real> square_sums(const Network<Real>& network, Buffer<double>& sums) {
  return {.n_values = network.layout().n_trained(), .values = network.gradient_buffer().data(), .sums = sums.data()};
}

}  // namespace

template <class Real>
Optimiser<Real>::Optimiser(const OptimiserParams& params, Network<Real>& network)
    : params_(params), network_(&network) {
  validate(params);
  Backend<Real>& backend = network.backend();
  m_ = Buffer<Real>(backend, network.layout().n_values());
  v_ = Buffer<Real>(backend, network.layout().n_values());
  sums_ = Buffer<double>(backend, static_cast<std::size_t>(square_sums(network, sums_).extent().n_batch));
  norm_and_factor_ = Buffer<double>(backend, 2);
}

template <class Real>
AdamCoeffs<Real> Optimiser<Real>::coeffs(ParameterKind kind, double rate_factor) const {
  const auto real = [](double value) { return static_cast<Real>(value); };
  const bool is_theta = kind == ParameterKind::kTheta;
  const double own = is_theta ? params_.lr_theta.value_or(params_.lr) : params_.lr_self.value_or(params_.lr);
  const double lr = rate_factor * (kind == ParameterKind::kWeight ? params_.lr : own);
  const double decay = kind == ParameterKind::kWeight ? params_.weight_decay : 0.0;
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
          .low = real(is_theta ? params_.theta_min : -params_.clip_weight),
          .high = real(is_theta ? params_.theta_max : params_.clip_weight)};
}

template <class Real>
double Optimiser<Real>::measure_norm() {
  Backend<Real>& backend = network_->backend();
  const SquareSums<Real> squares = square_sums(*network_, sums_);
  backend.run(squares);
  backend.run(GradientNorm{.n_sums = squares.extent().n_batch,
                           .sums = sums_.data(),
                           .clip_norm = params_.clip_norm,
                           .norm_and_factor = norm_and_factor_.data()});
  has_norm_ = true;
  return norm_and_factor_.download().front();
}

template <class Real>
void Optimiser<Real>::step(double rate_factor) {
  if (!has_norm_) throw std::invalid_argument("optimiser: a step without the norm of its gradients; measure it first");
  has_norm_ = false;
  Backend<Real>& backend = network_->backend();
  ++n_updates_;
  for (const ArrayLayout::Entry& entry : network_->layout().entries()) {
    if (!entry.info.trained) continue;
    backend.run(AdamUpdate<Real>{.n_values = entry.size,
                                 .parameters = network_->parameter_buffer().data() + entry.offset,
                                 .m = m_.data() + entry.offset,
                                 .v = v_.data() + entry.offset,
                                 .gradients = network_->gradient_buffer().data() + entry.offset,
                                 .factor = norm_and_factor_.data() + 1,
                                 .coeffs = coeffs(entry.info.kind, rate_factor)});
  }
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
void Optimiser<Real>::restore(const Tensors& m, const Tensors& v, std::int64_t n_updates) {
  for (const ArrayLayout::Entry& entry : network_->layout().entries()) {
    if (entry.info.trained && (!m.contains(entry.info.name) || !v.contains(entry.info.name))) {
      throw std::invalid_argument(fmt::format("optimiser: no moments of {}", entry.info.name));
    }
  }
  network_->from_tensors(m, m_);
  network_->from_tensors(v, v_);
  n_updates_ = n_updates;
}

double rate_factor(Schedule schedule, std::int64_t n, std::int64_t n_total) {
  if (schedule == Schedule::kConstant) return 1.0;
  return 0.5 * (1.0 + std::cos(std::numbers::pi * static_cast<double>(n) / static_cast<double>(n_total)));
}

template class Optimiser<float>;
template class Optimiser<double>;

}  // namespace snn
