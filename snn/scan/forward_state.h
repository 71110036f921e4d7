#pragma once
// What the forward scan knows of each neuron.
#include "snn/base/hd.h"

namespace snn {

/// A neuron's constants; w is its self-weight.
template <class Real>
struct ForwardNeuron {
  Real keep, w, bias, strength, rho;
};

/// Constants and state of a tile's neurons, each number of all of them side by side: filtered drive, potential after the reset,
/// PSC, adaptation, spikes so far.
template <class Real, int kWidth>
struct ForwardTile {
  Real keep[kWidth] = {}, w[kWidth] = {}, bias[kWidth] = {}, strength[kWidth] = {}, rho[kWidth] = {};
  Real current[kWidth] = {}, carried[kWidth] = {}, a[kWidth] = {}, adapted[kWidth] = {};
  int count[kWidth] = {};

  SNN_HD ForwardNeuron<Real> neuron(int j) const { return {keep[j], w[j], bias[j], strength[j], rho[j]}; }
  SNN_HD void set(int j, const ForwardNeuron<Real>& c) {
    keep[j] = c.keep, w[j] = c.w, bias[j] = c.bias, strength[j] = c.strength, rho[j] = c.rho;
  }
};

}  // namespace snn
