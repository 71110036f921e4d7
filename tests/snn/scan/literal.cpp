#include "tests/snn/scan/literal.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace support::literal {

namespace {

/// The synapse's answer k steps after a spike.
double kernel(const Neuron& neuron, int k) {
  return std::pow(1.0 - 1.0 / neuron.tau_s, k) / neuron.tau_s;
}

/// First spike at or after step m; the number of steps if there is none.
int spike_from(const Response& r, int m) {
  const auto n = static_cast<int>(r.spikes.size());
  while (m < n && !r.spikes[m]) ++m;
  return m;
}

/// Potential that theta multiplies in step m.
double carried(const Response& r, int m) {
  return m == 0 || r.spikes[m - 1] ? 0.0 : r.u[m - 1];
}

double spike_slope(const Neuron& neuron, const Slopes& s, const Response& r, int m) {
  const double slope = std::min(1.0 / (r.u[m] - carried(r, m)), s.bound);
  const bool is_bounded = s.self_gain > 0.0 && neuron.w_self != 0.0;
  return is_bounded ? std::min(slope, s.self_gain / std::abs(neuron.w_self)) : slope;
}

double surrogate(const Neuron& neuron, const Slopes& s, double u) {
  const double z = std::exp(std::clamp((neuron.v_th - u) / s.slope, -s.exponent_bound, s.exponent_bound));
  return z / (s.slope * (1.0 + z) * (1.0 + z));
}

/// What a spike k steps before leaves of itself: nothing.
double at_once(const Neuron&, int k) {
  return k == 0 ? 1.0 : 0.0;
}

using Answer = double (*)(const Neuron&, int);

/// What a[k], or with at_once for an answer s[k], gets from u[m] through spikes: for every spike n from m to k, the product along
/// the chain of spikes between them. Each link: slope, (1 - theta) u, and theta for every silent step to the next spike.
double through_spikes(const Neuron& neuron, const Slopes& s, const Response& r, int m, int k, Answer answer) {
  int n = spike_from(r, m);
  double chain = std::pow(neuron.theta, n - m), sum = 0.0;
  while (n <= k) {
    chain *= spike_slope(neuron, s, r, n);
    sum += chain * answer(neuron, k - n);
    const int next = spike_from(r, n + 1);
    chain *= (1.0 - neuron.theta) * r.u[n] * std::pow(neuron.theta, next - n - 1);
    n = next;
  }
  return sum;
}

/// The layer rule: a[k] directly, and, if k fires, once more through the reset of the spike before it.
double through_one_reset(const Neuron& neuron, const Response& r, int m, int k) {
  double sum = kernel(neuron, k - m);
  if (!r.spikes[k]) return sum;
  int before = k - 1;
  while (before >= m && !r.spikes[before]) --before;
  if (before < m) return sum;
  const double reset = (1.0 - neuron.theta) * r.u[before] * std::pow(neuron.theta, k - before - 1);
  return sum + kernel(neuron, before - m) * reset;
}

double jacobian(const Neuron& neuron, const Slopes& s, const Response& r, int m, int k) {
  switch (s.rule) {
    case Rule::kSurrogate:
      return surrogate(neuron, s, r.u[m]) * kernel(neuron, k - m);
    case Rule::kStep:
      return r.psc[m] < s.warm_fraction / neuron.tau_s ? surrogate(neuron, s, r.u[m]) * kernel(neuron, k - m)
                                                       : through_spikes(neuron, s, r, m, k, kernel);
    case Rule::kLayerBusy:
      return r.spikes[m] ? spike_slope(neuron, s, r, m) * through_one_reset(neuron, r, m, k) : 0.0;
    case Rule::kLayerQuiet:
      return surrogate(neuron, s, r.u[m]) * through_one_reset(neuron, r, m, k);
  }
  return NAN;
}

/// ds[k]/du[m]. By the layer rule a spike has no part in the error of an earlier one's reset.
double spike_jacobian(const Neuron& neuron, const Slopes& s, const Response& r, int m, int k) {
  const bool is_warm = s.rule == Rule::kStep && r.psc[m] < s.warm_fraction / neuron.tau_s;
  if (s.rule == Rule::kStep && !is_warm) return through_spikes(neuron, s, r, m, k, at_once);
  if (k != m) return 0.0;
  if (s.rule == Rule::kLayerBusy) return r.spikes[m] ? spike_slope(neuron, s, r, m) : 0.0;
  return surrogate(neuron, s, r.u[m]);
}

/// Adaptation before step t, and its derivative to rho.
std::pair<double, double> adaptation(const Neuron& neuron, const Response& r, int t) {
  double sum = 0.0, slope = 0.0;
  for (int k = 0; k < t; ++k) {
    if (!r.spikes[k]) continue;
    const int age = t - 1 - k;
    sum += std::pow(neuron.rho, age);
    if (age > 0) slope += age * std::pow(neuron.rho, age - 1);
  }
  return {sum, slope};
}

/// The gradients of one neuron's numbers.
void add_gradients(const Neuron& neuron, const Response& r, Errors& errors) {
  for (int t = 0; t < static_cast<int>(errors.delta.size()); ++t) {
    const auto [adapted, slope] = adaptation(neuron, r, t);
    errors.dw_self += t > 0 ? errors.delta[t] * r.psc[t - 1] : 0.0;
    errors.dtheta += errors.delta[t] * carried(r, t);
    errors.dbias += errors.drive_error[t];
    errors.dstrength -= errors.delta[t] * adapted;
    errors.drho -= neuron.strength * errors.delta[t] * slope;
  }
}

}  // namespace

