#pragma once
// Parameters at the start of a training.
#include <cstdint>

#include "snn/model/parameter_list.h"
#include "snn/model/params.h"
#include "snn/model/tensors.h"

namespace snn {

/// All arrays of parameter_list(network). w_K_L: normal, standard deviation w_scale * sqrt(2 / N_K), the connection's
/// own fan-in, skips alike (Kaiming); w_self_L: normal with the mean and deviation given; theta_L: 1 - 1/tau_m, where
/// it is trained with tau_m of each neuron log-uniform from tau_m / tau_m_spread, at least 1, to tau_m * tau_m_spread. Every
/// array has its own stream, named by (seed, name): adding a skip or a layer changes no other array of equal name and
/// shape. Normals and spread thetas come from the C library's log, cos and exp: equal bits on machines of one instruction set and C library.
Tensors initial_parameters(const NetworkParams& network, const InitParams& init, std::uint64_t seed);

}  // namespace snn
