// A contender of the bench (serve.h):
//   ossicle_bench products --sizes 78,400,400,400,26 --steps 100 --batch 50 --variant feed-forward
//   ossicle_bench network  the same, and --rate 0.05 --threads 1 --rule surrogate; or --model FILE --data STREAM; --device cuda:0
//                          --precision tf32 --repeats 1
//   ossicle_bench ear      --sounds FILE --utterances 120 --samples 6250 --decimation 200
//   ossicle_bench probe
// And by itself: ossicle_bench listen --model FILE --sound FILE --block-ms 10
//                ossicle_bench host --data STREAM, and any option of ossicle-train that says what is trained
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <span>
#include <stdexcept>
#include <thread>

#include "frontend/lyon/design.h"
#include "frontend/lyon/ear.h"
#include "scripts/bench/contenders.h"
#include "scripts/bench/serve.h"
#include "tools/options/training_options.h"

namespace bench {

namespace {

constexpr int kEarRateHz = 12500;
constexpr int kProbeRounds = 150'000'000;

/// Sounds, and how they are heard.
struct Sounds {
  std::string path;
  int n_utterances = 0, n_samples = 0, decimation = 100;
};

/// "hear" turns all sounds into cochleagrams, [step][channel] each. Full scale is +-1; the file holds utterances x samples
/// floats of this machine.
void serve_ear(const Sounds& from) {
  const auto n_utterances = static_cast<std::size_t>(from.n_utterances);
  const auto n_samples = static_cast<std::size_t>(from.n_samples);
  std::vector<float> sounds(n_utterances * n_samples);
  std::ifstream file(from.path, std::ios::binary);
  const auto n_bytes = static_cast<std::streamsize>(sounds.size() * sizeof(float));
  if (!file.read(reinterpret_cast<char*>(sounds.data()), n_bytes)) {
    throw std::runtime_error(fmt::format("{}: wanted {} sounds of {} samples", from.path, n_utterances, n_samples));
  }
  ear::Ear ear(ear::design_ear({}, kEarRateHz), "auto");
  const auto n_channels = static_cast<std::size_t>(ear.n_channels());
  const std::size_t n_steps = n_samples / static_cast<std::size_t>(from.decimation);
  std::vector<std::vector<float>> steps(n_utterances, std::vector<float>(n_steps * n_channels));
  std::vector<ear::EarJob> jobs;
  for (std::size_t i = 0; i < n_utterances; ++i) {
    const auto sound = std::span(sounds).subspan(i * n_samples, n_samples);
    jobs.push_back({.samples = sound, .decimation = from.decimation, .steps = steps[i]});
  }
  const auto hear = [&] {
    Laps laps;
    ear.hear(jobs);
    laps.end("ear");
    return laps.parts();
  };
  serve(fmt::format("{}, {} utterances of {} samples, {} channels", ear.isa(), n_utterances, n_samples, n_channels),
        {{"hear", hear}});
}

/// Independent chains of multiply-add that keep the arithmetic units busy. The result must be used.
float work(float start) {
  std::array<float, 64> x;
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = start + static_cast<float>(i);
  for (int i = 0; i < kProbeRounds; ++i) {
    for (float& each : x) each = each * 0.999f + 0.001f;
  }
  float sum = 0.0f;
  for (const float each : x) sum += each;
  return sum;
}

/// A fixed amount of arithmetic in cache, on one thread and the same on each of two. Two real cores take as long for the second
/// as for the first; two hardware threads of one core, or cores that others use, take longer.
Parts probe(int n_threads) {
  std::vector<float> results(static_cast<std::size_t>(n_threads));
  volatile float unknown = 1.0f;
  const float start = unknown;
  Laps laps;
  {
    std::vector<std::jthread> threads;
    for (float& result : results) threads.emplace_back([&result, start] { result = work(start); });
  }
  laps.end(results.front() > 0.0f ? "work" : "no work");
  return laps.parts();
}

/// The recurrent network has a lateral matrix in layer 2 and nothing else; the self-recurrent network has BIP in the hidden layers and the skip 1:3; the next two have three delays on every connection
/// and a normalised drive as well, and the last one neurons that adapt and an output layer that does not fire.
void set_variant(const std::string& name, Case& each) {
  snn::NetworkParams& network = each.network;
  if (name == "feed-forward") return;
  if (name == "recurrent") return void(network.recurrent = {2});
  network.self_recurrent = network.bip = {1, 2, 3};
  network.skips = {{1, 3}};
  if (name == "srsc-bip") return;
  network.input_delays = network.forward_delays = network.skip_delays = {0, 5, 10};
  network.normalised = true;
  if (name == "delayed") return;
  network.adaptive = {1, 2, 3};
  network.output_layer = snn::OutputLayer::kMean;
  each.loss.kind = snn::LossKind::kMeanSoftmax;
}

CLI::App* add_contender(CLI::App& app, const std::string& name, Case& each) {
  CLI::App* contender = app.add_subcommand(name);
  contender->add_option("--sizes", each.network.sizes)->delimiter(',');
  contender->add_option("--steps", each.n_steps)->check(CLI::PositiveNumber);
  contender->add_option("--batch", each.n_batch)->check(CLI::PositiveNumber);
  contender->add_option_function<std::string>("--variant", [&](const auto& text) { set_variant(text, each); })
      ->check(CLI::IsMember({"feed-forward", "recurrent", "srsc-bip", "delayed", "adaptive"}));
  return contender;
}

void add_network(CLI::App& app, Case& each) {
  CLI::App* network = add_contender(app, "network", each);
  network->add_option("--rate", each.rate);
  CLI::Option* data = network->add_option("--data", each.data);
  network->add_option("--model", each.model)->needs(data);
  network->add_option_function<std::string>(
      "--rule", [&](const auto& text) { each.gradient.rule = snn::parse_name<snn::Rule>(text); });
  network->add_option("--repeats", each.n_repeats)->check(CLI::PositiveNumber);
  each.where.choice = {.n_threads = 1, .isa = snn::isa_names().front()};
  tools::add_backend_options(*network, each.where);
  network->callback([&] {
    tools::check(each.where);
    serve_network(each);
  });
}

void add_ear(CLI::App& app, Sounds& sounds) {
  CLI::App* ear = app.add_subcommand("ear");
  ear->add_option("--sounds", sounds.path)->required();
  ear->add_option("--utterances", sounds.n_utterances)->required()->check(CLI::PositiveNumber);
  ear->add_option("--samples", sounds.n_samples)->required()->check(CLI::PositiveNumber);
  ear->add_option("--decimation", sounds.decimation)->check(CLI::PositiveNumber);
  ear->callback([&] { serve_ear(sounds); });
}

void run(int argc, char** argv) {
  CLI::App app;
  app.require_subcommand(1);
  app.set_help_flag();
  Case each;
  each.network.input_scale = 2.0;  // as the recipe "best"
  Sounds sounds;
  add_contender(app, "products", each)->callback([&] { serve_products(each); });
  add_network(app, each);
  add_ear(app, sounds);
  CLI::App* listen = app.add_subcommand("listen");
  std::string model, sound;
  int block_ms = 10;
  listen->add_option("--model", model)->required();
  listen->add_option("--sound", sound)->required();
  listen->add_option("--block-ms", block_ms)->check(CLI::PositiveNumber);
  listen->callback([&] { time_listening(model, sound, block_ms); });
  CLI::App* host = app.add_subcommand("host");
  std::string data;
  snn::TrainingChoices choices;
  host->add_option("--data", data)->required();
  tools::add_training_options(*host, choices);
  host->callback([&] { time_host_steps(choices, data); });
  app.add_subcommand("probe")->callback([] {
    serve("probe", {{"one", [] { return probe(1); }}, {"two", [] { return probe(2); }}});
  });
  app.parse(argc, argv);
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
  try {
    bench::run(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ossicle_bench: {}\n", error.what());
    return 2;
  }
}
