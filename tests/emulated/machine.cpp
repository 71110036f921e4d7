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

void count_kernel(Machine& m, const Tally& tally) {
  ++m.counts.n_launches;
  const auto same = [](dim3 a, dim3 b) { return a.x == b.x && a.y == b.y && a.z == b.z; };
  for (KernelCount& each : m.kernels) {
    if (each.name == tally.name && same(each.grid, tally.grid) && same(each.block, tally.block)) {
      ++each.n_launches;
      return;
    }
  }
  m.kernels.push_back({tally.name, tally.grid, tally.block, 1});
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

void tally(Machine& m, const Tally& tally) {
  Counts& counts = m.counts;
  counts.n_pageable_copies += tally.pageable ? 1 : 0;
  switch (tally.kind) {
    case Tally::Kind::kernel:
      return count_kernel(m, tally);
    case Tally::Kind::gemm:
      counts.n_gemms_without_workspace += tally.without_workspace ? 1 : 0;
      counts.n_gemms_unaligned += tally.unaligned ? 1 : 0;
      ++counts.n_gemms;
      return;
    case Tally::Kind::copy_to_device:
      counts.bytes_to_device += tally.n_bytes;
      ++counts.n_copies_to_device;
      return;
    case Tally::Kind::copy_from_device:
      counts.bytes_from_device += tally.n_bytes;
      ++counts.n_copies_from_device;
      return;
    case Tally::Kind::copy_on_device:
      counts.bytes_on_device += tally.n_bytes;
      ++counts.n_copies_on_device;
      return;
    case Tally::Kind::memset:
      ++counts.n_memsets;
      return;
  }
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
  m.captures.clear();
  m.memory = std::make_unique<Memory>();
  m.sticky = cudaSuccess;
  m.refusal.clear();
  m.counts = {};
  m.kernels.clear();
  m.watches = false;
  m.traffic.clear();
  ++m.epoch;
  set_options(m, options);
}

Counts counts() {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  const auto n = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  Counts result = m.counts;
  result.n_allocations_live = n(m.memory->n_live(false));
  result.bytes_live = n(m.memory->bytes_of_devices());
  result.n_pinned_allocations_live = n(m.memory->n_live(true));
  result.pinned_bytes_live = n(m.memory->bytes_live(kPinned));
  result.n_handles_live = n(n_handles(m));
  return result;
}

std::string last_refusal() {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  return m.refusal;
}

bool allocations_leaked() {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  return m.memory->n_live(false) > 0 || m.memory->n_live(true) > 0;
}

std::vector<KernelCount> kernels() {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  return m.kernels;
}

std::int64_t launches_of(const std::string& text) {
  std::int64_t sum = 0;
  for (const KernelCount& each : kernels()) sum += each.name.find(text) != std::string::npos ? each.n_launches : 0;
  return sum;
}

}  // namespace emulated
