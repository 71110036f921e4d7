#pragma once
// What the library hands to the ear's kernel, of which there is one for each instruction set. Plain structs only: nothing
// here or in the kernel may leave a function behind that other sources share (scripts/cmake/isa_kernels.cmake).
#include <cstddef>
#include <cstdint>

#include "frontend/lyon/agc.h"
#include "frontend/lyon/cascade.h"

namespace ear {

/// The sound of one lane and where its steps go.
struct LaneTask {
  const float* samples;  ///< [n_samples], from the range's first on; silence follows
  std::int64_t n_samples;
  int decimation;                 ///< D
  const float* low_pass_weights;  ///< [D][2], w1 and w2 of each sample of a step
  float keep, cross;              ///< of the sums from step to step
  float scale;                    ///< factor on the output
  float* steps;                   ///< [n_steps][channel], written
  std::int64_t n_steps;           ///< >= 0; at most those that end in the range
};

/// The samples of their sounds that all lanes hear, counted from the sounds' beginning: first .. end - 1. Both are even, but the
/// end of a sound of which no more is wanted.
struct HearRange {
  std::int64_t first =
      0;  ///< 0: from silence; otherwise where the call before ended, which left its state in the memory
  std::int64_t end = 0;
};

/// The ear of a design, [row].
struct KernelDesign {
  const SectionFactors* sections;
  int n_rows;
  const AgcStage<double>* stages;  ///< [kAgcStages]
  bool agc, differ;
};

/// A kernel: how many lanes it has, what memory it wants, and itself.
struct EarKernel {
  int n_lanes;
  std::size_t (*n_bytes)(int n_rows);  ///< of `memory`, which is aligned to kAlignment
  /// Hears up to n_lanes sounds. What one lane gives does not depend on the others, nor on where ranges end.
  void (*hear)(const KernelDesign& design, const LaneTask* tasks, int n_tasks, const HearRange& range, void* memory);
  static constexpr std::size_t kAlignment = 64;
};

namespace baseline {
EarKernel ear_kernel();
}
namespace avx2 {
EarKernel ear_kernel();
}
namespace avx512 {
EarKernel ear_kernel();
}

}  // namespace ear
