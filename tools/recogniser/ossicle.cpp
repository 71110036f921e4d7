#include "tools/recogniser/ossicle.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "frontend/base/require.h"
#include "frontend/sound/spectrum.h"
#include "snn/score/answer.h"
#include "tools/recogniser/listener.h"

struct ossicle_recogniser {
  ossicle::Recogniser recogniser;
};

struct ossicle_listener {
  const ossicle_recogniser& owner;
  ossicle::Listener listener;
  std::vector<ossicle::Heard> heard = {};
  std::deque<ossicle_word> waiting = {};  // for ossicle_next_word()
  bool is_telling = false;                // what it heard: on_word runs
};

namespace {

static_assert(OSSICLE_MAX_SAMPLES == ear::kMaxFrames);

thread_local std::string t_error;

ossicle_status fail(ossicle_status status, const char* what) {
  try {
    t_error = what;
  } catch (...) {
    t_error.clear();
  }
  return status;
}

/// Runs a call's body; of a std::invalid_argument the status is `of_argument`, of another std::logic_error
/// OSSICLE_BAD_ARGUMENT, of another exception `otherwise`.
template <class Body>
ossicle_status guarded(ossicle_status of_argument, ossicle_status otherwise, const Body& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(OSSICLE_NO_MEMORY, "memory ran out");
  } catch (const std::invalid_argument& error) {
    return fail(of_argument, error.what());
  } catch (const std::logic_error& error) {
    return fail(OSSICLE_BAD_ARGUMENT, error.what());
  } catch (const std::exception& error) {
    return fail(otherwise, error.what());
  } catch (...) {
    return fail(OSSICLE_FAILED, "something went wrong");
  }
}

void check_samples(const char* call, const float* samples, size_t n_samples) {
  ear::require(samples != nullptr || n_samples == 0, "{}: a null pointer", call);
  ear::require(n_samples <= OSSICLE_MAX_SAMPLES, "{}: {} samples: wanted {} at most", call, n_samples,
               OSSICLE_MAX_SAMPLES);
}

void check_listener(const char* call, const ossicle_listener* listener) {
  ear::require(listener != nullptr, "{}: a null pointer", call);
  ear::require(!listener->is_telling, "{}: called for a listener by its own on_word; call it behind ossicle_push",
               call);
}

/// With a label that lives as long as the recogniser.
ossicle_answer to_c(const ossicle_recogniser& owner, const ossicle::Answer& answer) {
  const std::vector<std::string>& classes = owner.recogniser.model().classes;
  const auto found = std::ranges::find(classes, answer.label);
  return {found == classes.end() ? snn::kSilenceName : found->c_str(), answer.score, answer.confidence.value_or(-1.0)};
}

/// Also where on_word, written in C++, throws, the words are told once.
ossicle_status tell(ossicle_listener& listener, ossicle_on_word on_word, void* user) {
  const std::vector<ossicle::Heard> all = std::exchange(listener.heard, {});
  listener.is_telling = true;
  const std::unique_ptr<bool, void (*)(bool*)> told(&listener.is_telling, [](bool* flag) { *flag = false; });
  const char* refused = nullptr;
  for (const ossicle::Heard& heard : all) {
    if (heard.answers.empty()) {
      refused = heard.error.c_str();
      continue;
    }
    const ossicle_word word = {heard.begin_s, heard.end_s, heard.known_s, heard.is_final ? 1 : 0,
                               to_c(listener.owner, heard.answers.front())};
    on_word != nullptr ? on_word(&word, user) : listener.waiting.push_back(word);
  }
  return refused == nullptr ? OSSICLE_OK : fail(OSSICLE_BAD_SOUND, refused);
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
  const ossicle_status checked = guarded(OSSICLE_BAD_ARGUMENT, OSSICLE_FAILED, [&] {
    check_samples("ossicle_recognise", samples, n_samples);
    ear::require(recogniser != nullptr && answers != nullptr && count != nullptr && capacity > 0,
                 "ossicle_recognise: a null pointer, or no room for an answer");
    ear::check_sample_rate(sample_rate_hz);
    return OSSICLE_OK;
  });
  if (checked != OSSICLE_OK) return checked;
  return guarded(OSSICLE_BAD_SOUND, OSSICLE_FAILED, [&] {
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
    ear::require(recogniser != nullptr && listener != nullptr, "ossicle_listen: a null pointer");
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
  const ossicle_status checked = guarded(OSSICLE_BAD_ARGUMENT, OSSICLE_FAILED, [&] {
    check_listener("ossicle_push", listener);
    check_samples("ossicle_push", samples, n_samples);
    return OSSICLE_OK;
  });
  if (checked != OSSICLE_OK) return checked;
  return guarded(OSSICLE_BAD_SOUND, OSSICLE_FAILED, [&] {
    listener->listener.push({samples, n_samples}, listener->heard);
    return tell(*listener, on_word, user);
  });
}

ossicle_status ossicle_finish(ossicle_listener* listener, ossicle_on_word on_word, void* user) {
  return guarded(OSSICLE_BAD_ARGUMENT, OSSICLE_FAILED, [&] {
    check_listener("ossicle_finish", listener);
    listener->listener.finish(listener->heard);
    return tell(*listener, on_word, user);
  });
}

int ossicle_next_word(ossicle_listener* listener, ossicle_word* word) {
  if (listener == nullptr || word == nullptr || listener->waiting.empty()) return 0;
  *word = listener->waiting.front();
  listener->waiting.pop_front();
  return 1;
}
