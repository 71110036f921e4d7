// Devices and their memory.
#include <cstring>

#include "tests/emulated/machine.h"

namespace emulated {

namespace {

constexpr char kName[] = "Emulated device";

cudaError_t check_device(Machine& m, int device) {
  if (device >= 0 && device < m.options.n_devices) return cudaSuccess;
  return refuse(m, cudaErrorInvalidDevice, "no device " + std::to_string(device));
}

cudaError_t allocate(Machine& m, void** pointer, std::size_t n_bytes, int device) {
  *pointer = nullptr;
  if (const cudaError_t error = refuse_in_capture(m)) return error;
  if (n_bytes == 0) return cudaSuccess;
  if (device != kPinned && n_bytes > m.options.memory - m.memory->bytes_live(device)) {
    return refuse(m, cudaErrorMemoryAllocation,
                  "cudaMalloc: " + std::to_string(n_bytes) + " bytes wanted, " +
                      std::to_string(m.memory->bytes_live(device)) + " of " + std::to_string(m.options.memory) +
                      " taken");
  }
  *pointer = m.memory->allocate(n_bytes, device);
  return *pointer != nullptr ? cudaSuccess : refuse(m, cudaErrorMemoryAllocation, "the host has no more memory");
}

cudaError_t release(Machine& m, void* pointer, bool pinned) {
  if (const cudaError_t error = refuse_in_capture(m)) return error;
  if (pointer == nullptr) return cudaSuccess;
  if (const cudaError_t error = synchronise_all(m)) return error;
  return m.memory->release(pointer, pinned) ? cudaSuccess
                                            : refuse(m, cudaErrorInvalidValue, "freed twice, or never allocated so");
}

}  // namespace

}  // namespace emulated

using emulated::call;
using emulated::Machine;

cudaError_t cudaDriverGetVersion(int* version) {
  Machine& m = emulated::machine();
  const std::lock_guard lock(m.mutex);
  emulated::start(m);
  *version = m.options.driver_version;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 0;
  return call([&](Machine& m) {
    *count = m.options.n_devices;
    return cudaSuccess;
  });
}

cudaError_t cudaSetDevice(int device) {
  return call([&](Machine& m) {
    const cudaError_t error = emulated::check_device(m, device);
    if (error == cudaSuccess) emulated::thread_state().device = device;
    return error;
  });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_device(m, device)) return error;
    *properties = {.name = {},
                   .major = m.options.compute_major,
                   .minor = m.options.compute_minor,
                   .sharedMemPerBlockOptin = m.options.shared_memory};
    std::memcpy(properties->name, emulated::kName, sizeof(emulated::kName));
    return cudaSuccess;
  });
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  return call([&](Machine& m) {
    *total = m.options.memory;
    *free = m.options.memory - m.memory->bytes_live(emulated::thread_state().device);
    return cudaSuccess;
  });
}

cudaError_t cudaMalloc(void** pointer, std::size_t n_bytes) {
  return call([&](Machine& m) { return emulated::allocate(m, pointer, n_bytes, emulated::thread_state().device); });
}

cudaError_t cudaMallocHost(void** pointer, std::size_t n_bytes) {
  return call([&](Machine& m) { return emulated::allocate(m, pointer, n_bytes, emulated::kPinned); });
}

cudaError_t cudaFree(void* pointer) {
  return call([&](Machine& m) { return emulated::release(m, pointer, false); });
}

cudaError_t cudaFreeHost(void* pointer) {
  return call([&](Machine& m) { return emulated::release(m, pointer, true); });
}
