#include "snn/backend/cpu/stages.h"

#include <algorithm>

#include "snn/backend/cpu/product.h"
#include "snn/backend/cpu/spike_product.h"
#include "snn/base/parallel.h"

namespace snn {

namespace {

/// Utterances that a thread takes at a time, [first, last).
struct Group {
  int first, last;
};

std::vector<Group> make_groups(const Shape& shape, const int* row_begin) {
  std::vector<Group> groups;
  for (int b = 0; b < shape.n_batch;) {
    const int first = b;
    while (b < shape.n_batch && row_begin[b] - row_begin[first] < kGroupRows) ++b;
    groups.push_back({first, b});
  }
  return groups;
}

/// Of a recurrent layer, backward: as large as all threads can have them. An utterance's bits do not depend on the others.
std::vector<Group> make_walking_groups(int n_batch, int n_threads) {
  const int share = (n_batch + n_threads - 1) / n_threads, size = std::min(kWalkedTogether, (share + 3) / 4 * 4);
  std::vector<Group> groups;
  for (int b = 0; b < n_batch; b += size) groups.push_back({b, std::min(b + size, n_batch)});
  return groups;
}

template <class T>
T* grown(std::vector<T>& scratch, std::size_t size) {
  if (scratch.size() < size) scratch.resize(size);
  return scratch.data();
}

/// The forward stage of one group of utterances.
template <class Real>
class ForwardGroup {
 public:
  using Worker = typename ForwardScratch<Real>::Worker;

  ForwardGroup(const Kernels<Real>& kernels, const ForwardStage<Real>& stage, const Group& group, Worker& worker)
      : kernels_(kernels),
        stage_(stage),
        worker_(worker),
        first_row_(stage.scan.row_begin[group.first]),
        last_row_(stage.scan.row_begin[group.last]) {
    tiles_.scan = stage.scan;
    tiles_.spikes = static_cast<std::uint64_t*>(stage.spikes);
    tiles_.first_batch = group.first;
    tiles_.last_batch = group.last;
    tiles_.has_drive = stage.sources.empty();
    tiles_.drive_only = stage.drive_only;
    tiles_.sums = stage.sums ? &*stage.sums : nullptr;
    tiles_.norm = stage.norm ? &*stage.norm : nullptr;
    if (stage.scan.u == nullptr) {
      tiles_.scan.u = grown(worker.u, pitched_area(n_rows(), stage.scan.shape.n_neurons));
      tiles_.scan.first_row = first_row_;
    }
  }

  void add_dense(const WeightedSource<Real>& weighted) {
    const Source<Real>& source = weighted.source;
    const int n_neurons = stage_.scan.shape.n_neurons;
    multiply_delayed(kernels_,
                     Product<Real>{.a = dense(source),
                                   .b = weighted.w,
                                   .b_transposed = true,
                                   .c = tiles_.scan.u + pitched_area(first_row_ - tiles_.scan.first_row, n_neurons),
                                   .m = n_rows(),
                                   .n = n_neurons,
                                   .k = source.n_neurons,
                                   .accumulate = tiles_.has_drive},
                     {.row_begin = stage_.scan.row_begin + tiles_.first_batch,
                      .n_batch = tiles_.last_batch - tiles_.first_batch,
                      .delays = weighted.delays},
                     worker_.kept);
    tiles_.has_drive = true;
  }

  void add_events(const WeightedSource<Real>& weighted, const Real* panels) {
    const Source<Real>& source = weighted.source;
    const std::size_t i = n_listed_++;
    if (worker_.begin.size() <= i) worker_.begin.resize(i + 1), worker_.events.resize(i + 1);
    const SpikeRows rows = spike_rows(source, first_row_, last_row_);
    std::uint32_t* begin = grown(worker_.begin[i], static_cast<std::size_t>(n_rows()) + 1);
    std::uint16_t* events = grown(worker_.events[i], kernels_.count_spikes(rows) + kEventSlack);
    kernels_.list_by_row(rows, begin, events);
    for (const int delay : weighted.delays) {
      events_.push_back({{begin, events}, panels, source.n_neurons, delay});
      panels += size_of_panels(source.n_neurons, stage_.scan.shape.n_neurons);
    }
  }

