// Kernels: what a launch must keep to, and the grid, carried out in a random order.
#include <cxxabi.h>

#include <limits>
#include <memory>
#include <numeric>

#include "tests/emulated/machine.h"

namespace emulated {

namespace {

constexpr unsigned int kMostThreads = 1024, kMostBlockZ = 64;  // of a block
constexpr std::size_t kUnaskedShared = 49152;                  // that every kernel may have
constexpr unsigned int kMostGridX = 0x7FFFFFFF, kMostGridYz = 65535;
constexpr int kLeastCompute = 75;  // for which the binary is said to hold code: 7.5

bool within(dim3 size, dim3 most) {
  return size.x >= 1 && size.y >= 1 && size.z >= 1 && size.x <= most.x && size.y <= most.y && size.z <= most.z;
}

std::size_t volume(dim3 size) {
  return std::size_t{size.x} * size.y * size.z;
}

uint3 position(std::size_t index, dim3 size) {
  const std::size_t plane = std::size_t{size.x} * size.y;
  return {static_cast<unsigned int>(index % size.x), static_cast<unsigned int>(index % plane / size.x),
          static_cast<unsigned int>(index / plane)};
}

std::string demangled(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                    std::free);
  return status == 0 ? name.get() : type.name();
}

/// 0..n-1 in a random order.
std::vector<std::size_t> shuffled(Machine& m, std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t left = n; left > 1; --left) std::swap(order[left - 1], order[m.draw(left)]);
  return order;
}

/// Every thread of the grid once. The threads of all blocks follow one shuffled order, each from another beginning.
void run_grid(Machine& m, dim3 grid, dim3 block, std::size_t n_shared, const std::function<void()>& thread) {
  std::vector<uint3> threads;
  for (const std::size_t index : shuffled(m, volume(block))) threads.push_back(position(index, block));
  gridDim = grid;
  blockDim = block;
  for (const std::size_t index : shuffled(m, volume(grid))) {
    blockIdx = position(index, grid);
    std::vector<double> shared((n_shared + sizeof(double) - 1) / sizeof(double),
                               std::numeric_limits<double>::quiet_NaN());
    shared_memory = shared.empty() ? nullptr : shared.data();
    const std::size_t begin = m.draw(threads.size());
    for (std::size_t i = 0; i < threads.size(); ++i) {
      threadIdx = threads[(begin + i) % threads.size()];
      thread();
    }
  }
}

cudaError_t check_code(Machine& m) {
  const bool too_old = 10 * m.options.compute_major + m.options.compute_minor < kLeastCompute;
  return too_old || !m.options.has_code ? refuse(m, cudaErrorNoKernelImageForDevice, "no code for the device")
                                        : cudaSuccess;
}

cudaError_t check_shared(Machine& m, const std::type_info& kernel, std::size_t n_bytes) {
  const auto asked = m.shared_limits.find(kernel);
  const std::size_t most = asked == m.shared_limits.end() ? kUnaskedShared : std::max(kUnaskedShared, asked->second);
  if (n_bytes <= std::min(most, m.options.shared_memory)) return cudaSuccess;
  return refuse(m, cudaErrorInvalidValue, "launch: more shared memory than the kernel asked for, or a block can have");
}

cudaError_t check(Machine& m, const std::type_info& kernel, const cudaLaunchConfig_t& config) {
  if (config.stream->device != thread_state().device) {
    return refuse(m, cudaErrorInvalidResourceHandle, "launch: the stream is of another device than the current one");
  }
  if (config.attrs != nullptr || config.numAttrs != 0) {
    return refuse(m, cudaErrorNotSupported, "launch: attributes, of which the stand-in knows none");
  }
  if (const cudaError_t error = check_shared(m, kernel, config.dynamicSmemBytes)) return error;
  if (!within(config.gridDim, {kMostGridX, kMostGridYz, kMostGridYz})) {
    return refuse(m, cudaErrorInvalidConfiguration, "launch: an extent of the grid is 0 or too large");
  }
  if (!within(config.blockDim, {kMostThreads, kMostThreads, kMostBlockZ}) || volume(config.blockDim) > kMostThreads) {
    return refuse(m, cudaErrorInvalidConfiguration, "launch: a block of no threads, or of too many");
  }
  return check_code(m);
}

}  // namespace

cudaError_t launch(const cudaLaunchConfig_t* config, const std::type_info& kernel, std::function<void()> thread) {
  return call([&](Machine& m) {
    if (const cudaError_t error = check_stream(m, config->stream)) return error;
    if (const cudaError_t error = check(m, kernel, *config)) return error;
    const dim3 grid = config->gridDim, block = config->blockDim;
    const auto run = [&m, grid, block, n_shared = config->dynamicSmemBytes, thread = std::move(thread)] {
      run_grid(m, grid, block, n_shared, thread);
      return cudaSuccess;
    };
    return submit(m, config->stream, {run, &Counts::n_launches, demangled(kernel)});
  });
}

cudaError_t allow_shared_memory(const std::type_info& kernel, int n_bytes) {
  return call([&](Machine& m) {
    const bool fits = n_bytes >= 0 && static_cast<std::size_t>(n_bytes) <= m.options.shared_memory;
    if (!fits) return refuse(m, cudaErrorInvalidValue, "cudaFuncSetAttribute: a block has no such shared memory");
    m.shared_limits[kernel] = static_cast<std::size_t>(n_bytes);
    return cudaSuccess;
  });
}

cudaError_t find_code() {
  return call([](Machine& m) { return check_code(m); });
}

}  // namespace emulated
