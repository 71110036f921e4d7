#include "tests/emulated/machine.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace emulated {

namespace {

constexpr int kMajorVersion = 1000;  // of 1000 major + 10 minor, as the runtime writes versions

std::size_t n_handles(const Machine& m) {
  return m.streams.size() + m.events.size() + m.graphs.size() + m.execs.size() + m.blas.size();
}

bool anything_alive(const Machine& m) {
  return n_handles(m) > 0 || m.memory->n_live(false) > 0 || m.memory->n_live(true) > 0;
}

void set_options(Machine& m, const Options& options) {
  m.options = options;
  m.random.seed(options.seed);
  m.started = true;
}

}  // namespace

Machine& machine() {
  static Machine* const only = new Machine;  // never destroyed: statics of a program may free memory at its end
  return *only;
}

ThreadState& thread_state() {
  thread_local ThreadState state;
  const std::uint64_t epoch = machine().epoch;
  if (state.epoch != epoch) state = {epoch};
  return state;
}

void start(Machine& m) {
  if (m.started) return;
  const char* const text = std::getenv("EMULATED_CUDA");
  try {
    set_options(m, text != nullptr ? parse_options(text) : Options{});
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "emulated CUDA: %s\n", error.what());
    std::abort();
  }
}

cudaError_t trouble(const Machine& m) {
  if (m.sticky != cudaSuccess) return m.sticky;
  if (m.options.driver_version / kMajorVersion < CUDART_VERSION / kMajorVersion) return cudaErrorInsufficientDriver;
  return m.options.n_devices == 0 ? cudaErrorNoDevice : cudaSuccess;
}

cudaError_t refuse(Machine& m, cudaError_t error, const std::string& reason) {
  m.refusal = reason;
  return error;
}

void reset(const Options& options, bool force) {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  if (!force && anything_alive(m)) {
    throw std::logic_error("emulated::reset: " + std::to_string(m.memory->n_live(false)) + " device and " +
                           std::to_string(m.memory->n_live(true)) + " pinned allocations and " +
                           std::to_string(n_handles(m)) + " handles are alive");
  }
  m.streams = {};
  m.events = {};
  m.graphs = {};
  m.execs = {};
  m.blas = {};
  m.memory = std::make_unique<Memory>();
  m.sticky = cudaSuccess;
  m.refusal.clear();
  m.counts = {};
  m.shared_limits.clear();
  m.watches = false;
  m.traffic.clear();
  ++m.epoch;
  set_options(m, options);
}

Counts counts() {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  Counts result = m.counts;
  result.n_allocations_live = static_cast<std::int64_t>(m.memory->n_live(false));
  result.bytes_live = static_cast<std::int64_t>(m.memory->bytes_of_devices());
  return result;
}

std::string last_refusal() {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  return m.refusal;
}

}  // namespace emulated