  /// panels: of the lateral matrix.
  void add_lateral(const Real* panels) {
    const int n_neurons = stage_.scan.shape.n_neurons, n_tiles = count_tiles(n_neurons);
    tiles_.recurrence = {panels, grown(worker_.tiles, static_cast<std::size_t>(n_tiles)),
                         grown(worker_.arrives, area(n_tiles, kTileWidth)),
                         grown(worker_.own_events, static_cast<std::size_t>(n_neurons) + kEventSlack)};
  }

  void run() {
    tiles_.sources = events_.data();
    tiles_.n_sources = static_cast<int>(events_.size());
    kernels_.forward(tiles_);
  }

 private:
  int n_rows() const { return last_row_ - first_row_; }

  /// The source's values in the group's rows.
  const Real* dense(const Source<Real>& source) {
    if (source.values != nullptr) return source.values + pitched_area(first_row_, source.n_neurons);
    if (expanded_ == source.spikes) return worker_.dense.data();
    expanded_ = source.spikes;
    Real* values = grown(worker_.dense, pitched_area(n_rows(), source.n_neurons));
    kernels_.expand(spike_rows(source, first_row_, last_row_), source.n_neurons, values);
    return values;
  }

  const Kernels<Real>& kernels_;
  const ForwardStage<Real>& stage_;
  Worker& worker_;
  int first_row_, last_row_;
  ForwardTiles<Real> tiles_;
  std::vector<typename ForwardTiles<Real>::Events> events_;
  std::size_t n_listed_ = 0;
  const void* expanded_ = nullptr;  // spikes that worker_.dense holds
};

}  // namespace

/// Drive = sum of W s over the chain and skips alike, by ForwardGroup; the scan filters it into the current. [ScSr Eq. 7]
template <class Real>
void run_forward(const Kernels<Real>& kernels, const ForwardStage<Real>& stage, int n_threads,
                 ForwardScratch<Real>& scratch) {
  const Shape& shape = stage.scan.shape;
  scratch.panels.resize(std::max(scratch.panels.size(), stage.sources.size()));
  scratch.workers.resize(static_cast<std::size_t>(count_threads(n_threads)));
  std::vector<bool> events(stage.sources.size());
  for (std::size_t i = 0; i < stage.sources.size(); ++i) {
    const Source<Real>& source = stage.sources[i].source;
    events[i] =
        source.spikes != nullptr && by_events(kernels.count_spikes(spike_rows(source, 0, shape.n_rows)), shape.n_rows,
                                              source.n_neurons, stage.only_events ? 1.0 : kMostEvents);
    if (!events[i]) continue;
    pack_panels(kernels, stage.sources[i], shape.n_neurons, n_threads, scratch.panels[i]);
  }
  if (stage.lateral) {
    pack_panels(kernels, {{shape.n_neurons}, stage.lateral->w}, shape.n_neurons, n_threads, scratch.lateral_panels);
  }
  const std::vector<Group> groups = make_groups(shape, stage.scan.row_begin);
  parallel_workers(static_cast<int>(groups.size()), n_threads, [&](int g, int worker) {
    ForwardGroup<Real> group(kernels, stage, groups[static_cast<std::size_t>(g)],
                             scratch.workers[static_cast<std::size_t>(worker)]);
    for (std::size_t i = 0; i < stage.sources.size(); ++i) {
      if (!events[i]) group.add_dense(stage.sources[i]);
    }
    for (std::size_t i = 0; i < stage.sources.size(); ++i) {
      if (events[i]) group.add_events(stage.sources[i], scratch.panels[i].data());
    }
    if (stage.lateral) group.add_lateral(scratch.lateral_panels.data());
    group.run();
  });
}

namespace {

/// Error of the PSCs = sum of delta W over the targets: the next layer [ScSr Eq. 16] and those of skips [ScSr Eq. 19].
template <class Real>
void add_targets(const Kernels<Real>& kernels, const BackwardStage<Real>& stage, const Group& group,
                 std::vector<Real>& kept) {
  const Shape& shape = stage.scan.shape;
  const int first_row = stage.scan.row_begin[group.first], n_rows = stage.scan.row_begin[group.last] - first_row;
  bool is_there = false;
  for (const Target<Real>& target : stage.targets) {
    multiply_delayed(kernels,
                     Product<Real>{.a = target.delta + pitched_area(first_row, target.n_neurons),
                                   .b = target.w,
                                   .c = stage.scan.delta + shape.index(first_row, 0),
                                   .m = n_rows,
                                   .n = shape.n_neurons,
                                   .k = target.n_neurons,
                                   .accumulate = is_there},
                     {.row_begin = stage.scan.row_begin + group.first,
                      .n_batch = group.last - group.first,
                      .delays = target.delays,
                      .is_later = true},
                     kept);
    is_there = true;
  }
}

/// The utterances of a group of a recurrent layer step by step, one product for all of them between two steps.
template <class Real>
void walk_back(const Kernels<Real>& kernels, const BackwardStage<Real>& stage, const Group& group,
               typename BackwardScratch<Real>::Worker& worker) {
  const int n_neurons = stage.scan.shape.n_neurons, n_batch = group.last - group.first;
  const int* row_begin = stage.scan.row_begin + group.first;
  int n_steps = 1;
  for (int b = 0; b < n_batch; ++b) n_steps = std::max(n_steps, row_begin[b + 1] - row_begin[b]);
  const int n_rows = whole_rows(n_batch);
  worker.leaves.assign(pitched_area(n_rows, n_neurons), Real(0));
  Real* leaves = worker.leaves.data();
  Real* arrives = grown(worker.arrives, pitched_area(n_rows, n_neurons));
  if (stage.scan.rule == Rule::kStep) grown(worker.psc, area(row_begin[n_batch] - row_begin[0], n_neurons));
  BackwardStep<Real> step{
      .scan = stage.scan,
      .state = {grown(worker.tiles, area(n_batch, count_tiles(n_neurons))), group.first, nullptr, leaves},
      .step = n_steps - 1};
  for (; step.step >= 0; --step.step) {
    kernels.step_back(step, stage.gain ? &*stage.gain : nullptr, group.first, group.last, worker.psc.data());
    kernels.multiply({.a = leaves, .b = stage.lateral->w, .c = arrives, .m = n_rows, .n = n_neurons, .k = n_neurons});
    step.state.arrives = arrives;
  }
}

}  // namespace

template <class Real>
void run_backward(const Kernels<Real>& kernels, const BackwardStage<Real>& stage, int n_threads,
                  BackwardScratch<Real>& scratch) {
  const Shape& shape = stage.scan.shape;
  const int* row_begin = stage.scan.row_begin;
  scratch.workers.resize(static_cast<std::size_t>(count_threads(n_threads)));
  const std::vector<Group> groups =
      stage.lateral ? make_walking_groups(shape.n_batch, count_threads(n_threads)) : make_groups(shape, row_begin);
  parallel_workers(static_cast<int>(groups.size()), n_threads, [&](int g, int thread) {
    const Group& group = groups[static_cast<std::size_t>(g)];
    auto& worker = scratch.workers[static_cast<std::size_t>(thread)];
    add_targets(kernels, stage, group, worker.kept);
    if (stage.lateral) return walk_back(kernels, stage, group, worker);
    if (stage.scan.rule == Rule::kStep)
      grown(worker.psc, area(row_begin[group.last] - row_begin[group.first], kTileWidth));
    kernels.backward(stage.scan, stage.gain ? &*stage.gain : nullptr, group.first, group.last, worker.psc.data());
  });
}

template void run_forward(const Kernels<OSSICLE_REAL>&, const ForwardStage<OSSICLE_REAL>&, int,
                          ForwardScratch<OSSICLE_REAL>&);
template void run_backward(const Kernels<OSSICLE_REAL>&, const BackwardStage<OSSICLE_REAL>&, int,
                           BackwardScratch<OSSICLE_REAL>&);

}  // namespace snn
