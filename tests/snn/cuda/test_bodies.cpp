// Every body and scan on the CUDA back end against the CPU: equal inputs, equal bits.
#include <catch2/catch.hpp>
#include <map>

#include "tests/snn/cuda/emulated_backend.h"
#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace {

constexpr int kNeurons = 70, kClasses = 7;
const std::vector<int> kRowBegin = {0, 30, 41, 42, 80, 80};  // the last utterance fills up nothing
constexpr int kBatch = 5, kRows = 80;

using Outputs = std::map<std::string, std::vector<double>>;

/// The same arrays on any back end.
class Side {
 public:
  explicit Side(snn::Backend<float>& backend)
      : backend_(backend),
        row_begin_(backend, kRowBegin.size()),
        theta_(random(kNeurons, 1, 0.75, 1.0)),
        w_self_(random(kNeurons, 2, -0.5, 1.0)),
        drive_(random(kRows * kNeurons, 3, -0.75, 1.5)) {
    row_begin_.upload(kRowBegin);
    network_.tau_s = 4.0;
  }

  snn::Backend<float>& backend() { return backend_; }
  const int* row_begin() const { return row_begin_.data(); }

  snn::Buffer<float> random(int n, std::uint32_t seed, double low = -1.0, double high = 1.0) {
    snn::Buffer<float> buffer(backend_, static_cast<std::size_t>(n));
    buffer.upload(support::numbers<float>(static_cast<std::size_t>(n), seed, low, high));
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
    std::vector<float> diagonal(kNeurons * kNeurons);
    for (int n = 0; n < kNeurons; ++n) diagonal[static_cast<std::size_t>(n * kNeurons + n)] = 1.0F;
    snn::Buffer<float> w(backend_, diagonal.size());
    w.upload(diagonal);
    u_ = zeros<float>(kRows * kNeurons);
    psc_ = zeros<float>(kRows * kNeurons);
    snn::Buffer<float> sums = zeros<float>(kBatch * kNeurons);
    snn::Buffer<int> n_spikes = zeros<int>(kBatch * kNeurons);
    snn::Buffer<std::byte> spikes(backend_, backend_.spike_bytes(kRows, kNeurons));
    snn::ForwardStage<float> stage{.sources = {{{kNeurons, drive_.data(), nullptr}, w.data()}},
                                   .scan = {.shape = {kRows, kBatch, kNeurons},
                                            .row_begin = row_begin(),
                                            .u = u_.data(),
                                            .first_row = 0,
                                            .psc = psc_.data(),
                                            .psc_sums = sums.data(),
                                            .fired = nullptr,
                                            .n_spikes = n_spikes.data(),
                                            .n_spikes_stride = kNeurons,
                                            .theta = theta_.data(),
                                            .w_self = self_connected ? w_self_.data() : nullptr,
                                            .coeffs = snn::derive_coeffs<float>(network_, {})},
                                   .spikes = spikes.data()};
    backend_.run(stage);
    keep("u", u_), keep("psc", psc_), keep("psc_sums", sums), keep("n_spikes", n_spikes);
    const std::vector<std::uint64_t> words = backend_.read_spikes(spikes.data(), kRows, kNeurons);
    outputs_["spikes"].assign(words.begin(), words.end());
    stage.scan.u = nullptr;  // nobody wants the potentials
    stage.scan.psc = nullptr;
    backend_.run(stage);
    keep("n_spikes without keeping", n_spikes);
  }

