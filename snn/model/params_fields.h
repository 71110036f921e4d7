#pragma once
// Every field of TrainingParams with its section and name, once: files and comparisons walk it instead of listing them
// again.
#include <utility>

#include "snn/model/params.h"

namespace snn {

/// The part of visit_fields that is the optimiser's. O: OptimiserParams, const or not.
template <typename O, typename F>
void visit_optimiser(O& optimiser, F&& f) {
  f("optimiser", "lr", optimiser.lr);
  f("optimiser", "lr_self", optimiser.lr_self);
  f("optimiser", "lr_theta", optimiser.lr_theta);
  f("optimiser", "schedule", optimiser.schedule);
  f("optimiser", "beta1", optimiser.beta1);
  f("optimiser", "beta2", optimiser.beta2);
  f("optimiser", "eps", optimiser.eps);
  f("optimiser", "weight_decay", optimiser.weight_decay);
  f("optimiser", "clip_norm", optimiser.clip_norm);
  f("optimiser", "clip_weight", optimiser.clip_weight);
  f("optimiser", "theta_min", optimiser.theta_min);
  f("optimiser", "theta_max", optimiser.theta_max);
  f("optimiser", "clip_scope", optimiser.clip_scope);
  f("optimiser", "ema_decay", optimiser.ema_decay);
}

/// Calls f(section, name, field) for every field, in the order of params.h. P: TrainingParams, const or not.
template <typename P, typename F>
void visit_fields(P& p, F&& f) {
  auto& [network, gradient, loss, init, optimiser, augment, n_epochs, batch_size, seed] = p;
  f("network", "sizes", network.sizes);
  f("network", "self_recurrent", network.self_recurrent);
  f("network", "bip", network.bip);
  f("network", "skips", network.skips);
  f("network", "tau_m", network.tau_m);
  f("network", "tau_s", network.tau_s);
  f("network", "v_th", network.v_th);
  f("network", "input_scale", network.input_scale);
  f("gradient", "rule", gradient.rule);
  f("gradient", "bound", gradient.bound);
  f("gradient", "slope", gradient.slope);
  f("gradient", "exponent_bound", gradient.exponent_bound);
  f("gradient", "warm_fraction", gradient.warm_fraction);
  f("gradient", "layer_rate", gradient.layer_rate);
  f("gradient", "self_gain", gradient.self_gain);
  f("loss", "kind", loss.kind);
  f("loss", "target_passes", loss.target_passes);
  f("loss", "desired_share", loss.desired_share);
  f("loss", "undesired_share", loss.undesired_share);
  f("init", "w_scale", init.w_scale);
  f("init", "w_self_mean", init.w_self_mean);
  f("init", "w_self_std", init.w_self_std);
  f("init", "tau_m_spread", init.tau_m_spread);
  visit_optimiser(optimiser, f);
  f("augment", "shift_steps", augment.shift_steps);
  f("augment", "shift_channels", augment.shift_channels);
  f("augment", "warp", augment.warp);
  f("augment", "gain_db", augment.gain_db);
  f("augment", "drop_channels", augment.drop_channels);
  f("augment", "mask_channels", augment.mask_channels);
  f("augment", "mask_steps", augment.mask_steps);
  f("augment", "drop_neurons", augment.drop_neurons);
  f("run", "n_epochs", n_epochs);
  f("run", "batch_size", batch_size);
  f("run", "seed", seed);
}

}  // namespace snn
