#pragma once
// The stages of a layer on the CPU. Threads split the utterances; of each group of them a thread computes the products
// and walks the neurons while the rows are in its cache. Nothing depends on the number of threads.
#include <vector>

#include "snn/backend/cpu/kernels.h"

namespace snn {

/// Rows of a group of utterances, at least, where there are as many: then packing the weights costs a dense product
/// little.
inline constexpr int kGroupRows = 500;

/// Utterances, at most, whose errors one product takes through a lateral matrix: with fewer, packing the matrix costs more.
inline constexpr int kWalkedTogether = 52;

/// Scratch memory of the forward stage, kept from call to call.
template <class Real>
struct ForwardScratch {
  struct Worker {
    std::vector<Real> u, dense;                        // [rows of a group][N]; [rows of a group][I]
    std::vector<Real> kept;                            // of multiply_delayed
    std::vector<ForwardTile<Real, kTileWidth>> tiles;  // of a recurrent layer
    std::vector<Real> arrives;
    std::vector<std::uint16_t> own_events;
    std::vector<std::vector<std::uint32_t>> begin;
    std::vector<std::vector<std::uint16_t>> events;  // by source
  };
  std::vector<std::vector<Real>> panels;  // by source
  std::vector<Real> lateral_panels;
  std::vector<Worker> workers;
};

template <class Real>
void run_forward(const Kernels<Real>& kernels, const ForwardStage<Real>& stage, int n_threads,
                 ForwardScratch<Real>& scratch);

/// Scratch memory of the backward stage.
template <class Real>
struct BackwardScratch {
  struct Worker {
    std::vector<Real> psc;   // by the step rule: of one tile of one utterance, or of a recurrent layer's group
    std::vector<Real> kept;  // of multiply_delayed
    std::vector<BackwardTile<Real, kTileWidth>> tiles;  // of a recurrent layer
    std::vector<Real> arrives, leaves;                  // [utterances of a group][N]
  };
  std::vector<Worker> workers;
};

template <class Real>
void run_backward(const Kernels<Real>& kernels, const BackwardStage<Real>& stage, int n_threads,
                  BackwardScratch<Real>& scratch);

}  // namespace snn
