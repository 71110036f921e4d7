#pragma once
// Lateral matrices as they are drawn: which connections are there, their signs, their scale.
#include <cstdint>
#include <span>
#include <vector>

#include "snn/model/parameter_list.h"

namespace snn {

/// The values [to][from] of a lateral array, info.kind kLateralWeight: normal with standard deviation
/// init.w_rec_scale sqrt(2 / expected fan-in), 0 where a connection is missing (network.recurrent_density). With
/// init.inhibitory_share the columns of so many neurons, on average, have no value above 0 and the others none below. With
/// init.spectral_radius all is scaled to it. Throws std::invalid_argument if a matrix without cycles is to be scaled, or if a sparse
/// one has no connection at all.
/// Sources: Maass, Natschläger, Markram 2002 (sparse, 20 % inhibitory); Jaeger 2001 (spectral radius).
std::vector<float> draw_lateral(const NetworkParams& network, const InitParams& init, const ParameterInfo& info,
                                std::uint64_t seed);

/// An estimate of the spectral radius of w [n][n] by the growth of a vector under many products, within some 1 % for random
/// matrices; 0 if products end at 0. [Ossicle spectral radius]
double spectral_radius(std::span<const float> w, int n);

}  // namespace snn
