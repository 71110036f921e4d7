// Queued work: put into streams, carried out in a random order when somebody waits for it.
#include "snn/base/parallel.h"
#include "tests/emulated/machine.h"

namespace emulated {

namespace {

/// While work runs, the memory of one device is within reach; afterwards that of none.
class Running {
 public:
  explicit Running(Memory& memory) : memory_(memory) {}
  ~Running() { memory_.open(kPinned); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Memory& memory_;
  const snn::FlushSubnormals flush_;
};

bool ready(const CUstream_st& stream) {
  if (stream.queue.empty()) return false;
  const auto& waits_for = stream.queue.front().waits_for;
  return waits_for == nullptr || waits_for->done;
}

/// One of the nodes that may run next.
std::size_t draw_node(Machine& m, const Entry& entry) {
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < entry.nodes->size(); ++i) {
    const std::vector<std::size_t>& after = (*entry.nodes)[i].after;
    const bool free = std::all_of(after.begin(), after.end(), [&](std::size_t each) { return entry.done[each]; });
    if (free && !entry.done[i]) candidates.push_back(i);
  }
  return candidates[m.draw(candidates.size())];
}

/// An error in a stream is the end of all work.
void fail(Machine& m, cudaError_t error) {
  m.sticky = error;
  for (const auto& stream : m.streams.all()) stream->queue.clear();
}

cudaError_t carry_out(Machine& m, const Work& work) {
  const bool is_sum = work.tally.kind == Tally::Kind::kernel || work.tally.kind == Tally::Kind::gemm;
  if (!m.watches || !is_sum) return work.run();
  cudaError_t error = cudaSuccess;
  const Memory::Touched touched = m.memory->touched_by([&] { error = work.run(); });
  m.traffic.push_back({work.tally.name, touched.n_read, touched.n_written});
  return error;
}

void run_front(Machine& m, CUstream_st& stream) {
  Entry& entry = stream.queue.front();
  if (entry.n_left > 0) {
    const std::size_t node = draw_node(m, entry);
    m.memory->open(stream.device);
    if (const cudaError_t error = carry_out(m, (*entry.nodes)[node].work)) return fail(m, error);
    entry.done[node] = true;
    --entry.n_left;
  }
  if (entry.n_left > 0) return;
  if (entry.completes != nullptr) entry.completes->done = true;
  stream.queue.pop_front();
}

/// Runs one piece of work of a stream drawn at random; false: there is none.
bool run_one(Machine& m) {
  std::vector<CUstream_st*> candidates;
  for (const auto& stream : m.streams.all()) {
    if (ready(*stream)) candidates.push_back(stream.get());
  }
  if (candidates.empty()) return false;
  run_front(m, *candidates[m.draw(candidates.size())]);
  return true;
}

void remove_destroyed(Machine& m) {
  std::vector<CUstream_st*> gone;
  for (const auto& stream : m.streams.all()) {
    if (stream->destroyed && stream->queue.empty()) gone.push_back(stream.get());
  }
  for (const CUstream_st* const stream : gone) m.streams.remove(stream);
}

}  // namespace

cudaError_t check_stream(Machine& m, cudaStream_t stream) {
  if (stream == nullptr) {
    return refuse(m, cudaErrorInvalidResourceHandle, "the default stream, which the stand-in does not have");
  }
  return m.streams.has(stream) && !stream->destroyed
             ? cudaSuccess
             : refuse(m, cudaErrorInvalidResourceHandle, "a stream that is not alive");
}

void submit_nodes(Machine& m, cudaStream_t stream, std::shared_ptr<const Nodes> nodes,
                  std::shared_ptr<Completion> completes) {
  for (const CUgraphNode_st& node : *nodes) tally(m, node.work.tally);
  const std::size_t n = nodes->size();
  stream->queue.push_back({nullptr, std::move(nodes), std::move(completes), std::vector<bool>(n), n});
}

cudaError_t submit(Machine& m, cudaStream_t stream, Work work) {
  if (const auto& capture = stream->capture) {
    if (capture->invalidated) return invalidate(m, *capture, cudaErrorStreamCaptureInvalidated, "");
    capture->nodes.push_back({std::move(work), stream->tail});
    stream->tail = {capture->nodes.size() - 1};
    return cudaSuccess;
  }
  auto nodes = std::make_shared<Nodes>();
  nodes->push_back({std::move(work), {}});
  submit_nodes(m, stream, std::move(nodes), nullptr);
  return cudaSuccess;
}

cudaError_t run_until(Machine& m, const std::function<bool()>& enough) {
  if (m.sticky != cudaSuccess) return m.sticky;
  const Running running(*m.memory);
  while (!enough() && run_one(m)) {
  }
  if (m.sticky == cudaSuccess && m.memory->damaged()) {
    fail(m, refuse(m, cudaErrorIllegalAddress, "bytes beside an allocation were written to by work that ran just now"));
  }
  remove_destroyed(m);
  return m.sticky;
}

cudaError_t synchronise_all(Machine& m) {
  ++m.counts.n_synchronisations;
  return run_until(m, [] { return false; });
}

}  // namespace emulated
