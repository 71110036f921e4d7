#include "scripts/bench/network_contender.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "scripts/bench/data.h"
#include "scripts/bench/rates.h"
#include "snn/init.h"
#include "snn/model_file.h"
#include "tools/common/load.h"

namespace bench {

namespace {

constexpr int kBatches = 4;  // different batches, taken in turn

// The recipe "best" where it depends on the network.
snn::OptimiserParams optimiser_params(const snn::NetworkParams& network) {
  snn::OptimiserParams params;
  params.lr = 0.4 / *std::max_element(network.sizes.begin() + 1, network.sizes.end());
  return params;
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

}  // namespace

NetworkContender::NetworkContender(const Case& each, const Flags& flags) : case_(each) {
  isa_ = flags.text("isa").empty() ? snn::isa_names().front() : flags.text("isa");
  backend_ = snn::make_backend<float>("cpu", flags.integer("threads", 1), isa_);
  snn::Tensors parameters;
  if (!flags.text("model").empty()) {
    const snn::Model model = snn::read_model(flags.text("model"));
    case_.network = model.training.network;
    parameters = model.parameters;
    dataset_ = some_of(tools::load_streams({flags.text("data")}).dataset, case_.n_batch);
  } else {
    dataset_ = make_dataset(case_, kBatches * case_.n_batch);
    parameters = snn::initial_parameters(case_.network, {}, 1);
    scale_to_rates(case_.network, dataset_, case_.n_batch, flags.numbers("rates"), *backend_, parameters);
  }
  snn::GradientParams gradient;
  if (!flags.text("rule").empty()) gradient.rule = snn::parse_rule(flags.text("rule"));
  network_ = std::make_unique<snn::Network<float>>(case_.network, gradient, *backend_);
  network_->set_parameters(parameters);
  values_ = std::make_unique<snn::StoredDataset>(dataset_, *backend_);
  parameters_ = network_->parameter_buffer().download();
  optimiser_ = std::make_unique<snn::Optimiser<float>>(optimiser_params(case_.network), *network_);
}

std::string NetworkContender::about() {
  std::string text = isa_ + ", rates";
  for (const double rate : measure_rates(*network_, dataset_, case_.n_batch)) text += fmt::format(" {:.4f}", rate);
  return text;
}

void NetworkContender::gather(bool shifted) {
  const int n_utterances = static_cast<int>(dataset_.utterances.size());
  const int n_batches = snn::count_batches(n_utterances, case_.n_batch);
  const int batch = n_done_ % n_batches, epoch = n_done_ / n_batches;
  ++n_done_;
  const std::vector<int> order = snn::epoch_order(n_utterances, 1, epoch);
  const auto indices = snn::batch_indices(order, batch, case_.n_batch);
  const auto shifts =
      shifted ? snn::draw_shifts({5, 1}, 1, epoch, dataset_, indices) : std::vector<snn::Shift>(indices.size());
  network_->load(values_->plan(indices, shifts), shifted);
}

Parts NetworkContender::step() {
  network_->parameter_buffer().upload(parameters_);
  Laps laps;
  gather(true);
  laps.end("gather");
  network_->forward();
  laps.end("forward");
  network_->backward({});
  laps.end("backward");
  optimiser_->step(1.0);
  laps.end("update");
  return laps.parts();
}

Parts NetworkContender::infer() {
  network_->parameter_buffer().upload(parameters_);
  Laps laps;
  gather(false);
  laps.end("gather");
  network_->infer();
  laps.end("forward");
  return laps.parts();
}

}  // namespace bench