  void backward(snn::Rule rule, double firing_rate) {
    snn::Buffer<float> delta = random(kRows * kNeurons, 4);
    snn::Buffer<float> parts = zeros<float>(kBatch * 2 * kNeurons);
    snn::Buffer<double> rate = zeros<double>(1);
    rate.upload(std::vector<double>{firing_rate});
    backend_.run(snn::BackwardStage<float>{.targets = {},
                                           .scan = {.shape = {kRows, kBatch, kNeurons},
                                                    .row_begin = row_begin(),
                                                    .delta = delta.data(),
                                                    .u = u_.data(),
                                                    .psc = {},
                                                    .dw_self = parts.data(),
                                                    .dtheta = parts.data() + kNeurons,
                                                    .part_stride = 2 * kNeurons,
                                                    .theta = theta_.data(),
                                                    .w_self = w_self_.data(),
                                                    .firing_rate = rate.data(),
                                                    .layer_rate = 0.15,
                                                    .rule = rule,
                                                    .coeffs = snn::derive_coeffs<float>(network_, {})}});
    keep("delta", delta), keep("drive error", u_), keep("parts", parts);
  }

  void loss(snn::LossKind kind) {
    snn::Buffer<float> psc = random(kRows * kClasses, 5, 0.0, 1.0), sums = random(kBatch * kClasses, 6, 0.0, 9.0);
    snn::Buffer<float> error = zeros<float>(kRows * kClasses);
    snn::Buffer<double> parts = zeros<double>(kBatch * kClasses), epoch_loss = zeros<double>(kBatch);
    snn::Buffer<int> labels = zeros<int>(kBatch), n_spikes = zeros<int>(kBatch * 9);
    snn::Buffer<std::int64_t> spikes = zeros<std::int64_t>(9), total = zeros<std::int64_t>(9),
                              correct = zeros<std::int64_t>(kBatch);
    const std::vector<float> scores = sums.download();
    std::vector<int> known = {0, 1, 2, 3, -1};
    for (std::size_t b = 0; b < 2; ++b)
      known[b] = snn::decide(scores.data() + b * kClasses, kClasses);  // two are right
    labels.upload(known);
    std::vector<int> counts(kBatch * 9);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<int>(i * 13 % 29);
    n_spikes.upload(counts);
    backend_.run(snn::LossGrad<float>{.shape = {kRows, kBatch, kClasses},
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
                                      .keep_s = 0.75F,
                                      .gain_s = 0.25F});
    for (int i = 0; i < 2; ++i) {
      backend_.run(snn::BatchCounts<float>{.n_batch = kBatch,
                                           .n_neurons = 9,
                                           .n_spikes = n_spikes.data(),
                                           .spikes = spikes.data(),
                                           .epoch_spikes = total.data(),
                                           .n_labelled = 4,
                                           .n_classes = kClasses,
                                           .sums = sums.data(),
                                           .loss = parts.data(),
                                           .labels = labels.data(),
                                           .loss_weight = 3.0,
                                           .epoch_loss = epoch_loss.data(),
                                           .epoch_correct = correct.data()});
    }
    keep("error", error), keep("loss", parts), keep("spikes of the batch", spikes), keep("of the epoch", total);
    keep("epoch loss", epoch_loss), keep("right", correct);
  }

  /// Norm, clip and update of two kinds of parameters.
  void update() {
    constexpr int kValues = 9000;
    snn::Buffer<float> gradients = zeros<float>(kValues), parts = random(kBatch * kValues, 7);
    snn::Buffer<float> parameters = random(kValues, 8), m = random(kValues, 9, -0.1, 0.1),
                       v = random(kValues, 10, 0.0, 0.1);
    snn::Buffer<double> lanes = zeros<double>(3 * 64), sums = zeros<double>(3);
    snn::Buffer<snn::GradientState> state(backend_, 1);
    snn::Buffer<snn::AdamCoeffs<float>> coeffs(backend_, snn::kAdamKinds);
    snn::AdamCoeffs<float> c{0.01F, 0.9F, 0.1F, 0.999F, 0.001F, 0.19F, 0.002F, 1e-8F, 0.999F, -0.5F, 0.75F};
    coeffs.upload(std::vector<snn::AdamCoeffs<float>>{c, c, c});
    backend_.run(
        snn::BatchSum<float>{.n_batch = kBatch, .n_neurons = kValues, .parts = parts.data(), .out = gradients.data()});
    backend_.run(snn::SquareSums<float>{.n_values = kValues, .values = gradients.data(), .sums = lanes.data()});
    backend_.run(snn::LaneSums{.n_chunks = 3, .n_lanes = 64, .lanes = lanes.data(), .sums = sums.data()});
    backend_.run(snn::GradientNorm{.n_sums = 3, .sums = sums.data(), .clip_norm = 1.0, .state = state.data()});
    backend_.run(snn::AdamUpdate<float>{.ends = {5000, 5001, kValues},
                                        .parameters = parameters.data(),
                                        .m = m.data(),
                                        .v = v.data(),
                                        .gradients = gradients.data(),
                                        .state = state.data(),
                                        .coeffs = coeffs.data()});
    keep("gradients", gradients), keep("lanes", lanes), keep("sums", sums), keep("parameters", parameters);
    keep("m", m), keep("v", v);
    const snn::GradientState found = state.download().front();
    outputs_["norm"] = {found.norm, found.factor, found.norm_sum};
  }

