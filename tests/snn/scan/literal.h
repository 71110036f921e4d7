#pragma once
// The paper's sums for one neuron, written out over all pairs of steps in double: the witness of the scans. Nothing is
// shared with the library.
#include <vector>

namespace support::literal {

using Series = std::vector<double>;  // by step

struct Neuron {
  double theta = 0.0, w_self = 0.0, tau_s = 1.0, v_th = 1.0;
  double bias = 0.0, strength = 0.0, rho = 0.0;  // of the drive; of adaptation
};

struct Response {
  Series u;  // potential before the reset
  Series psc;
  std::vector<bool> spikes;
};

/// u[t]: theta^(t-k) times the current of step k, over all k after the last spike. Current and a[t]: (1 - 1/tau_s)^(t-k)
/// / tau_s times drive and bias, or over all spikes, of steps k up to t. Adaptation takes strength rho^(t-1-k) from a current
/// for every spike k before it.
Response forward(const Neuron& neuron, const Series& drive);

enum class Rule { kStep, kSurrogate, kLayerBusy, kLayerQuiet };

struct Slopes {
  Rule rule = Rule::kStep;
  double bound = 8.0, slope = 0.2, exponent_bound = 8.0, warm_fraction = 0.25;
  double self_gain = 0.0;  // of a spike's slope times |w_self|; 0: no bound
};

struct Errors {
  Series delta;        // of the current
  Series drive_error;  // of the drive
  double dw_self = 0.0, dtheta = 0.0, dbias = 0.0, dstrength = 0.0, drho = 0.0;
};

/// The explicit Jacobian J[k][m] = da[k]/du[m] of the rule, then delta = J^T (error + w_self * delta one step later),
/// solved from the last step. spike_error: what arrives at the spikes themselves; with the errors through the adaptation that they
/// raise, it goes through ds[k]/du[m]. Empty: none.
Errors backward(const Neuron& neuron, const Slopes& slopes, const Response& response, const Series& psc_error,
                Series spike_error = {});

}  // namespace support::literal
