#include "tools/recogniser/ossicle.h"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

#include "snn/score/answer.h"
#include "tools/recogniser/listener.h"

struct ossicle_recogniser {
  ossicle::Recogniser recogniser;
};

struct ossicle_listener {
  const ossicle_recogniser& owner;
  ossicle::Listener listener;
  std::vector<ossicle::Heard> heard = {};
};

namespace {

thread_local std::string t_error;

ossicle_status fail(ossicle_status status, const char* what) {
  try {
    t_error = what;
  } catch (...) {
    t_error.clear();
  }
  return status;
}

/// Runs a call's body; of a std::invalid_argument the status is `of_argument`, of another exception `otherwise`.
template <class Body>
ossicle_status guarded(ossicle_status of_argument, ossicle_status otherwise, const Body& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(OSSICLE_NO_MEMORY, "memory ran out");
  } catch (const std::invalid_argument& error) {
    return fail(of_argument, error.what());
  } catch (const std::exception& error) {
    return fail(otherwise, error.what());
  } catch (...) {
    return fail(OSSICLE_FAILED, "something went wrong");
  }
}

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

/// With a label that lives as long as the recogniser.
ossicle_answer to_c(const ossicle_recogniser& owner, const ossicle::Answer& answer) {
  const std::vector<std::string>& classes = owner.recogniser.model().classes;
  const auto found = std::ranges::find(classes, answer.label);
  return {found == classes.end() ? snn::kSilenceName : found->c_str(), answer.score, answer.confidence.value_or(-1.0)};
}

ossicle_status tell(ossicle_listener& listener, ossicle_on_word on_word, void* user) {
  ossicle_status status = OSSICLE_OK;
  for (const ossicle::Heard& heard : listener.heard) {
    if (heard.answers.empty()) {
      status = fail(OSSICLE_BAD_SOUND, heard.error.c_str());
      continue;
    }
    const ossicle_word word = {heard.begin_s, heard.end_s, heard.known_s, heard.is_final ? 1 : 0,
                               to_c(listener.owner, heard.answers.front())};
    on_word(&word, user);
  }
  listener.heard.clear();
  return status;
}

}  // namespace

int ossicle_api_version(void) {
  return OSSICLE_API_VERSION;
}

const char* ossicle_last_error(void) {
  return t_error.c_str();
}

ossicle_status ossicle_open(const char* path, ossicle_recogniser** recogniser) {
  return guarded(OSSICLE_BAD_MODEL, OSSICLE_BAD_MODEL, [&] {
    if (path == nullptr || recogniser == nullptr) return fail(OSSICLE_BAD_ARGUMENT, "ossicle_open: a null pointer");
    *recogniser = new ossicle_recogniser{ossicle::Recogniser(snn::read_model(path))};
    return OSSICLE_OK;
  });
}

void ossicle_close(ossicle_recogniser* recogniser) {
  delete recogniser;
}

size_t ossicle_class_count(const ossicle_recogniser* recogniser) {
  return recogniser == nullptr ? 0 : recogniser->recogniser.model().classes.size();
}

const char* ossicle_class_name(const ossicle_recogniser* recogniser, size_t index) {
  return index < ossicle_class_count(recogniser) ? recogniser->recogniser.model().classes[index].c_str() : nullptr;
}

ossicle_status ossicle_recognise(const ossicle_recogniser* recogniser, const float* samples, size_t n_samples,
                                 int sample_rate_hz, ossicle_answer* answers, size_t capacity, size_t* count) {
  return guarded(OSSICLE_BAD_SOUND, OSSICLE_FAILED, [&] {
    if (recogniser == nullptr || (samples == nullptr && n_samples > 0) || answers == nullptr || count == nullptr ||
        capacity == 0) {
      return fail(OSSICLE_BAD_ARGUMENT, "ossicle_recognise: a null pointer, or no room for an answer");
    }
    const int k = static_cast<int>(std::min(capacity, ossicle_class_count(recogniser)));
    const auto found = recogniser->recogniser.recognise({{samples, samples + n_samples}, sample_rate_hz}, k);
    std::ranges::transform(found, answers, [&](const ossicle::Answer& answer) { return to_c(*recogniser, answer); });
    *count = found.size();
    return OSSICLE_OK;
  });
}

ossicle_status ossicle_listen(const ossicle_recogniser* recogniser, int sample_rate_hz, double partial_s,
                              ossicle_listener** listener) {
  return guarded(OSSICLE_BAD_ARGUMENT, OSSICLE_FAILED, [&] {
    require(recogniser != nullptr && listener != nullptr, "ossicle_listen: a null pointer");
    *listener = new ossicle_listener{
        *recogniser, ossicle::Listener(recogniser->recogniser, {.partial_s = partial_s}, sample_rate_hz)};
    return OSSICLE_OK;
  });
}

void ossicle_listener_close(ossicle_listener* listener) {
  delete listener;
}

ossicle_status ossicle_push(ossicle_listener* listener, const float* samples, size_t n_samples, ossicle_on_word on_word,
                            void* user) {
  return guarded(OSSICLE_BAD_SOUND, OSSICLE_FAILED, [&] {
    if (listener == nullptr || (samples == nullptr && n_samples > 0) || on_word == nullptr) {
      return fail(OSSICLE_BAD_ARGUMENT, "ossicle_push: a null pointer");
    }
    listener->listener.push({samples, n_samples}, listener->heard);
    return tell(*listener, on_word, user);
  });
}

ossicle_status ossicle_finish(ossicle_listener* listener, ossicle_on_word on_word, void* user) {
  return guarded(OSSICLE_BAD_SOUND, OSSICLE_FAILED, [&] {
    if (listener == nullptr || on_word == nullptr) return fail(OSSICLE_BAD_ARGUMENT, "ossicle_finish: a null pointer");
    listener->listener.finish(listener->heard);
    return tell(*listener, on_word, user);
  });
}
