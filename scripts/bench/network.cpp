#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <stdexcept>

#include "scripts/bench/contenders.h"
#include "scripts/bench/rates.h"
#include "scripts/bench/serve.h"
#include "snn/data/batch.h"
#include "snn/model/folding.h"
#include "snn/model/init.h"
#include "snn/network/epoch_counts.h"
#include "snn/train/optimiser.h"
#include "tools/common/load.h"

namespace bench {

namespace {

constexpr int kBatches = 4;  // different batches, taken in turn

/// n utterances of the case's shape, intensities of 0..1: each utterance has half of the channels silent and the others
/// at levels of their own, with a flutter over time, so that the layers fire as they do on speech.
snn::Dataset make_dataset(const Case& each, int n) {
  snn::Dataset dataset;
  dataset.n_channels = each.network.sizes.front();
  const int n_classes = each.network.sizes.back();
  for (int k = 0; k < n_classes; ++k) dataset.classes.push_back(fmt::format("{:02}", k));
  std::minstd_rand engine(1);
  std::uniform_real_distribution<float> uniform(0.0f, 1.0f);
  for (int i = 0; i < n; ++i) {
    std::vector<float> levels(static_cast<std::size_t>(dataset.n_channels));
    for (float& level : levels) level = std::max(0.0f, 2.0f * uniform(engine) - 1.0f);
    std::vector<float> values;
    for (int t = 0; t < each.n_steps; ++t) {
      for (const float level : levels) values.push_back(level * uniform(engine));
    }
    const int label = i % n_classes;
    dataset.utterances.push_back({fmt::format("u{}", i), "", label, dataset.classes[static_cast<std::size_t>(label)],
                                  each.n_steps, std::move(values)});
  }
  return dataset;
}

/// The utterances of the first kBatches batches of an epoch.
snn::Dataset some_of(snn::Dataset all, int n_batch) {
  const std::vector<int> order = snn::epoch_order(static_cast<int>(all.utterances.size()), 1, 0);
  std::vector<snn::Utterance> chosen;
  for (std::size_t i = 0; i < std::min(order.size(), static_cast<std::size_t>(kBatches * n_batch)); ++i) {
    chosen.push_back(std::move(all.utterances[static_cast<std::size_t>(order[i])]));
  }
  all.utterances = std::move(chosen);
  return all;
}

/// A network with its parameters, and what it runs on.
struct Work {
  snn::NetworkParams network;
  snn::Tensors parameters;
  snn::Dataset dataset;
};

/// A model's with some of its data, or made ones that fire at the wanted rate: that of the CPU on every device, so that all
/// do the same work.
Work make_work(const Case& each) {
  if (!each.model.empty()) {
    snn::Model model = tools::read_model(each.model);
    return {model.training.network, std::move(model.parameters),
            some_of(tools::load_streams({each.data}).dataset, each.n_batch)};
  }
  Work work{each.network, snn::initial_parameters(each.network, {}, 1), make_dataset(each, kBatches * each.n_batch)};
  const snn::BackendChoice& choice = each.where.choice;
  const auto cpu = snn::make_backend({.n_threads = choice.n_threads, .isa = choice.isa});
  scale_to_rate(work.network, work.dataset, each.n_batch, each.rate, *cpu, work.parameters);
  return work;
}

class NetworkContender {
 public:
  NetworkContender(const Case& each, Work work)
      : n_batch_(each.n_batch),
        n_repeats_(each.n_repeats),
        on_cpu_(each.where.device.device == "cpu"),
        loss_(each.loss),
        dataset_(std::move(work.dataset)),
        backend_(snn::make_backend(each.where.choice)),
        network_(work.network, each.gradient, *backend_),
        optimiser_({.lr = 0.0, .lr_theta = 0.0, .clip_weight = 1e6}, network_),
        counts_(*backend_, network_.n_neurons(), network_.params().n_layers(), n_batch_),
        values_(backend_->keep(snn::value_bytes(dataset_), 0)) {
    network_.set_parameters(work.parameters);
    if (work.network.normalised) fold();
  }

