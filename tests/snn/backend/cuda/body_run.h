#pragma once
// What every body and scan makes of the same inputs, on any back end.
#include <map>
#include <string>
#include <vector>

#include "snn/backend/backend.h"
#include "snn/data/augment.h"
#include "snn/neuron/decision.h"
#include "tests/snn/numbers.h"
#include "tests/snn/scan/chunks.h"
#include "tests/snn/spikes.h"

namespace support {

namespace bodies {

inline constexpr int kNeurons = 70, kClasses = 7;
inline const std::vector<int> kRowBegin = {0, 30, 41, 42, 80, 80};  // the last utterance fills up nothing
inline constexpr int kBatch = 5, kRows = 80;
inline const int kOverTime = kRows * snn::pitch(kNeurons);  // numbers

}  // namespace bodies

/// The same arrays on any back end, and what came out of what was run on them.
class BodyRun {
 public:
  using Outputs = std::map<std::string, std::vector<double>>;

  explicit BodyRun(snn::Backend<float>& backend)
      : backend_(backend),
        row_begin_(backend, bodies::kRowBegin.size()),
        theta_(random(bodies::kNeurons, 1, 0.75, 1.0)),
        w_self_(random(bodies::kNeurons, 2, -0.5, 1.0)),
        drive_(random(bodies::kOverTime, 3, -0.75, 1.5)) {
    row_begin_.upload(bodies::kRowBegin);
    network_.tau_s = 4.0;
  }

  snn::Backend<float>& backend() { return backend_; }
  const int* row_begin() const { return row_begin_.data(); }

  snn::Buffer<float> random(int n, std::uint32_t seed, double low = -1.0, double high = 1.0) {
    snn::Buffer<float> buffer(backend_, static_cast<std::size_t>(n));
    buffer.upload(numbers<float>(static_cast<std::size_t>(n), seed, low, high));
    return buffer;
  }
  template <class T>
  snn::Buffer<T> zeros(int n) {
    return snn::Buffer<T>(backend_, static_cast<std::size_t>(n));
  }
  template <class T>
  void keep(const std::string& name, const snn::Buffer<T>& buffer) {
    const std::vector<T> values = buffer.download();
    outputs_[name].assign(values.begin(), values.end());
  }
  const Outputs& outputs() const { return outputs_; }

  /// A layer whose drive is its input: the weights are one on the diagonal, which no order of additions changes.
  void forward(bool self_connected) {
    const snn::Shape weights{bodies::kNeurons, 0, bodies::kNeurons};
    std::vector<float> diagonal(weights.size());
    for (int n = 0; n < bodies::kNeurons; ++n) diagonal[weights.index(n, n)] = 1.0F;
    snn::Buffer<float> w(backend_, diagonal.size());
    w.upload(diagonal);
    u_ = zeros<float>(bodies::kOverTime);
    psc_ = zeros<float>(bodies::kOverTime);
    snn::Buffer<float> sums = zeros<float>(bodies::kBatch * bodies::kNeurons);
    snn::Buffer<int> n_spikes = zeros<int>(bodies::kBatch * bodies::kNeurons);
    snn::Buffer<std::byte> spikes(backend_, backend_.spike_bytes(bodies::kRows, bodies::kNeurons));
    snn::ForwardStage<float> stage{.sources = {{{bodies::kNeurons, drive_.data(), nullptr}, w.data()}},
                                   .scan = {.shape = {bodies::kRows, bodies::kBatch, bodies::kNeurons},
                                            .row_begin = row_begin(),
                                            .u = u_.data(),
                                            .first_row = 0,
                                            .psc = psc_.data(),
                                            .psc_sums = sums.data(),
                                            .fired = nullptr,
                                            .n_spikes = n_spikes.data(),
                                            .n_spikes_stride = bodies::kNeurons,
                                            .theta = theta_.data(),
                                            .w_self = self_connected ? w_self_.data() : nullptr,
                                            .coeffs = snn::derive_coeffs<float>(network_, {})},
                                   .spikes = spikes.data()};
    backend_.run(stage);
    keep("u", u_), keep("psc", psc_), keep("psc_sums", sums), keep("n_spikes", n_spikes);
    const std::vector<std::uint64_t> words =
        read_spikes(spikes, backend_.name() != "cpu", bodies::kRows, bodies::kNeurons);
    outputs_["spikes"].assign(words.begin(), words.end());
    stage.scan.u = nullptr;  // nobody wants the potentials
    stage.scan.psc = nullptr;
    backend_.run(stage);
    keep("n_spikes without keeping", n_spikes);
  }

