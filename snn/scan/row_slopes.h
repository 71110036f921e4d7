#pragma once
// The slopes of a row of neurons. In loops of their own: then the chains of operations that wait for each other are short, and a
// processor works on those of several neurons at once.
#include "snn/base/hd.h"
#include "snn/model/coeffs.h"
#include "snn/neuron/exponential.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/tsslbp.h"

namespace snn {

/// The slopes of a row's spikes, 0 elsewhere. u_row: [width], potentials; u_before: those of the step before; bound: of each neuron.
template <class Real>
SNN_HD void find_spike_slopes(Real v_th, const Real* SNN_RESTRICT u_row, const Real* SNN_RESTRICT u_before, int width,
                              const Real* SNN_RESTRICT bound, Real* SNN_RESTRICT slope) {
  for (int j = 0; j < width; ++j) {
    const Real carried = carried_potential(u_before[j], fires(u_before[j], v_th));
    const Real q = spike_slope(u_row[j] - carried, bound[j]);
    slope[j] = fires(u_row[j], v_th) ? q : Real(0);
  }
}

/// Of a tile's neurons: slopes of the surrogate, and of spikes.
template <class Real, int kWidth>
struct RowSlopes {
  Real surrogate[kWidth] = {}, spike[kWidth] = {};

  SNN_HD void find_surrogates(const Coeffs<Real>& coeffs, const Real* SNN_RESTRICT u_row, int width) {
    Real shifted[kWidth], r[kWidth];
    for (int j = 0; j < width; ++j) {
      const ReducedArgument<Real> x =
          reduce_argument(surrogate_exponent(u_row[j], coeffs.v_th, coeffs.inv_slope, coeffs.exponent_bound));
      shifted[j] = x.shifted;
      r[j] = x.r;
    }
    for (int j = 0; j < width; ++j) surrogate[j] = exponential_of(ReducedArgument<Real>{shifted[j], r[j]});
    for (int j = 0; j < width; ++j) surrogate[j] = surrogate_slope(surrogate[j], coeffs.inv_slope);
  }
};

}  // namespace snn
