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

/// An error in a stream is the end of all work.
void fail(Machine& m, cudaError_t error) {
  m.sticky = error;
  for (const auto& stream : m.streams.all()) stream->queue.clear();
}

cudaError_t carry_out(Machine& m, const Work& work) {
  if (!m.watches || work.name.empty()) return work.run();
  cudaError_t error = cudaSuccess;
  const Memory::Touched touched = m.memory->touched_by([&] { error = work.run(); });
  m.traffic.push_back({work.name, touched.n_read, touched.n_written});
  return error;
}

void run_front(Machine& m, CUstream_st& stream) {
  Entry& entry = stream.queue.front();
  const std::size_t n_works = entry.works == nullptr ? 0 : entry.works->size();
  if (entry.n_done < n_works) {
    m.memory->open(stream.device);
    if (const cudaError_t error = carry_out(m, (*entry.works)[entry.n_done])) return fail(m, error);
    ++entry.n_done;
  }
  if (entry.n_done < n_works) return;
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

}  // namespace

cudaError_t check_stream(Machine& m, cudaStream_t stream) {
  if (m.streams.has(stream)) return cudaSuccess;
  return refuse(m, cudaErrorInvalidResourceHandle, "a stream that is not alive, or the default one, which is not here");
}

void queue(Machine& m, cudaStream_t stream, std::shared_ptr<const Works> works) {
  for (const Work& work : *works) ++(m.counts.*work.counted);
  stream->queue.push_back({nullptr, std::move(works)});
}

cudaError_t submit(Machine& m, cudaStream_t stream, Work work) {
  if (stream->capture == nullptr) {
    queue(m, stream, std::make_shared<const Works>(1, std::move(work)));
    return cudaSuccess;
  }
  if (stream->capture->invalidated) return cudaErrorStreamCaptureInvalidated;
  stream->capture->works.push_back(std::move(work));
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
  return m.sticky;
}

cudaError_t synchronise_all(Machine& m) {
  ++m.counts.n_synchronisations;
  return run_until(m, [] { return false; });
}

}  // namespace emulated
