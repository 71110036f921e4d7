#pragma once
// What a network says of the utterances of a data set, kept on the back end until it is read back at once.
#include <cstring>
#include <span>
#include <stdexcept>
#include <vector>

#include "snn/backend/backend.h"

namespace snn {

/// In the order in which the utterances were heard.
template <class Real>
struct Answers {
  std::vector<std::int64_t> spikes;  ///< of each neuron, layer by layer, over all utterances [N]
  std::vector<Real> scores;          ///< [utterances][K]
  std::vector<Real> psc;             ///< of the output layer, where they were wanted [rows][K]
};

/// One array on the back end: spikes, scores, PSCs.
template <class Real>
class KeptAnswers {
 public:
  /// Forgets what was kept, and makes room for that of so many utterances, and for PSCs of so many rows. Memory grows
  /// and never shrinks: giving some back would make a device's graphs void.
  void begin(Memory& memory, int n_neurons, int n_classes, std::size_t n_utterances, std::size_t n_rows) {
    n_neurons_ = static_cast<std::size_t>(n_neurons);
    n_classes_ = static_cast<std::size_t>(n_classes);
    n_utterances_ = n_utterances;
    n_rows_ = n_rows;
    n_heard_ = n_rows_heard_ = 0;
    if (kept_.size() < n_bytes()) kept_.renew(memory, n_bytes());
    kept_.upload(std::vector<std::byte>(n_neurons_ * sizeof(std::int64_t)));
  }

  /// Behind those before. body: of a batch, without where they go. Throws std::invalid_argument if begin() made no room
  /// for them.
  void add(Backend<Real>& backend, KeepAnswers<Real> body) {
    if (n_rows_ == 0) body.n_rows = 0;
    const auto n_batch = static_cast<std::size_t>(body.n_batch), n_rows = static_cast<std::size_t>(body.n_rows);
    if (n_batch > n_utterances_ - n_heard_ || n_rows > n_rows_ - n_rows_heard_) {
      throw std::invalid_argument("answers: there is no room for those of another batch");
    }
    body.spikes = reinterpret_cast<std::int64_t*>(kept_.data());
    Real* scores = reinterpret_cast<Real*>(body.spikes + n_neurons_);
    body.scores = scores + n_heard_ * n_classes_;
    body.kept_psc = scores + (n_utterances_ + n_rows_heard_) * n_classes_;
    backend.run(body);
    n_heard_ += n_batch;
    n_rows_heard_ += n_rows;
  }

  /// Waits for the back end, once. Throws std::invalid_argument if not all is there that begin() made room for.
  Answers<Real> read() const {
    if (n_heard_ != n_utterances_ || n_rows_heard_ != n_rows_) {
      throw std::invalid_argument("answers: not all utterances were heard");
    }
    const std::vector<std::byte> bytes = kept_.download(0, n_bytes());
    Answers<Real> answers;
    const std::byte* from = bytes.data();
    const auto take = [&from](auto& to, std::size_t n) {
      to.resize(n);
      if (n > 0) std::memcpy(to.data(), from, n * sizeof to[0]);
      from += n * sizeof to[0];
    };
    take(answers.spikes, n_neurons_);
    take(answers.scores, n_utterances_ * n_classes_);
    take(answers.psc, n_rows_ * n_classes_);
    return answers;
  }

 private:
  std::size_t n_bytes() const {
    return n_neurons_ * sizeof(std::int64_t) + (n_utterances_ + n_rows_) * n_classes_ * sizeof(Real);
  }

  Buffer<std::byte> kept_;
  std::size_t n_neurons_ = 0, n_classes_ = 0;
  std::size_t n_utterances_ = 0, n_rows_ = 0;   // that there is room for
  std::size_t n_heard_ = 0, n_rows_heard_ = 0;  // that are there
};

}  // namespace snn
