#include "scripts/bench/network_contender.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "scripts/bench/data.h"
#include "scripts/bench/rates.h"
#include "snn/files/model_file.h"
#include "snn/model/init.h"
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

// The same work, but it changes no parameter.
snn::OptimiserParams still(snn::OptimiserParams params) {
  params.lr = 0.0;
  params.clip_weight = 1e6;
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
  snn::BackendChoice choice{.n_threads = flags.integer("threads", 1)};
  if (!flags.text("device").empty()) choice.device = flags.text("device");
  if (!flags.text("precision").empty()) choice.precision = flags.text("precision");
  choice.isa = flags.text("isa").empty() ? snn::isa_names().front() : flags.text("isa");
  const snn::ResolvedDevice device = snn::resolve_device(choice);
  on_cpu_ = device.device == "cpu";
  label_ = on_cpu_ ? choice.isa : device.label + ", " + choice.precision;
  n_repeats_ = flags.integer("repeats", 50);
  if (n_repeats_ < 1) throw std::invalid_argument("--repeats: wanted 1 or more");
  const snn::Tensors parameters = make_parameters(flags, choice.isa);
  snn::GradientParams gradient;
  if (!flags.text("rule").empty()) gradient.rule = snn::parse_name<snn::Rule>(flags.text("rule"));
  backend_ = snn::make_backend<float>(choice);
  network_ = std::make_unique<snn::Network<float>>(case_.network, gradient, *backend_);
  network_->set_parameters(parameters);
  values_ = backend_->keep(snn::value_bytes(dataset_), 0);
  parameters_ = network_->parameter_buffer().download();
  const snn::OptimiserParams params = optimiser_params(case_.network);
  optimiser_ = std::make_unique<snn::Optimiser<float>>(params, *network_);
  still_ = std::make_unique<snn::Optimiser<float>>(still(params), *network_);
  counts_ = std::make_unique<snn::EpochCounts>(*backend_, network_->n_neurons(), network_->params().n_layers(),
                                               case_.n_batch);
}

/// A model's with some of its data, or made ones that fire at the wanted rates: those of the CPU on every device, so that
/// all do the same work.
snn::Tensors NetworkContender::make_parameters(const Flags& flags, const std::string& isa) {
  if (!flags.text("model").empty()) {
    const snn::Model model = snn::read_model(flags.text("model"));
    case_.network = model.training.network;
    dataset_ = some_of(tools::load_streams({flags.text("data")}).dataset, case_.n_batch);
    return model.parameters;
  }
  const auto cpu = snn::make_backend<float>("cpu", flags.integer("threads", 1), isa);
  dataset_ = make_dataset(case_, kBatches * case_.n_batch);
  snn::Tensors parameters = snn::initial_parameters(case_.network, {}, 1);
  scale_to_rates(case_.network, dataset_, case_.n_batch, flags.numbers("rates"), *cpu, parameters);
  return parameters;
}

std::map<std::string, Operation> NetworkContender::operations() {
  std::map<std::string, Operation> all = {{"steps", {[this] { return steps(); }, n_repeats_}},
                                          {"infers", {[this] { return infers(); }, n_repeats_}}};
  if (!on_cpu_) return all;
  all["step"] = {[this] { return step(); }};
  all["infer"] = {[this] { return infer(); }};
  return all;
}

std::string NetworkContender::about() {
  std::string text = label_ + ", rates";
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
  const snn::AugmentParams augment{.shift_steps = shifted ? 5 : 0, .shift_channels = shifted ? 1 : 0};
  const auto changes = snn::draw_augmentations(augment, 1, epoch, dataset_, indices);
  network_->load(snn::make_batch(dataset_, indices, changes), shifted);
}

/// As the trainer does it. What is recorded and repeated has no laps: on_part is for the CPU, which does it anew each time.
void NetworkContender::run_step(snn::Optimiser<float>& optimiser, const std::function<void(const char*)>& on_part) {
  gather(true);
  optimiser.prepare(1.0);
  on_part("gather");
  backend_->repeat(network_->sequence_key(&optimiser), [&] {
    network_->forward();
    on_part("forward");
    network_->backward({});
    on_part("backward");
    optimiser.apply();
    network_->count({}, optimiser.device_state(), *counts_);
    on_part("update");
  });
}

/// Off the clock: to the parameters that every step starts from, all earlier work done.
void NetworkContender::set_back() {
  network_->parameter_buffer().upload(parameters_);
  still_->state();
}

Parts NetworkContender::step() {
  set_back();
  Laps laps;
  run_step(*optimiser_, [&laps](const char* part) { laps.end(part); });
  return laps.parts();
}

Parts NetworkContender::infer() {
  set_back();
  Laps laps;
  gather(false);
  laps.end("gather");
  network_->infer();
  laps.end("forward");
  return laps.parts();
}

Parts NetworkContender::steps() {
  set_back();
  Laps laps;
  for (int i = 0; i < n_repeats_; ++i) run_step(*still_, [](const char*) {});
  const snn::GradientState state = still_->state();
  laps.end("step");
  if (state.stopped_at != 0) throw std::runtime_error("the norm of a gradient is not finite");
  return laps.parts();
}

Parts NetworkContender::infers() {
  set_back();
  Laps laps;
  for (int i = 0; i < n_repeats_; ++i) {
    gather(false);
    network_->infer();
  }
  network_->class_sums();
  laps.end("infer");
  return laps.parts();
}

}  // namespace bench
