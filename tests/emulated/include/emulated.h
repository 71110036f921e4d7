#pragma once
// What a test can set and ask of the stand-in for CUDA. The calls themselves: cuda_runtime.h, cublas_v2.h.
#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emulated {

struct Options {
  int n_devices = 1;
  int compute_major = 9, compute_minor = 0;   // of every device
  std::size_t memory = std::size_t{2} << 30;  // bytes of each device
  int driver_version = CUDART_VERSION;        // 0: no driver; a lower major version than the runtime's is too old
  bool has_code = true;                       // whether the binary is said to hold code for its devices
  std::uint64_t seed = 1;                     // of all that is drawn: order of streams, of blocks, of threads
};

/// Least compute capability that the stand-in's binary is said to hold code for: 7.5.
inline constexpr int kLeastComputeMajor = 7, kLeastComputeMinor = 5;

/// What was asked for since the last reset. Work is counted when it is queued, that of a graph at each launch of the
/// graph; work recorded by a capture alone is not counted.
struct Counts {
  std::int64_t n_launches = 0;  // of kernels
  std::int64_t n_gemms = 0;
  std::int64_t n_gemms_without_workspace = 0;  // whose handle was given no workspace since its stream was set
  std::int64_t n_gemms_unaligned = 0;  // of which an operand's columns do not all begin at multiples of 16 bytes
  std::int64_t n_copies_to_device = 0, n_copies_from_device = 0, n_copies_on_device = 0;
  std::int64_t bytes_to_device = 0, bytes_from_device = 0, bytes_on_device = 0;
  std::int64_t n_pageable_copies = 0;  // those of the above whose host memory is not pinned
  std::int64_t n_memsets = 0;
  std::int64_t n_synchronisations = 0;  // of a stream, an event, the device; by cudaFree, cudaFreeHost, a pageable copy
  std::int64_t n_graph_launches = 0;
  std::int64_t n_allocations_live = 0, bytes_live = 0;                // on devices
  std::int64_t n_pinned_allocations_live = 0, pinned_bytes_live = 0;  // pinned host memory
  std::int64_t n_handles_live = 0;  // streams, events, graphs, executable graphs, cuBLAS handles
};

/// A kernel as launched: its type (void (*)(arguments...), demangled), its sizes, and how often.
struct KernelCount {
  std::string name;
  dim3 grid, block;
  std::int64_t n_launches = 0;
};

/// A kernel or product as it was carried out, with the device's memory that it read and wrote: whole pages, each counted once. A
/// page that is written before it is read counts as written alone.
struct Traffic {
  std::string name;  // of a kernel as above; of a product "gemm" and its operations, as "gemm TN"
  std::int64_t bytes_read = 0, bytes_written = 0;
};

/// Notes the traffic of all work from now on until the next reset; slow. Throws std::runtime_error on processors other than
/// x86-64, whose faults do not say whether they are writes.
void watch_traffic();
std::vector<Traffic> traffic();

/// Starts anew under the given options: errors and counts are forgotten, the current device is 0. Throws
/// std::logic_error if memory or handles are alive, unless `force`: then they are dropped, with the work still queued.
void reset(const Options& options = {}, bool force = false);

Counts counts();

/// Why the stand-in last refused a call or met an error in queued work; empty if it never did.
std::string last_refusal();

/// Whether memory, of a device or pinned, is allocated and not freed.
bool allocations_leaked();

/// Kernels launched since the last reset, in the order of their first launch; one entry for each name and size.
std::vector<KernelCount> kernels();

/// How many launches since the last reset were of kernels whose name holds `text`.
std::int64_t launches_of(const std::string& text);

/// Options as the environment variable EMULATED_CUDA gives them, e.g. "devices=0", "compute=6.1,memory=1000000",
/// "driver=0", "seed=7". They hold from the first call if reset was not called before. Throws std::invalid_argument.
Options parse_options(const std::string& text);

}  // namespace emulated
