// Streams and events.
#include "tests/emulated/machine.h"

namespace emulated {

namespace {

cudaError_t check_event(Machine& m, cudaEvent_t event) {
  return m.events.has(event) ? cudaSuccess : refuse(m, cudaErrorInvalidResourceHandle, "an event that is not alive");
}

bool finished(const CUevent_st& event) {
  return event.recorded == nullptr || event.recorded->done;
}

/// A record of the event on the stream, or a wait of the stream for it: `body`, under the lock, puts it into the queue.
template <typename Body>
cudaError_t queue_event(cudaEvent_t event, cudaStream_t stream, Body body) {
  return call([&](Machine& m) {
    if (const cudaError_t error = check_stream(m, stream)) return error;
    if (const cudaError_t error = check_event(m, event)) return error;
    if (stream->capture != nullptr) {
      return invalidate(m, *stream->capture, "an event in a capture, of which the stand-in knows none");
    }
    body();
    return cudaSuccess;
  });
}

}  // namespace

}  // namespace emulated

using emulated::call;
using emulated::Machine;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned int) {
  return call([&](Machine& m) {
    *stream = m.streams.add({emulated::thread_state().device});
    return cudaSuccess;
  });
}

/// Its work is done before: a device would do it later.
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    const cudaError_t error = emulated::run_until(m, [&] { return stream->queue.empty(); });
    m.streams.remove(stream);
    return error;
  });
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (const cudaError_t error = emulated::refuse_in_capture(m)) return error;
    ++m.counts.n_synchronisations;
    return emulated::run_until(m, [&] { return stream->queue.empty(); });
  });
}

cudaError_t cudaDeviceSynchronize() {
  return call([](Machine& m) {
    const cudaError_t error = emulated::refuse_in_capture(m);
    return error != cudaSuccess ? error : emulated::synchronise_all(m);
  });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int) {
  return emulated::queue_event(event, stream, [&] {
    if (!emulated::finished(*event)) stream->queue.push_back({event->recorded});
  });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int) {
  return call([&](Machine& m) {
    *event = m.events.add({});
    return cudaSuccess;
  });
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return emulated::queue_event(event, stream, [&] {
    event->recorded = std::make_shared<emulated::Completion>();
    stream->queue.push_back({nullptr, nullptr, event->recorded});
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_event(m, event)) return error;
    if (const cudaError_t error = emulated::refuse_in_capture(m)) return error;
    ++m.counts.n_synchronisations;
    return emulated::run_until(m, [&] { return emulated::finished(*event); });
  });
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_event(m, event)) return error;
    m.events.remove(event);
    return cudaSuccess;
  });
}
