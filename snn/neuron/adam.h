#pragma once
// Adam (Kingma and Ba 2015, algorithm 1) with decoupled decay (Loshchilov and Hutter 2019) and bounds, of one
// parameter, and its average over updates.
#include <cmath>

#include "snn/base/hd.h"

namespace snn {

/// What one update of one kind of parameter needs. fix1 = 1 - beta1^n, fix2 = 1 - beta2^n at update n = 1, 2, ...
template <class Real>
struct AdamCoeffs {
  Real lr, beta1, one_minus_beta1, beta2, one_minus_beta2, fix1, fix2, eps;
  Real keep;                    // 1 - lr * weight_decay
  Real low, high;               // bounds after the update
  Real average_rate = Real(0);  // 1 - ema_decay_at of this update, where the parameters are averaged
  Real running_rate = Real(0);  // of normalisation.h, of this update
};

/// Factor on gradients so that their norm is at most clip_norm; 1 if clip_norm is 0. [TSSLBP norm clip]
template <class Real>
SNN_HD Real clip_factor(Real norm, Real clip_norm) {
  if (!(clip_norm > Real(0))) return Real(1);
  const Real factor = clip_norm / (norm + Real(1e-6));
  return factor < Real(1) ? factor : Real(1);
}

/// First moment. [Adam m]
template <class Real>
SNN_HD Real adam_first_moment(const AdamCoeffs<Real>& c, Real m, Real gradient) {
  return c.beta1 * m + c.one_minus_beta1 * gradient;
}

/// Second moment. [Adam v]
template <class Real>
SNN_HD Real adam_second_moment(const AdamCoeffs<Real>& c, Real v, Real gradient) {
  return c.beta2 * v + c.one_minus_beta2 * (gradient * gradient);
}

/// The parameter after decay, step and bounds. [Adam step]
template <class Real>
SNN_HD Real adam_step(const AdamCoeffs<Real>& c, Real parameter, Real m, Real v) {
  const Real moved = parameter * c.keep - c.lr * (m / c.fix1) / (std::sqrt(v / c.fix2) + c.eps);
  return moved < c.low ? c.low : (moved > c.high ? c.high : moved);
}

/// What an average keeps of itself at update n = 1, 2, ...: `decay`, and less of it in the beginning, so that it does not
/// hang on the initial parameters: (1 + n)/(10 + n), as TensorFlow's ExponentialMovingAverage has it. [EMA decay]
SNN_HD double ema_decay_at(double decay, double n) {
  const double early = (1.0 + n) / (10.0 + n);
  return early < decay ? early : decay;
}

/// The average after an update: decay average + (1 - decay) parameter, rate = 1 - decay. As it is written it never leaves
/// the range between the two, whatever the rounding. [EMA step]
template <class Real>
SNN_HD Real ema_step(Real average, Real parameter, Real rate) {
  return average + rate * (parameter - average);
}

}  // namespace snn