  /// Of what inference runs.
  std::string rates() {
    std::string text;
    for (const double rate : measure_rates(scorer(), dataset_, n_batch_)) text += fmt::format(" {:.4f}", rate);
    return text;
  }

  /// What is recorded and repeated has no laps: those of parts are for the CPU, which does it anew each time.
  Parts step() {
    Laps laps;
    const auto end = [&](const char* part) {
      if (on_cpu_) laps.end(part);
    };
    for (int i = 0; i < n_repeats_; ++i) {
      gather(true);
      optimiser_.prepare(1.0);
      end("gather");
      backend_->repeat(network_.sequence_key(&optimiser_), [&] {
        network_.forward();
        end("forward");
        network_.backward(loss_);
        end("backward");
        optimiser_.apply();
        network_.keep_norms(optimiser_.device_state(), optimiser_.device_coeffs());
        network_.count(loss_, optimiser_.device_state(), counts_);
        end("update");
      });
    }
    const snn::GradientState state = optimiser_.state();
    if (!on_cpu_) laps.end("step");
    if (state.stopped_at != 0) throw std::runtime_error("the norm of a gradient is not finite");
    return laps.parts();
  }

  Parts infer() {
    Laps laps;
    for (int i = 0; i < n_repeats_; ++i) {
      gather(false);
      if (on_cpu_) laps.end("gather");
      scorer().infer();
      if (on_cpu_) laps.end("forward");
    }
    scorer().class_sums();
    if (!on_cpu_) laps.end("infer");
    return laps.parts();
  }

 private:
  /// What is scored: the network itself, unless it is normalised.
  snn::Network<float>& scorer() { return folded_ ? *folded_ : network_; }

  void fold() {
    gather(true);
    optimiser_.prepare(1.0);
    network_.forward();
    network_.keep_norms(optimiser_.device_state(), optimiser_.device_coeffs());  // of one batch, as it is the first
    snn::Folded folded = snn::fold_normalisation(network_.params(), network_.parameters());
    folded_.emplace(folded.network, snn::GradientParams{}, *backend_);
    folded_->set_parameters(folded.parameters);
  }

  /// The next batch.
  void gather(bool for_step) {
    const int n_utterances = static_cast<int>(dataset_.utterances.size());
    const int n_batches = snn::count_batches(n_utterances, n_batch_);
    const int batch = n_done_ % n_batches, epoch = n_done_ / n_batches;
    ++n_done_;
    const std::vector<int> order = snn::epoch_order(n_utterances, 1, epoch);
    const auto indices = snn::batch_indices(order, batch, n_batch_);
    const snn::AugmentParams augment{.shift_steps = for_step ? 5 : 0, .shift_channels = for_step ? 1 : 0};
    const auto changes = snn::draw_augmentations(augment, 1, epoch, dataset_, indices);
    (for_step ? network_ : scorer()).load(snn::make_batch(dataset_, indices, changes), for_step);
  }

  int n_batch_, n_repeats_, n_done_ = 0;
  bool on_cpu_;
  snn::LossParams loss_;
  snn::Dataset dataset_;
  std::unique_ptr<snn::Backend<float>> backend_;
  snn::Network<float> network_;
  std::optional<snn::Network<float>> folded_;
  snn::Optimiser<float> optimiser_;
  snn::EpochCounts counts_;
  std::shared_ptr<void> values_;  // of the data set, kept by the back end
};

}  // namespace

void serve_network(const Case& each) {
  NetworkContender network(each, make_work(each));
  const std::string rates = network.rates();
  const std::string about = each.where.device.device == "cpu"
                                ? each.where.choice.isa
                                : each.where.device.label + ", " + each.where.choice.precision;
  serve(about + ", rates" + rates,
        {{"step", [&] { return network.step(); }}, {"infer", [&] { return network.infer(); }}}, each.n_repeats);
}

}  // namespace bench
