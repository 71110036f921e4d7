// Devices and their memory.
#include <cstring>

#include "tests/emulated/machine.h"

namespace emulated {

namespace {

constexpr int kMultiprocessors = 132;
constexpr char kName[] = "Emulated device";

bool known(const Machine& m, int device) {
  return device >= 0 && device < m.options.n_devices;
}

cudaError_t attribute(Machine& m, int* value, cudaDeviceAttr which) {
  switch (which) {
    case cudaDevAttrMultiProcessorCount:
      *value = kMultiprocessors;
      return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor:
      *value = m.options.compute_major;
      return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor:
      *value = m.options.compute_minor;
      return cudaSuccess;
  }
  return refuse(m, cudaErrorInvalidValue, "cudaDeviceGetAttribute: an attribute that the stand-in does not know");
}

cudaError_t allocate(Machine& m, void** pointer, std::size_t n_bytes, int device) {
  if (pointer == nullptr) return refuse(m, cudaErrorInvalidValue, "no place for the address of the allocation");
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
using emulated::refuse;

cudaError_t cudaDriverGetVersion(int* version) {
  Machine& m = emulated::machine();
  const std::lock_guard lock(m.mutex);
  emulated::start(m);
  if (version == nullptr) return cudaErrorInvalidValue;
  *version = m.options.driver_version;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  if (version == nullptr) return cudaErrorInvalidValue;
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  if (count != nullptr) *count = 0;
  return call([&](Machine& m) {
    if (count == nullptr) return refuse(m, cudaErrorInvalidValue, "cudaGetDeviceCount: no place for the count");
    *count = m.options.n_devices;
    return cudaSuccess;
  });
}

cudaError_t cudaSetDevice(int device) {
  return call([&](Machine& m) {
    if (!emulated::known(m, device)) return refuse(m, cudaErrorInvalidDevice, "cudaSetDevice: no such device");
    emulated::thread_state().device = device;
    return cudaSuccess;
  });
}

cudaError_t cudaGetDevice(int* device) {
  return call([&](Machine& m) {
    if (device == nullptr) return refuse(m, cudaErrorInvalidValue, "cudaGetDevice: no place for the number");
    *device = emulated::thread_state().device;
    return cudaSuccess;
  });
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  return call([&](Machine& m) {
    if (value == nullptr) return refuse(m, cudaErrorInvalidValue, "cudaDeviceGetAttribute: no place for the value");
    if (!emulated::known(m, device)) return refuse(m, cudaErrorInvalidDevice, "cudaDeviceGetAttribute: no such device");
    return emulated::attribute(m, value, attribute);
  });
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  return call([&](Machine& m) {
    if (properties == nullptr) return refuse(m, cudaErrorInvalidValue, "cudaGetDeviceProperties: no place for them");
    if (!emulated::known(m, device))
      return refuse(m, cudaErrorInvalidDevice, "cudaGetDeviceProperties: no such device");
    *properties = {};
    std::memcpy(properties->name, emulated::kName, sizeof(emulated::kName));
    properties->totalGlobalMem = m.options.memory;
    properties->major = m.options.compute_major;
    properties->minor = m.options.compute_minor;
    properties->multiProcessorCount = emulated::kMultiprocessors;
    properties->sharedMemPerBlockOptin = m.options.shared_memory;
    return cudaSuccess;
  });
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  return call([&](Machine& m) {
    if (free == nullptr || total == nullptr) return refuse(m, cudaErrorInvalidValue, "cudaMemGetInfo: no place");
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
