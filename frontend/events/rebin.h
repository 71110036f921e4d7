#pragma once
// Events to steps of equal width: rasters and counts from recordings of events.
#include <optional>

#include "frontend/base/fields.h"
#include "frontend/events/event_source.h"
#include "frontend/stream/recipe.h"
#include "frontend/stream/rules.h"
#include "frontend/stream/stream.h"

namespace ear {

/// Longest utterance, s: what lasts longer has its times in another unit than was said.
inline constexpr double kMaxUtterance_s = 3600.0;

/// Relative guard of a bin's edge, see bin_of(): 1 ns in a second, far above the rounding of doubles (4e-16) and far
/// below the 1 us in which sensors count.
inline constexpr double kEdgeGuard = 1e-9;

/// Of a recording that is stretched or filled up to a number of steps.
inline constexpr int kMaxFixedSteps = 1'000'000;

/// What a person sets; of n_steps, max_steps and fixed_steps one.
struct RebinParams {
  double bin_ms = 3.0;  ///< w, ms: N-TIDIGITS then has about 300 steps; not used where n_steps is set
  int n_steps = 0;      ///< T: each recording is stretched to T steps of equal width; 0: steps of bin_ms
  int max_steps = 0;    ///< what follows is dropped; 0: nothing is
  /// T of every recording: what follows is dropped, silence follows what is shorter.
  std::optional<int> fixed_steps = std::nullopt;
  int n_channels = 0;   ///< N, at most those recorded: channel c of C goes to floor(c N / C); 0: all C stay
  bool counts = false;  ///< events in a step, at most 65,535, in place of whether there is one
  bool operator==(const RebinParams&) const = default;
};
template <MaybeConst<RebinParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"n_channels", {0, kMaxChannels}}, p.n_channels);
  f({"bin_ms", {1e-6, kMaxUtterance_s * 1000}}, p.bin_ms);
  f({"n_steps", {0, kMaxFixedSteps}}, p.n_steps);
  f({"max_steps", at_least(0)}, p.max_steps);
  f({.name = "fixed_steps", .range = {1, kMaxFixedSteps}, .may_lack = true}, p.fixed_steps);
  f({"counts"}, p.counts);
}

/// Throws std::invalid_argument naming the field, the range and the value found.
void validate(const RebinParams& params);

/// One recording in steps.
struct Binned {
  int n_steps = 0;                 ///< T >= 1
  double dt_ms = 0.0;              ///< width of a step
  Array data;                      ///< raster (uint8) or counts (uint16), [step][channel]
  long long dropped_events = 0;    ///< beyond max_steps or fixed_steps
  long long saturated_events = 0;  ///< left out of counts that had reached 65,535
  bool silent = false;             ///< no event is left, or there was none
  bool finer = false;              ///< the steps are narrower than the times are known
};

/// The bin of width_s > 0 that time_s >= 0 lies in: floor(time / width (1 + kEdgeGuard)). Bins start at t = 0, not at the first
/// event, and are half-open, [k w, (k + 1) w). The guard lets a time that a person writes as a multiple of the width (0.009 s in
/// bins of 0.003 s) fall into the bin that it begins, though neither number is exact in binary and the quotient may come out
/// just below the integer.
long long bin_of(double time_s, double width_s);

/// How many bins of width_s > 0 cover a recording of duration_s >= 0, an end within kEdgeGuard of an edge being at it.
long long bins_covering(double duration_s, double width_s);

/// Steps of bin_ms: fixed_steps, or as many as reach the last event and cover the duration, at least 1, at most max_steps.
/// Stretched: the width is the recording's length / T, where the length is the duration or, where that is not known, the time
/// of the last event, which then falls into the last step though it lies on its end. Without events, a recording of known
/// duration is silence.
/// `n_channels`: C of the source. Throws std::runtime_error if the recording has neither events nor a known duration, has no
/// length to stretch, is longer than kMaxUtterance_s or makes an array beyond FORMAT.md's limit (before memory is taken);
/// std::invalid_argument as validate(), for more channels than recorded and for events that break EventRecord's promises.
Binned rebin(const EventRecord& record, int n_channels, const RebinParams& params);

/// Channels of the result: params.n_channels, or all `n_channels` of the source. Throws std::invalid_argument for more than
/// those.
int rebinned_channels(int n_channels, const RebinParams& params);

/// The recipe stage "ossicle-rebin": every parameter that changes numbers, for a source of `n_channels`, as input_channels; of
/// bin_ms and n_steps the one not used is 0. Which recordings were taken changes none.
RecipeStage to_stage(const RebinParams& params, int n_channels);

/// Back from a stage; to_stage(rebin_params(stage), get<std::int64_t>(stage, "input_channels")) equals stage. Throws
/// std::runtime_error if the stage is another tool's, lacks a parameter or has one out of range.
RebinParams rebin_params(const RecipeStage& stage);

}  // namespace ear