Response forward(const Neuron& neuron, const Series& drive) {
  const auto n_steps = static_cast<int>(drive.size());
  Response r{Series(drive.size()), Series(drive.size()), std::vector<bool>(drive.size())};
  Series current(drive.size());
  for (int t = 0; t < n_steps; ++t) {
    for (int k = 0; k <= t; ++k) current[t] += kernel(neuron, t - k) * (drive[k] + neuron.bias);
  }
  int last_spike = -1;
  for (int t = 0; t < n_steps; ++t) {
    for (int k = last_spike + 1; k <= t; ++k) {
      const double own = k > 0 ? neuron.w_self * r.psc[k - 1] : 0.0;
      const double taken = neuron.strength * adaptation(neuron, r, k).first;
      r.u[t] += std::pow(neuron.theta, t - k) * (current[k] + own - taken);
    }
    r.spikes[t] = r.u[t] > neuron.v_th;
    if (r.spikes[t]) last_spike = t;
    for (int k = 0; k <= t; ++k) r.psc[t] += r.spikes[k] ? kernel(neuron, t - k) : 0.0;
  }
  return r;
}

Errors backward(const Neuron& neuron, const Slopes& slopes, const Response& response, const Series& psc_error,
                Series spike_error) {
  const auto n_steps = static_cast<int>(psc_error.size());
  Errors errors{.delta = Series(psc_error.size() + 1), .drive_error = Series(psc_error.size())};
  spike_error.resize(psc_error.size());
  Series arriving(psc_error.size());
  for (int m = n_steps - 1; m >= 0; --m) {
    arriving[m] = psc_error[m] + neuron.w_self * errors.delta[m + 1];
    for (int k = m + 1; k < n_steps; ++k) {
      spike_error[m] -= neuron.strength * std::pow(neuron.rho, k - m - 1) * errors.delta[k];
    }
    for (int k = m; k < n_steps; ++k) {
      errors.delta[m] += jacobian(neuron, slopes, response, m, k) * arriving[k] +
                         spike_jacobian(neuron, slopes, response, m, k) * spike_error[k];
    }
  }
  errors.delta.pop_back();
  for (int m = 0; m < n_steps; ++m) {
    for (int k = m; k < n_steps; ++k) errors.drive_error[m] += kernel(neuron, k - m) * errors.delta[k];
  }
  add_gradients(neuron, response, errors);
  return errors;
}

}  // namespace support::literal
