// Streams and events.
#include "tests/emulated/machine.h"

namespace emulated {

namespace {

constexpr std::size_t kMostRunByQuery = 3;  // pieces of work that may get done while a program asks for an event

cudaError_t check_event(Machine& m, cudaEvent_t event) {
  if (event != nullptr && m.events.has(event)) return cudaSuccess;
  return refuse(m, cudaErrorInvalidResourceHandle, "an event that is not alive");
}

/// For calls that ask about the event's work: refused if that work is, or was, in a capture.
cudaError_t refuse_captured(Machine& m, cudaEvent_t event) {
  if (const cudaError_t error = check_event(m, event)) return error;
  if (event->capture != nullptr && event->capture->ended) {
    return refuse(m, cudaErrorCapturedEvent, "the event was recorded in a capture, so there is nothing to wait for");
  }
  if (event->capture != nullptr) {
    return invalidate(m, *event->capture, cudaErrorStreamCaptureUnsupported,
                      "an event that was recorded in a capture, asked for while the capture is under way");
  }
  return refuse_in_capture(m);
}

bool finished(const CUevent_st& event) {
  return event.recorded == nullptr || event.recorded->done;
}

/// The stream comes after the event in the event's capture, and takes part in it from now on.
cudaError_t wait_in_capture(Machine& m, cudaStream_t stream, const CUevent_st& event) {
  const std::shared_ptr<Capture>& capture = event.capture;
  if (capture->invalidated) return invalidate(m, *capture, cudaErrorStreamCaptureInvalidated, "");
  if (stream->capture == nullptr) {
    stream->capture = capture;
    stream->tail.clear();
    capture->streams.push_back(stream);
  }
  if (stream->capture != capture) {
    invalidate(m, *stream->capture, cudaErrorStreamCaptureMerge, "");
    return invalidate(m, *capture, cudaErrorStreamCaptureMerge, "a stream that captures waits for another capture");
  }
  stream->tail.insert(stream->tail.end(), event.tail.begin(), event.tail.end());
  return cudaSuccess;
}

cudaError_t wait(Machine& m, cudaStream_t stream, const CUevent_st& event) {
  if (event.capture != nullptr && !event.capture->ended) return wait_in_capture(m, stream, event);
  if (event.capture != nullptr) {
    return refuse(m, cudaErrorCapturedEvent, "a wait for an event whose latest record is in a graph");
  }
  if (stream->capture != nullptr) {
    return invalidate(m, *stream->capture, cudaErrorStreamCaptureIsolation,
                      "a captured stream waits for an event from outside the capture");
  }
  if (!finished(event)) stream->queue.push_back({event.recorded});
  return cudaSuccess;
}

cudaError_t record(Machine& m, cudaEvent_t event, cudaStream_t stream) {
  if (stream->capture != nullptr && stream->capture->invalidated) {
    return invalidate(m, *stream->capture, cudaErrorStreamCaptureInvalidated, "");
  }
  event->capture = stream->capture;
  event->tail = stream->tail;
  event->recorded = nullptr;
  if (event->capture != nullptr) return cudaSuccess;
  event->recorded = std::make_shared<Completion>();
  stream->queue.push_back({nullptr, nullptr, event->recorded});
  return cudaSuccess;
}

cudaError_t destroy_stream(Machine& m, cudaStream_t stream) {
  if (stream->capture != nullptr) {
    return invalidate(m, *stream->capture, cudaErrorStreamCaptureUnsupported, "a stream destroyed while it captures");
  }
  stream->destroyed = true;
  if (stream->queue.empty()) m.streams.remove(stream);
  return cudaSuccess;
}

}  // namespace

}  // namespace emulated

using emulated::call;
using emulated::Machine;
using emulated::refuse;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned int flags) {
  return call([&](Machine& m) {
    if (stream == nullptr || flags > cudaStreamNonBlocking) {
      return refuse(m, cudaErrorInvalidValue, "cudaStreamCreateWithFlags: no place for it, or unknown flags");
    }
    *stream = m.streams.add({emulated::thread_state().device});
    return cudaSuccess;
  });
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return call([&](Machine& m) {
    const cudaError_t error = emulated::check_stream(m, stream);
    return error != cudaSuccess ? error : emulated::destroy_stream(m, stream);
  });
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (const cudaError_t error = emulated::refuse_in_capture(m, stream)) return error;
    ++m.counts.n_synchronisations;
    return emulated::run_until(m, [&] { return stream->queue.empty(); });
  });
}

cudaError_t cudaDeviceSynchronize() {
  return call([](Machine& m) {
    if (!m.captures.empty()) {
      return emulated::invalidate(m, *m.captures.front(), cudaErrorStreamCaptureUnsupported,
                                  "cudaDeviceSynchronize while a stream captures");
    }
    return emulated::synchronise_all(m);
  });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int flags) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (const cudaError_t error = emulated::check_event(m, event)) return error;
    if (flags != cudaEventWaitDefault) return refuse(m, cudaErrorInvalidValue, "cudaStreamWaitEvent: unknown flags");
    return emulated::wait(m, stream, *event);
  });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags) {
  return call([&](Machine& m) {
    if (event == nullptr || flags > (cudaEventBlockingSync | cudaEventDisableTiming)) {
      return refuse(m, cudaErrorInvalidValue, "cudaEventCreateWithFlags: no place for it, or unknown flags");
    }
    *event = m.events.add({});
    return cudaSuccess;
  });
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (const cudaError_t error = emulated::check_event(m, event)) return error;
    return emulated::record(m, event, stream);
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::refuse_captured(m, event)) return error;
    ++m.counts.n_synchronisations;
    return emulated::run_until(m, [&] { return emulated::finished(*event); });
  });
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::refuse_captured(m, event)) return error;
    std::size_t n_left = m.draw(emulated::kMostRunByQuery + 1);
    const cudaError_t error = emulated::run_until(m, [&] { return n_left-- == 0; });
    if (error != cudaSuccess) return error;
    return emulated::finished(*event) ? cudaSuccess : cudaErrorNotReady;
  });
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_event(m, event)) return error;
    m.events.remove(event);
    return cudaSuccess;
  });
}