  void backward(snn::Rule rule, double firing_rate) {
    snn::Buffer<float> delta = random(bodies::kOverTime, 4);
    snn::Buffer<float> parts = zeros<float>(bodies::kBatch * 2 * bodies::kNeurons);
    snn::Buffer<double> rate = zeros<double>(1);
    rate.upload(std::vector<double>{firing_rate});
    backend_.run(snn::BackwardStage<float>{.targets = {},
                                           .scan = {.shape = {bodies::kRows, bodies::kBatch, bodies::kNeurons},
                                                    .row_begin = row_begin(),
                                                    .delta = delta.data(),
                                                    .u = u_.data(),
                                                    .psc = {},
                                                    .dw_self = parts.data(),
                                                    .dtheta = parts.data() + bodies::kNeurons,
                                                    .part_stride = 2 * bodies::kNeurons,
                                                    .theta = theta_.data(),
                                                    .w_self = w_self_.data(),
                                                    .firing_rate = rate.data(),
                                                    .layer_rate = 0.15,
                                                    .rule = rule,
                                                    .coeffs = snn::derive_coeffs<float>(network_, {})}});
    keep("delta", delta), keep("drive error", u_), keep("parts", parts);
  }

  void loss(snn::LossKind kind) {
    snn::Buffer<float> psc = random(bodies::kRows * snn::pitch(bodies::kClasses), 5, 0.0, 1.0),
                       sums = random(bodies::kBatch * bodies::kClasses, 6, 0.0, 9.0);
    snn::Buffer<float> error = zeros<float>(bodies::kRows * snn::pitch(bodies::kClasses));
    snn::Buffer<double> parts = zeros<double>(bodies::kBatch * bodies::kClasses),
                        epoch_loss = zeros<double>(bodies::kBatch);
    snn::Buffer<int> labels = zeros<int>(bodies::kBatch), n_spikes = zeros<int>(bodies::kBatch * 9);
    snn::Buffer<std::int64_t> spikes = zeros<std::int64_t>(9), total = zeros<std::int64_t>(9),
                              correct = zeros<std::int64_t>(bodies::kBatch), surrogate = zeros<std::int64_t>(3);
    snn::Buffer<double> rates = zeros<double>(3);
    rates.upload(std::vector<double>{0.05, 0.1, 0.2});
    const std::vector<float> scores = sums.download();
    std::vector<int> known = {0, 1, 2, 3, -1};
    for (std::size_t b = 0; b < 2; ++b)
      known[b] = snn::decide(scores.data() + b * bodies::kClasses, bodies::kClasses);  // two are right
    labels.upload(known);
    std::vector<int> counts(bodies::kBatch * 9);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<int>(i * 13 % 29);
    n_spikes.upload(counts);
    std::vector<snn::UtteranceView> views(bodies::kBatch);
    views[1].partner = 3, views[1].share = 0.3F;
    snn::Buffer<snn::UtteranceView> mixed_with(backend_, views.size());
    mixed_with.upload(views);
    backend_.run(snn::LossGrad<float>{.shape = {bodies::kRows, bodies::kBatch, bodies::kClasses},
                                      .row_begin = row_begin(),
                                      .psc = psc.data(),
                                      .sums = sums.data(),
                                      .labels = labels.data(),
                                      .n_labelled = 4,
                                      .error = error.data(),
                                      .loss = parts.data(),
                                      .kind = kind,
                                      .target_passes = 2,
                                      .desired_share = 0.5F,
                                      .undesired_share = 0.1F,
                                      .logit_gain = 2.0F,
                                      .label_smoothing = 0.1F,
                                      .keep_s = 0.75F,
                                      .gain_s = 0.25F,
                                      .mixed_with = mixed_with.data()});
    snn::Buffer<snn::GradientState> state(backend_, 1);
    for (int i = 0; i < 2; ++i) {
      backend_.run(snn::BatchCounts<float>{.n_batch = bodies::kBatch,
                                           .n_neurons = 9,
                                           .n_spikes = n_spikes.data(),
                                           .spikes = spikes.data(),
                                           .state = state.data(),
                                           .epoch_spikes = total.data(),
                                           .n_labelled = 4,
                                           .n_classes = bodies::kClasses,
                                           .sums = sums.data(),
                                           .loss = parts.data(),
                                           .labels = labels.data(),
                                           .loss_weight = 3.0,
                                           .epoch_loss = epoch_loss.data(),
                                           .epoch_correct = correct.data(),
                                           .n_layers = 3,
                                           .firing_rates = rates.data(),
                                           .layer_rate = 0.1,
                                           .epoch_surrogate = surrogate.data()});
    }
    keep("error", error), keep("loss", parts), keep("spikes of the batch", spikes), keep("of the epoch", total);
    keep("epoch loss", epoch_loss), keep("right", correct), keep("surrogate", surrogate);
  }

