// What the thread that launches a training's steps does of its own, without a device that would make it wait.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>

#include "scripts/bench/contenders.h"
#include "snn/train/trainer.h"
#include "tools/common/load.h"

namespace bench {

namespace {

constexpr int kEpochs = 5;

/// In the place of a CUDA device that is done before it is asked: memory is the host's, what is sent is copied as into a page-locked
/// slot, and stages and bodies cost nothing.
class IdleBackend final : public snn::Backend<float> {
 public:
  std::string name() const override { return "cuda:0"; }
  snn::BackendTraits traits() const override { return {.row_step = 128, .batches_per_readback = 16}; }
  void* allocate(std::size_t) override { return this; }  // an address that nobody follows
  void release(void*) noexcept override {}
  void upload(void*, const void* from_host, std::size_t n_bytes) override {
    const auto* from = static_cast<const std::byte*>(from_host);
    for (; n_bytes > 0;) {
      const std::size_t n = std::min(n_bytes, slot_.size());
      std::memcpy(slot_.data(), from, n);
      from += n, n_bytes -= n;
    }
  }
  void download(void* to_host, const void*, std::size_t n_bytes) override { std::memset(to_host, 0, n_bytes); }
  std::size_t spike_bytes(std::size_t n_rows, int n_neurons) const override {
    return n_rows * static_cast<std::size_t>(n_neurons) * sizeof(float);
  }
  std::shared_ptr<void> keep(const snn::UtteranceBytes&, std::size_t) override { return nullptr; }
  std::vector<const void*> fetch(const snn::UtteranceBytes& utterances) override {
    return std::vector<const void*>(utterances.size());
  }
  void repeat(const snn::SequenceKey&, const std::function<void()>&) override {}
  void run(const snn::ForwardStage<float>&) override {}
  void run(const snn::BackwardStage<float>&) override {}
  void run(const snn::WeightGradient<float>&) override {}
  void run(const snn::ScanBody<float>&) override {}

 private:
  std::vector<std::byte> slot_ = std::vector<std::byte>(std::size_t{256} << 10);
};

}  // namespace

void time_host_steps(const snn::TrainingChoices& choices, const std::string& data) {
  const snn::Dataset train = tools::load_streams({data}).dataset;
  snn::TrainingParams params = snn::resolve(choices, train.n_channels, static_cast<int>(train.classes.size())).params;
  params.n_epochs = kEpochs;
  IdleBackend backend;
  snn::Trainer trainer(snn::start_training(params, train, nullptr, "cochleagram", "[]"), train, nullptr, backend);
  std::vector<double> times;  // of batches, us
  while (!trainer.is_done()) {
    auto begin = std::chrono::steady_clock::now();
    trainer.run_epoch([&](const snn::BatchReport&) {
      const auto end = std::chrono::steady_clock::now();
      times.push_back(std::chrono::duration<double, std::micro>(end - begin).count());
      begin = std::chrono::steady_clock::now();
      return true;
    });
  }
  std::ranges::sort(times);
  const auto at = [&times](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  const nlohmann::ordered_json report = {
      {"batches", times.size()},
      {"utterances", params.batch_size},
      {"step_us", {{"least", at(0.0)}, {"quartile", at(0.25)}, {"median", at(0.5)}, {"upper quartile", at(0.75)}}}};
  fmt::print("{}\n", report.dump());
}

}  // namespace bench
