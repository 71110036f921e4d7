// The ear on many sounds side by side. Compiled once for each instruction set, in a namespace of its name.
#include "frontend/lyon/kernel.h"

#include "frontend/lyon/passes.h"
#include "frontend/lyon/simd_lanes.h"

namespace ear::OSSICLE_ISA {

namespace {

using L = SimdLanes;
using Real = L::Real;

// Samples that go through the cascade at a time: a section's states then stay in registers for so long.
constexpr int kSamples = 2;
constexpr int kPacked = 32;  // samples that are laid side by side at a time, a multiple of kSamples
constexpr std::int64_t kNever = INT64_MAX;

/// Where a lane is within its sound.
struct Clock {
  int phase = 0;                // samples of the unfinished step
  std::int64_t next = kNever;   // the sample before which the next step is given out
  std::int64_t n_before = 0;    // steps given out by earlier calls
  std::int64_t n_finished = 0;  // and by this one
};

/// Some samples of every lane, and what goes with each.
struct Block {
  union Lanes {
    float lane[kLanes];
    Real all;
  };
  Lanes x[kPacked], pass_front[kPacked], w1[kPacked], w2[kPacked];
};

/// Everything that changes, in the caller's memory.
struct Workspace {
  SectionState<L>* sections;  // [row]
  RowState<L>* rows;          // [row]
  Real* u;                    // [kSamples][row]

  Workspace(void* memory, int n_rows)
      : sections(static_cast<SectionState<L>*>(memory)),
        rows(reinterpret_cast<RowState<L>*>(sections + n_rows)),
        u(reinterpret_cast<Real*>(rows + n_rows)) {}
};

std::size_t n_bytes(int n_rows) {
  return static_cast<std::size_t>(n_rows) * (sizeof(SectionState<L>) + sizeof(RowState<L>) + kSamples * sizeof(Real));
}

PassFactors<L> pass_factors(const KernelDesign& design) {
  PassFactors<L> factors{design.sections, design.n_rows, {}};
  for (int j = 0; j < lyon_model::kAgcStages; ++j) {
    const AgcStage<double>& stage = design.stages[j];
    factors.stages[j] = {L::splat(static_cast<float>(stage.ratio)), L::splat(static_cast<float>(stage.rise)),
                         L::splat(static_cast<float>(stage.keep)), L::splat(static_cast<float>(stage.floor))};
  }
  return factors;
}

/// When the lane's next step is due: before the last sample of each D enters the low-pass; for D = 1 after the sample.
std::int64_t due(const LaneTask& task, const Clock& clock) {
  if (clock.n_finished == task.n_steps) return kNever;
  const std::int64_t step = clock.n_before + clock.n_finished;
  return task.decimation == 1 ? step + 1 : (step + 1) * task.decimation - 1;
}

Clock start_clock(const LaneTask& task, std::int64_t first) {
  Clock clock{static_cast<int>(first % task.decimation), kNever, first / task.decimation, 0};
  clock.next = due(task, clock);
  return clock;
}

/// The task's samples from `first` on into one lane of the block.
void pack(const LaneTask& task, std::int64_t first, int lane, Clock& clock, Block& block) {
  const std::int64_t left = task.n_samples - first;
  const int n_sound = left < 0 ? 0 : left < kPacked ? static_cast<int>(left) : kPacked;
  for (int n = 0; n < n_sound; ++n) block.x[n].lane[lane] = task.samples[first + n];
  for (int n = n_sound; n < kPacked; ++n) block.x[n].lane[lane] = 0.0F;
  int phase = clock.phase;
  for (int n = 0; n < kPacked; ++n) {
    block.pass_front[n].lane[lane] = phase == 0 ? 0.0F : 1.0F;
    phase = phase + 1 == task.decimation ? 0 : phase + 1;
    block.w1[n].lane[lane] = task.low_pass_weights[2 * phase];
    block.w2[n].lane[lane] = task.low_pass_weights[2 * phase + 1];
  }
  clock.phase = phase;
}

/// Gives out the steps that are due at `now` and begins the next ones of these lanes. Returns when that is due again.
std::int64_t finish_steps(const LaneTask* tasks, int n_tasks, std::int64_t now, Clock* clocks, int n_rows,
                          RowState<L>* rows) {
  Block::Lanes keep, cross;
  std::int64_t next = kNever;
  for (int lane = 0; lane < kLanes; ++lane) {
    keep.lane[lane] = 1.0F;
    cross.lane[lane] = 0.0F;
    if (lane >= n_tasks) continue;
    const LaneTask& task = tasks[lane];
    Clock& clock = clocks[lane];
    if (clock.next == now) {
      keep.lane[lane] = task.keep;
      cross.lane[lane] = task.cross;
      float* const step = task.steps + clock.n_finished * (n_rows - lyon_model::kFrontRows);
      for (int i = lyon_model::kFrontRows; i < n_rows; ++i) {
        step[i - lyon_model::kFrontRows] = rows[i].low_pass.sum1[lane] * task.scale;
      }
      ++clock.n_finished;
      clock.next = due(task, clock);
    }
    if (clock.next < next) next = clock.next;
  }
  for (int i = lyon_model::kFrontRows; i < n_rows; ++i) {
    low_pass_next_step<L>(keep.all, cross.all, rows[i].low_pass);
  }
  return next;
}

void hear(const KernelDesign& design, const LaneTask* tasks, int n_tasks, const HearRange& range, void* memory) {
  const PassFactors<L> factors = pass_factors(design);
  const int n_rows = design.n_rows;
  const Workspace work(memory, n_rows);
  if (range.first == 0) clear<L>(factors, work.sections, work.rows);
  const OutputPass<L> output = choose_output_pass<L>(design.agc, design.differ);
  Clock clocks[kLanes];
  std::int64_t next = kNever;
  for (int lane = 0; lane < n_tasks; ++lane) {
    clocks[lane] = start_clock(tasks[lane], range.first);
    if (clocks[lane].next < next) next = clocks[lane].next;
  }
  Block block{};
  std::int64_t now = range.first;
  for (; now < range.end; now += kSamples) {
    const int packed = static_cast<int>((now - range.first) % kPacked);
    if (packed == 0) {
      for (int lane = 0; lane < n_tasks; ++lane) pack(tasks[lane], now - range.first, lane, clocks[lane], block);
    }
    cascade_pass<L, kSamples>(factors, work.sections, &block.x[packed].all, &block.pass_front[packed].all, work.u,
                              n_rows);
    for (int n = 0; n < kSamples; ++n) {
      Real* const u = work.u + n * n_rows;
      if (design.agc) first_gain_pass<L>(factors, work.rows, u);
      if (now + n == next) next = finish_steps(tasks, n_tasks, next, clocks, n_rows, work.rows);
      output(factors, work.rows, u, block.w1[packed + n].all, block.w2[packed + n].all);
    }
  }
  if (now == next) finish_steps(tasks, n_tasks, next, clocks, n_rows, work.rows);  // D = 1
}

}  // namespace

EarKernel ear_kernel() {
  return {kLanes, n_bytes, hear};
}

}  // namespace ear::OSSICLE_ISA
