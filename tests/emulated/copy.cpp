// Copies and fills: both ends are looked at when they are asked for, and again when they are carried out.
#include <cstring>

#include "tests/emulated/machine.h"

namespace emulated {

namespace {

struct Copy {
  void* to;
  const void* from;
  std::size_t n_bytes;
  Tally::Kind direction;
  bool pageable;  // the end on the host
};

bool of_host(Place place) {
  return place == Place::pinned || place == Place::pageable;
}

/// The direction that the two places give; false: none that the stand-in knows.
bool find_direction(Place to, Place from, Tally::Kind& direction) {
  if (to == Place::device && of_host(from)) {
    direction = Tally::Kind::copy_to_device;
  } else if (of_host(to) && from == Place::device) {
    direction = Tally::Kind::copy_from_device;
  } else if (to == Place::device && from == Place::device) {
    direction = Tally::Kind::copy_on_device;
  } else {
    return false;
  }
  return true;
}

bool agrees(cudaMemcpyKind kind, Tally::Kind direction) {
  switch (kind) {
    case cudaMemcpyHostToDevice:
      return direction == Tally::Kind::copy_to_device;
    case cudaMemcpyDeviceToHost:
      return direction == Tally::Kind::copy_from_device;
    case cudaMemcpyDeviceToDevice:
      return direction == Tally::Kind::copy_on_device;
    case cudaMemcpyDefault:
      return true;
    case cudaMemcpyHostToHost:
      return false;
  }
  return false;
}

bool overlap(const void* a, const void* b, std::size_t n_bytes) {
  const auto first = reinterpret_cast<std::uintptr_t>(a), second = reinterpret_cast<std::uintptr_t>(b);
  return first < second + n_bytes && second < first + n_bytes;
}

cudaError_t check(Machine& m, Copy& copy, cudaMemcpyKind kind, int device) {
  const Place to = m.memory->place(copy.to, copy.n_bytes), from = m.memory->place(copy.from, copy.n_bytes);
  if (to == Place::bad || from == Place::bad) {
    return refuse(m, cudaErrorInvalidValue,
                  "copy: " + std::to_string(copy.n_bytes) + " bytes that reach beyond an allocation, or were freed");
  }
  if (!find_direction(to, from, copy.direction) || !agrees(kind, copy.direction)) {
    return refuse(m, cudaErrorInvalidValue, "copy: the places of the two ends do not fit the direction");
  }
  if (overlap(copy.to, copy.from, copy.n_bytes)) return refuse(m, cudaErrorInvalidValue, "copy: the ends overlap");
  for (const void* const end : {static_cast<const void*>(copy.to), copy.from}) {
    if (m.memory->place(end, copy.n_bytes) == Place::device && !m.memory->on_device(end, copy.n_bytes, device)) {
      return refuse(m, cudaErrorInvalidValue, "copy: memory of another device than the stream's");
    }
  }
  copy.pageable = to == Place::pageable || from == Place::pageable;
  return cudaSuccess;
}

/// Carries the copy out. The source is `staged` if that is not null.
cudaError_t run(Machine& m, const Copy& copy, const std::vector<std::byte>* staged) {
  const Place to = m.memory->place(copy.to, copy.n_bytes);
  const Place from = staged != nullptr ? Place::pageable : m.memory->place(copy.from, copy.n_bytes);
  Tally::Kind direction{};
  if (!find_direction(to, from, direction) || direction != copy.direction) {
    return refuse(m, cudaErrorIllegalAddress, "a copy whose memory was freed before it ran");
  }
  std::memcpy(copy.to, staged != nullptr ? staged->data() : copy.from, copy.n_bytes);
  return cudaSuccess;
}

cudaError_t queue(Machine& m, const Copy& copy, cudaStream_t stream) {
  std::shared_ptr<std::vector<std::byte>> staged;
  if (copy.pageable && copy.direction == Tally::Kind::copy_to_device) {
    const auto* const from = static_cast<const std::byte*>(copy.from);
    staged = std::make_shared<std::vector<std::byte>>(from, from + copy.n_bytes);
  }
  Tally tally{copy.direction, static_cast<std::int64_t>(copy.n_bytes)};
  tally.pageable = copy.pageable;
  return submit(m, stream, {[&m, copy, staged] { return run(m, copy, staged.get()); }, tally});
}

cudaError_t copy_async(Machine& m, Copy copy, cudaMemcpyKind kind, cudaStream_t stream) {
  if (copy.n_bytes == 0) return cudaSuccess;
  if (copy.to == nullptr || copy.from == nullptr) return refuse(m, cudaErrorInvalidValue, "copy: a null pointer");
  if (const cudaError_t error = check(m, copy, kind, stream->device)) return error;
  if (copy.pageable && stream->capture != nullptr) {
    return invalidate(m, *stream->capture, cudaErrorStreamCaptureUnsupported, "a copy with pageable memory, captured");
  }
  const bool waits = copy.pageable && copy.direction == Tally::Kind::copy_from_device;
  if (waits) {
    if (const cudaError_t error = refuse_in_capture(m)) return error;
  }
  if (const cudaError_t error = queue(m, copy, stream)) return error;
  if (!waits) return cudaSuccess;
  ++m.counts.n_synchronisations;
  return run_until(m, [&] { return stream->queue.empty(); });
}

cudaError_t set_async(Machine& m, void* to, int value, std::size_t n_bytes, cudaStream_t stream) {
  if (n_bytes == 0) return cudaSuccess;
  if (!m.memory->on_device(to, n_bytes, stream->device)) {
    return refuse(m, cudaErrorInvalidValue, "cudaMemsetAsync: not memory of the stream's device, or beyond its end");
  }
  const auto run = [&m, to, value, n_bytes, device = stream->device] {
    if (!m.memory->on_device(to, n_bytes, device)) {
      return refuse(m, cudaErrorIllegalAddress, "cudaMemsetAsync: the memory was freed before it ran");
    }
    std::memset(to, value, n_bytes);
    return cudaSuccess;
  };
  return submit(m, stream, {run, {Tally::Kind::memset, static_cast<std::int64_t>(n_bytes)}});
}

}  // namespace

}  // namespace emulated

using emulated::call;
using emulated::Machine;

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t n_bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    return emulated::copy_async(m, {to, from, n_bytes, {}, false}, kind, stream);
  });
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t n_bytes, cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    return emulated::set_async(m, to, value, n_bytes, stream);
  });
}