  void gather() {
    snn::Buffer<float> values = random(kRows * 9, 11), x = zeros<float>(kRows * 9);
    std::vector<snn::UtteranceView> views;
    for (int b = 0; b < kBatch; ++b) {
      const float* place = b == 2 ? nullptr : values.data() + kRowBegin[static_cast<std::size_t>(b)] * 9;
      views.push_back({place, snn::ValueType::kFloat, b - 2, 1 - b});
    }
    snn::Buffer<snn::UtteranceView> sent(backend_, views.size());
    sent.upload(views);
    backend_.run(snn::GatherBatch<float>{.shape = {kRows, kBatch, 9},
                                         .row_begin = row_begin(),
                                         .utterances = sent.data(),
                                         .factor = 1.5F,
                                         .x = x.data()});
    keep("x", x);
  }

 private:
  snn::Backend<float>& backend_;
  snn::NetworkParams network_;
  snn::Buffer<int> row_begin_;
  snn::Buffer<float> theta_, w_self_, drive_, u_, psc_;
  Outputs outputs_;
};

/// Runs it on both and compares.
void check_equal(const std::function<void(Side&)>& run) {
  emulated::reset();
  const auto cpu = snn::make_backend<float>("cpu", 1);
  const auto cuda = support::make_emulated_backend<float>();
  Side wanted(*cpu), found(*cuda);
  run(wanted);
  run(found);
  CHECK(emulated::counts().n_launches > 0);
  for (const auto& [name, values] : wanted.outputs()) {
    INFO(name);
    CHECK(support::same_bits(found.outputs().at(name), values));
    CHECK(*std::max_element(values.begin(), values.end()) > 0.0);  // it says something
  }
}

}  // namespace

TEST_CASE("cuda: the forward scan has the CPU's bits") {
  const bool self_connected = GENERATE(false, true);
  check_equal([&](Side& side) { side.forward(self_connected); });
}
TEST_CASE("cuda: the backward scan has the CPU's bits, by every rule") {
  const snn::Rule rule = GENERATE(snn::Rule::kStep, snn::Rule::kSurrogate, snn::Rule::kLayer);
  const double rate = GENERATE(0.1, 0.2);
  check_equal([&](Side& side) {
    side.forward(true);
    side.backward(rule, rate);
  });
}
TEST_CASE("cuda: losses and counts have the CPU's bits") {
  const snn::LossKind kind = GENERATE(snn::LossKind::kKernel, snn::LossKind::kCount, snn::LossKind::kSoftmax);
  check_equal([&](Side& side) { side.loss(kind); });
}
TEST_CASE("cuda: norm, clip and update have the CPU's bits") {
  check_equal([](Side& side) { side.update(); });
}
TEST_CASE("cuda: gathering has the CPU's bits") {
  check_equal([](Side& side) { side.gather(); });
}
