#include "frontend/events/rebin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "frontend/base/require.h"
#include "frontend/base/units.h"
#include "frontend/stream/rules.h"
#include "frontend/stream/stage_fields.h"

namespace ear {

namespace {

/// What EventRecord promises.
void check_promises(const EventRecord& record, int n_channels) {
  const std::string fault = first_fault(record, n_channels);
  require(fault.empty(), "{}", fault);
  require(std::ranges::is_sorted(record.times_s), "times that decrease");
  require(std::isfinite(record.duration_s) && record.duration_s >= 0.0, "duration {} s, wanted 0 or more",
          record.duration_s);
}

/// Width and number of the steps.
struct Plan {
  double width_s = 0.0;
  long long n_steps = 0;
};

Plan plan_steps(const EventRecord& record, const RebinParams& params) {
  const bool empty = record.times_s.empty();
  const double last_s = empty ? 0.0 : record.times_s.back();
  const double length_s = std::max(record.duration_s, last_s);
  if (length_s > kMaxUtterance_s) {
    throw std::runtime_error(
        fmt::format("an utterance of {:.6g} s is longer than an hour: are its times in another unit?", length_s));
  }
  if (empty && record.duration_s == 0.0) {
    throw std::runtime_error("has no events, and how long it lasts is not known");
  }
  if (params.n_steps > 0) {
    const double width_s = length_s / params.n_steps;
    if (width_s * kMsPerSecond > 0.0) return {width_s, params.n_steps};
    throw std::runtime_error(
        fmt::format("all events are at 0 s: there is no length to stretch to {} steps; give the steps a width instead",
                    params.n_steps));
  }
  const double width_s = params.bin_ms / kMsPerSecond;
  if (params.fixed_steps) return {width_s, *params.fixed_steps};
  long long n_steps = std::max(1LL, bins_covering(record.duration_s, width_s));
  if (!empty) n_steps = std::max(n_steps, bin_of(last_s, width_s) + 1);
  if (params.max_steps > 0) n_steps = std::min<long long>(n_steps, params.max_steps);
  return {width_s, n_steps};
}

/// Adds the events to cells of [step][channel]; a cell holds `most` at most.
template <class Cell>
void add_events(const EventRecord& record, int n_channels, const Plan& plan, bool clamp, std::vector<Cell>& cells,
                Binned& binned) {
  const auto columns = static_cast<long long>(cells.size()) / plan.n_steps;
  for (std::size_t e = 0; e < record.times_s.size(); ++e) {
    long long step = bin_of(record.times_s[e], plan.width_s);
    if (clamp) step = std::min(step, plan.n_steps - 1);
    if (step >= plan.n_steps) {
      binned.dropped_events = static_cast<long long>(record.times_s.size() - e);  // no later one comes earlier
      break;
    }
    const long long column = columns == n_channels ? record.channels[e] : record.channels[e] * columns / n_channels;
    Cell& cell = cells[static_cast<std::size_t>(step * columns + column)];
    if constexpr (sizeof(Cell) == 1) {
      cell = 1;
    } else if (cell < std::numeric_limits<Cell>::max()) {
      ++cell;
    } else {
      ++binned.saturated_events;
    }
  }
}

}  // namespace

void validate(const RebinParams& params) {
  check_fields(params);
  require((params.n_steps > 0) + (params.max_steps > 0) + params.fixed_steps.has_value() <= 1,
          "n_steps {}, max_steps {} and fixed_steps {}: set one of them", params.n_steps, params.max_steps,
          params.fixed_steps.value_or(0));
}

long long bin_of(double time_s, double width_s) {
  return static_cast<long long>(time_s / width_s * (1.0 + kEdgeGuard));  // >= 0, so cutting the fraction is floor
}

long long bins_covering(double duration_s, double width_s) {
  return static_cast<long long>(std::ceil(duration_s / width_s * (1.0 - kEdgeGuard)));
}

int rebinned_channels(int n_channels, const RebinParams& params) {
  require(params.n_channels <= n_channels, "{} channels wanted of {} recorded: neighbours can be merged, not split",
          params.n_channels, n_channels);
  return params.n_channels > 0 ? params.n_channels : n_channels;
}

Binned rebin(const EventRecord& record, int n_channels, const RebinParams& params) {
  validate(params);
  require(n_channels >= 1 && n_channels <= kMaxChannels, "a source of {} channels, wanted 1 to {}", n_channels,
          kMaxChannels);
  const int columns = rebinned_channels(n_channels, params);
  check_promises(record, n_channels);
  const Plan plan = plan_steps(record, params);
  const std::size_t item = item_size(params.counts ? Kind::kCounts : Kind::kRaster);
  const long long most = static_cast<long long>(kMaxArrayBytes / item) / columns;
  if (plan.n_steps > std::min<long long>(most, std::numeric_limits<int>::max())) {
    throw std::runtime_error(
        fmt::format("{} steps of {} channels are more than {} bytes; are its times in another unit? If not, take wider "
                    "steps or crop",
                    plan.n_steps, columns, kMaxArrayBytes));
  }
  Binned binned;
  binned.n_steps = static_cast<int>(plan.n_steps);
  binned.dt_ms = params.n_steps > 0 ? plan.width_s * kMsPerSecond : params.bin_ms;
  binned.finer = plan.width_s < record.resolution_s * (1.0 - kEdgeGuard);
  const auto n_cells = static_cast<std::size_t>(plan.n_steps) * static_cast<std::size_t>(columns);
  const auto fill = [&](auto cells) {
    add_events(record, n_channels, plan, params.n_steps > 0, cells, binned);
    binned.data = std::move(cells);
  };
  if (params.counts) {
    fill(std::vector<std::uint16_t>(n_cells));
  } else {
    fill(std::vector<std::uint8_t>(n_cells));
  }
  binned.silent = static_cast<long long>(record.times_s.size()) == binned.dropped_events;
  return binned;
}

RecipeStage to_stage(const RebinParams& params, int n_channels) {
  validate(params);
  RebinParams used = params;
  used.n_channels = rebinned_channels(n_channels, params);
  if (params.n_steps > 0) used.bin_ms = 0.0;
  RecipeStage stage{kRebinTool, {{"input_channels", std::int64_t{n_channels}}}};
  write_fields(used, stage);
  return stage;
}

RebinParams rebin_params(const RecipeStage& stage) {
  require_tool(stage, kRebinTool);
  RebinParams params;
  read_fields(stage, params);
  if (params.n_steps > 0) params.bin_ms = RebinParams().bin_ms;
  int n_recorded = 0;
  read_value(stage, "input_channels", n_recorded);
  try {
    validate(params);
    rebinned_channels(n_recorded, params);
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(fmt::format("recipe of {}: {}", kRebinTool, error.what()));
  }
  return params;
}

}  // namespace ear
