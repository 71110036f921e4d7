// Processor time of whole training steps on one thread, each beside the bare OpenBLAS products of the same shapes run
// just before it, as CSV on stdout; what ran it, on stderr. A step is what the trainer does for a batch: gather and
// shift the utterances, forward pass, loss and backward pass, update.
//   bench_train_step [-n REPETITIONS] [CASE ...]
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <random>

#include "scripts/bench/products.h"
#include "snn/init.h"
#include "snn/optimiser.h"

namespace {

constexpr int kBatches = 4;         // different batches, taken in turn
constexpr int kTrainingSteps = 60;  // before the clock starts: the layers settle to rates of a network in training

/// Intensities of 0..1: each utterance has half of the channels silent and the others at levels of their own, with a
/// flutter over time, so that the layers fire as they do on speech.
snn::Dataset make_dataset(const bench::Case& each) {
  snn::Dataset dataset;
  dataset.n_channels = each.network.sizes.front();
  const int n_classes = each.network.sizes.back();
  for (int k = 0; k < n_classes; ++k) dataset.classes.push_back(fmt::format("{:02}", k));
  std::minstd_rand engine(1);
  std::uniform_real_distribution<float> uniform(0.0f, 1.0f);
  for (int i = 0; i < kBatches * each.n_batch; ++i) {
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

// The recipe "best" where it depends on the network.
snn::NetworkParams scaled(snn::NetworkParams network) {
  network.input_scale = 2.0;
  return network;
}
snn::OptimiserParams optimiser_params(const snn::NetworkParams& network) {
  snn::OptimiserParams params;
  params.lr = 0.4 / *std::max_element(network.sizes.begin() + 1, network.sizes.end());
  return params;
}

class Step {
 public:
  explicit Step(const bench::Case& each)
      : case_(each),
        dataset_(make_dataset(each)),
        backend_(snn::make_backend<float>("cpu", 1)),
        network_(scaled(each.network), {}, *backend_),
        optimiser_(optimiser_params(each.network), network_) {
    network_.set_parameters(snn::initial_parameters(each.network, {}, 1));
  }

  /// One step. `report(part, seconds)` is called for each part of it.
  template <class Report>
  void run(const Report& report) {
    const int batch = n_done_++ % kBatches, epoch = n_done_ / kBatches;
    const std::vector<int> order = snn::epoch_order(kBatches * case_.n_batch, 1, epoch);
    const auto indices = snn::batch_indices(order, batch, case_.n_batch);
    const double begin = bench::cpu_seconds();
    snn::fill(batch_, dataset_, indices, snn::draw_shifts({5, 1}, 1, epoch, dataset_, indices));
    const double filled = bench::cpu_seconds();
    network_.forward(batch_);
    const double forwarded = bench::cpu_seconds();
    network_.backward(batch_, {});
    const double backwarded = bench::cpu_seconds();
    optimiser_.measure_norm();
    optimiser_.step(1.0);
    const double updated = bench::cpu_seconds();
    report("step_gather", filled - begin);
    report("step_forward", forwarded - filled);
    report("step_backward", backwarded - forwarded);
    report("step_update", updated - backwarded);
  }

  /// Share of neurons and steps with a spike in layer 1..L, in the last forward pass.
  double firing_rate(int layer) const {
    double n_spikes = 0.0;
    for (const int count : network_.spike_counts(layer)) n_spikes += count;
    return n_spikes / (case_.n_steps * case_.n_batch * case_.network.sizes[static_cast<std::size_t>(layer)]);
  }

 private:
  bench::Case case_;
  snn::Dataset dataset_;
  std::unique_ptr<snn::Backend<float>> backend_;
  snn::Network<float> network_;
  snn::Optimiser<float> optimiser_;
  snn::Batch<float> batch_;
  int n_done_ = 0;
};

void run_case(const bench::Case& each, int n_repetitions) {
  bench::Products products(each);
  Step step(each);
  for (int i = 0; i < kTrainingSteps; ++i) step.run([](const char*, double) {});
  for (int repetition = -1; repetition < n_repetitions; ++repetition) {
    for (std::size_t i = 0; i < products.gemms().size(); ++i) {
      const double seconds = products.run(i);
      if (repetition >= 0) fmt::print("{}\n", bench::csv_line(each, repetition, products.gemms()[i], seconds));
    }
    step.run([&](const char* part, double seconds) {
      if (repetition >= 0) fmt::print("{}\n", bench::csv_line(each, repetition, part, seconds));
    });
  }
  std::string rates;
  for (int layer = 1; layer <= each.network.n_layers(); ++layer)
    rates += fmt::format(" {:.3f}", step.firing_rate(layer));
  fmt::print(stderr, "{}: firing rates of the layers{}\n", each.name, rates);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const bench::Options options = bench::parse({argv + 1, argv + argc});
    fmt::print(stderr, "{}\n", bench::prepare_blas());
    fmt::print("{}\n", bench::csv_header());
    for (const bench::Case& each : options.cases) run_case(each, options.n_repetitions);
    return std::fflush(stdout) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_train_step: {}\n", error.what());
    return 2;
  }
}
