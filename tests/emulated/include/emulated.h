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
  std::size_t shared_memory = 232448;         // bytes that a block can have, if its kernel asks for them
  int driver_version = CUDART_VERSION;        // 0: no driver; a lower major version than the runtime's is too old
  bool has_code = true;                       // whether the binary is said to hold code for its devices
  std::uint64_t seed = 1;                     // of all that is drawn: order of streams, of blocks, of threads
};

/// What was asked for since the last reset. Work is counted when it is queued, that of a graph at each launch of the
/// graph; work recorded by a capture alone is not counted.
struct Counts {
  std::int64_t n_launches = 0;  // of kernels
  std::int64_t n_gemms = 0;
  std::int64_t n_gemms_unaligned = 0;  // calls of which an operand's columns do not all begin at multiples of 16 bytes
  std::int64_t n_copies_to_device = 0, n_copies_from_device = 0;
  std::int64_t n_memsets = 0;
  std::int64_t n_synchronisations = 0;  // of a stream, an event, the device; by cudaFree and cudaFreeHost
  std::int64_t n_graph_launches = 0;
  std::int64_t n_allocations_live = 0, bytes_live = 0;  // on devices
};

/// A kernel or product as it was carried out, with the device's memory that it read and wrote: whole pages, each counted once. A
/// page that is written before it is read counts as written alone.
struct Traffic {
  std::string
      name;  // of a kernel its type, void (*)(arguments...); of a product "gemm" and its operations, as "gemm TN"
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

}  // namespace emulated