  /// Norm, clip and update of two kinds of parameters.
  void update() {
    constexpr int kValues = 9000;
    snn::Buffer<float> gradients = zeros<float>(kValues), parts = random(bodies::kBatch * kValues, 7);
    snn::Buffer<float> parameters = random(kValues, 8), m = random(kValues, 9, -0.1, 0.1),
                       v = random(kValues, 10, 0.0, 0.1), averages = random(kValues, 12);
    const std::vector<snn::Chunk> table = support::chunks_of({5000, 5001, kValues});
    const auto n_chunks = static_cast<int>(table.size());
    snn::Buffer<snn::Chunk> chunks(backend_, table.size());
    chunks.upload(table);
    snn::Buffer<int> first_sum(backend_, 4);
    first_sum.upload(std::vector<int>{0, 2, 3, n_chunks});
    snn::Buffer<snn::ArrayGradient> arrays(backend_, 3);
    snn::Buffer<double> sums = zeros<double>(n_chunks);
    snn::Buffer<snn::GradientState> state(backend_, 1);
    snn::Buffer<snn::AdamCoeffs<float>> coeffs(backend_, snn::kAdamKinds);
    snn::AdamCoeffs<float> c{0.01F, 0.9F, 0.1F, 0.999F, 0.001F, 0.19F, 0.002F, 1e-8F, 0.999F, -0.5F, 0.75F, 0.125F};
    coeffs.upload(std::vector<snn::AdamCoeffs<float>>{c, c, c});
    backend_.run(snn::BatchSum<float>{
        .n_batch = bodies::kBatch, .n_neurons = kValues, .parts = parts.data(), .out = gradients.data()});
    backend_.run(snn::SquareSums<float>{
        .n_chunks = n_chunks, .chunks = chunks.data(), .values = gradients.data(), .sums = sums.data()});
    backend_.run(snn::GradientNorm{.n_sums = n_chunks,
                                   .sums = sums.data(),
                                   .clip_norm = 1.0,
                                   .state = state.data(),
                                   .n_arrays = 3,
                                   .first_sum = first_sum.data(),
                                   .array_sums = sums.data(),
                                   .has_own_clips = true,
                                   .arrays = arrays.data()});
    backend_.run(snn::AdamUpdate<float>{.n_chunks = n_chunks,
                                        .chunks = chunks.data(),
                                        .parameters = parameters.data(),
                                        .m = m.data(),
                                        .v = v.data(),
                                        .gradients = gradients.data(),
                                        .state = state.data(),
                                        .arrays = arrays.data(),
                                        .coeffs = coeffs.data(),
                                        .averages = averages.data()});
    keep("gradients", gradients), keep("sums", sums), keep("parameters", parameters);
    keep("m", m), keep("v", v), keep("averages", averages);
    for (const snn::ArrayGradient& array : arrays.download()) {
      for (const double x : {array.factor, array.norm_sum, array.clipped_sum}) outputs_["arrays"].push_back(x);
    }
    const snn::GradientState found = state.download().front();
    outputs_["norm"] = {found.norm, found.factor, found.norm_sum};
  }

