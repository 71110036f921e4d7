// Copies and fills: both ends are looked at when they are asked for, and again when they are carried out.
#include <cstring>

#include "tests/emulated/machine.h"

namespace emulated {

namespace {

struct Copy {
  void* to;
  const void* from;
  std::size_t n_bytes;
  bool to_device;  // from pinned memory; else the other way
};

bool ends_fit(const Machine& m, const Copy& copy, int device) {
  return m.memory->where(copy.to, copy.n_bytes) == (copy.to_device ? device : kPinned) &&
         m.memory->where(copy.from, copy.n_bytes) == (copy.to_device ? kPinned : device);
}

cudaError_t copy_async(Machine& m, const Copy& copy, cudaStream_t stream) {
  if (copy.n_bytes == 0) return cudaSuccess;
  if (!ends_fit(m, copy, stream->device)) {
    return refuse(m, cudaErrorInvalidValue,
                  "copy: " + std::to_string(copy.n_bytes) +
                      " bytes do not lie whole in pinned memory here and in memory of the stream's device there");
  }
  const auto run = [&m, copy, device = stream->device] {
    if (!ends_fit(m, copy, device))
      return refuse(m, cudaErrorIllegalAddress, "a copy whose memory was freed before it ran");
    std::memcpy(copy.to, copy.from, copy.n_bytes);
    return cudaSuccess;
  };
  return submit(m, stream, {run, copy.to_device ? &Counts::n_copies_to_device : &Counts::n_copies_from_device});
}

cudaError_t set_async(Machine& m, void* to, int value, std::size_t n_bytes, cudaStream_t stream) {
  const auto fits = [&m, to, n_bytes, device = stream->device] { return m.memory->where(to, n_bytes) == device; };
  if (n_bytes == 0) return cudaSuccess;
  if (!fits()) {
    return refuse(m, cudaErrorInvalidValue, "cudaMemsetAsync: not memory of the stream's device, or beyond its end");
  }
  const auto run = [&m, fits, to, value, n_bytes] {
    if (!fits()) return refuse(m, cudaErrorIllegalAddress, "cudaMemsetAsync: the memory was freed before it ran");
    std::memset(to, value, n_bytes);
    return cudaSuccess;
  };
  return submit(m, stream, {run, &Counts::n_memsets});
}

}  // namespace

}  // namespace emulated

using emulated::call;
using emulated::Machine;

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t n_bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (kind != cudaMemcpyHostToDevice && kind != cudaMemcpyDeviceToHost) {
      return emulated::refuse(m, cudaErrorInvalidValue, "copy: the stand-in knows those between host and device");
    }
    return emulated::copy_async(m, {to, from, n_bytes, kind == cudaMemcpyHostToDevice}, stream);
  });
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t n_bytes, cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    return emulated::set_async(m, to, value, n_bytes, stream);
  });
}
