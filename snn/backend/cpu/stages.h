#pragma once
// The stages of a layer on the CPU. Threads split the utterances; of each group of them a thread computes the products
// and walks the neurons while the rows are in its cache. Nothing depends on the number of threads.
#include <vector>

#include "snn/backend/cpu/kernels.h"

namespace snn {

/// Rows of a group of utterances, at least, where there are as many: then packing the weights costs a dense product
/// little.
inline constexpr int kGroupRows = 500;

/// Scratch memory of the forward stage, kept from call to call.
template <class Real>
struct ForwardScratch {
  struct Worker {
    std::vector<Real> u, dense;  // [rows of a group][N]; [rows of a group][I]
    std::vector<Real> kept;      // of multiply_delayed
    std::vector<std::vector<std::uint32_t>> begin;
    std::vector<std::vector<std::uint16_t>> events;  // by source
  };
  std::vector<std::vector<Real>> panels;  // by source
  std::vector<Worker> workers;
};

template <class Real>
void run_forward(const Kernels<Real>& kernels, const ForwardStage<Real>& stage, int n_threads,
                 ForwardScratch<Real>& scratch);

/// Scratch memory of the backward stage.
template <class Real>
struct BackwardScratch {
  struct Worker {
    std::vector<Real> psc;   // of one tile of one utterance, by the step rule
    std::vector<Real> kept;  // of multiply_delayed
  };
  std::vector<Worker> workers;
};

template <class Real>
void run_backward(const Kernels<Real>& kernels, const BackwardStage<Real>& stage, int n_threads,
                  BackwardScratch<Real>& scratch);

}  // namespace snn