  void gather() {
    snn::Buffer<float> values = random(bodies::kRows * 9, 11), x = zeros<float>(bodies::kRows * snn::pitch(9));
    std::vector<snn::UtteranceView> views;
    for (int b = 0; b < bodies::kBatch; ++b) {
      const float* at = b == 2 ? nullptr : values.data() + bodies::kRowBegin[static_cast<std::size_t>(b)] * 9;
      views.push_back({at, snn::ValueType::kFloat, b - 2, 1 - b});
      views.back().stream = static_cast<std::uint64_t>(b) << 40;
      if (b % 2 == 0) continue;
      views.back().taps = b / 2, views.back().mask_begin = 1, views.back().mask_end = 3;
      views.back().stretch = 1.0 + 0.1 * b, views.back().gain = 1.25;
      views.back().mask_first = 2, views.back().mask_last = 3;
    }
    snn::Buffer<snn::ChannelTap> taps(backend_, bodies::kBatch * 9);
    snn::Buffer<snn::UtteranceView> sent(backend_, views.size());
    sent.upload(views);
    const snn::BatchDraws draws{.seed = 3, .drop_channels = 0.25, .drop_neurons = 0.4};
    backend_.run(snn::DrawTaps{bodies::kBatch, 9, sent.data(), draws, taps.data()});
    for (const snn::ChannelTap& tap : taps.download()) {
      for (const float each : {static_cast<float>(tap.channel), tap.weight, tap.weight_above})
        outputs_["taps"].push_back(each);
    }
    snn::Buffer<std::uint8_t> silent = zeros<std::uint8_t>(bodies::kBatch * 30);
    backend_.run(snn::DrawSilent{bodies::kBatch, 23, 2, sent.data(), draws, silent.data() + 7, 30});
    keep("silent", silent);
    backend_.run(snn::GatherBatch<float>{.shape = {bodies::kRows, bodies::kBatch, 9},
                                         .row_begin = row_begin(),
                                         .utterances = sent.data(),
                                         .taps = taps.data(),
                                         .factor = 1.5F,
                                         .x = x.data()});
    keep("x", x);
    snn::Buffer<float> mixed = zeros<float>(bodies::kRows * snn::pitch(9));
    for (int b = 0; b + 1 < bodies::kBatch; ++b) {
      views[static_cast<std::size_t>(b)].partner = b + 1;
      views[static_cast<std::size_t>(b)].share = 0.3F;
    }
    sent.upload(views);
    backend_.run(snn::MixBatch<float>{.shape = {bodies::kRows, bodies::kBatch, 9},
                                      .row_begin = row_begin(),
                                      .utterances = sent.data(),
                                      .from = x.data(),
                                      .to = mixed.data()});
    keep("mixed", mixed);
    views[1].noise = 0.2F;
    views[1].noise_seed = 0x123456789abcdef0;
    sent.upload(views);
    backend_.run(snn::AddNoise<float>{.shape = {bodies::kRows, bodies::kBatch, 9},
                                      .row_begin = row_begin(),
                                      .utterances = sent.data(),
                                      .x = mixed.data()});
    keep("noisy", mixed);
  }

 private:
  snn::Backend<float>& backend_;
  snn::NetworkParams network_;
  snn::Buffer<int> row_begin_;
  snn::Buffer<float> theta_, w_self_, drive_, u_, psc_;
  Outputs outputs_;
};

}  // namespace support
