// A contender of the bench (serve.h):
//   ossicle_bench products --sizes 78,400,400,400,26 --steps 100 --batch 50 --variant feed-forward
//   ossicle_bench network  the same, and --rates 0.05 --threads 1; or --model FILE --data STREAM; --device cuda:0
//                          --precision tf32 --repeats 50
//   ossicle_bench ear      --sounds FILE --utterances 120 --samples 6250 --decimation 200
//   ossicle_bench probe
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "frontend/lyon/design.h"
#include "frontend/lyon/ear.h"
#include "scripts/bench/network_contender.h"
#include "scripts/bench/products.h"

namespace bench {

namespace {

constexpr int kEarRateHz = 12500;
constexpr int kProbeRounds = 150'000'000;

void serve_products(const Flags& flags) {
  const std::string about = prepare_blas();
  Products products(parse_case(flags));
  serve(about, {{"step", {[&] { return products.run(false); }}}, {"infer", {[&] { return products.run(true); }}}});
}

/// Full scale is +-1; the file holds utterances x samples doubles of this machine.
std::vector<std::vector<float>> read_sounds(const Flags& flags) {
  const std::string path = flags.text("sounds");
  const int n_utterances = flags.integer("utterances", 0), n_samples = flags.integer("samples", 0);
  if (n_utterances < 1 || n_samples < 1) throw std::invalid_argument("--sounds also needs --utterances and --samples");
  std::vector<std::vector<float>> sounds;
  std::ifstream file(path, std::ios::binary);
  std::vector<double> values(static_cast<std::size_t>(n_samples));
  const auto n_bytes = static_cast<std::streamsize>(values.size() * sizeof(double));
  for (int i = 0; i < n_utterances; ++i) {
    if (!file.read(reinterpret_cast<char*>(values.data()), n_bytes)) {
      throw std::runtime_error(fmt::format("{}: wanted {} sounds of {} samples", path, n_utterances, n_samples));
    }
    std::vector<float>& sound = sounds.emplace_back();
    for (const double x : values) sound.push_back(static_cast<float>(x));
  }
  return sounds;
}

/// "hear" turns all sounds into cochleagrams, [step][channel] each.
void serve_ear(const Flags& flags) {
  const std::vector<std::vector<float>> sounds = read_sounds(flags);
  const int decimation = flags.integer("decimation", 100);
  ear::Ear ear(ear::design_ear({}, kEarRateHz), "auto");
  const auto n_channels = static_cast<std::size_t>(ear.n_channels());
  std::vector<std::vector<float>> steps(sounds.size());
  std::vector<ear::EarJob> jobs;
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    steps[i].resize(sounds[i].size() / static_cast<std::size_t>(decimation) * n_channels);
    jobs.push_back({.samples = sounds[i], .decimation = decimation, .steps = steps[i]});
  }
  const auto hear = [&] {
    Laps laps;
    ear.hear(jobs);
    laps.end("ear");
    return laps.parts();
  };
  serve(fmt::format("{}, {} utterances of {} samples, {} channels", ear.isa(), sounds.size(), sounds.front().size(),
                    n_channels),
        {{"hear", {hear}}});
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

void run(const std::string& what, const Flags& flags) {
  if (what == "products") return serve_products(flags);
  if (what == "ear") return serve_ear(flags);
  if (what == "probe") return serve("probe", {{"one", {[] { return probe(1); }}}, {"two", {[] { return probe(2); }}}});
  if (what != "network") throw std::invalid_argument("'" + what + "': wanted products, network, ear or probe");
  const bool trained = !flags.text("model").empty();
  NetworkContender network(trained ? Case{} : parse_case(flags), flags);
  serve(network.about(), network.operations());
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw std::invalid_argument("wanted products, network, ear or probe");
    bench::run(argv[1], bench::Flags({argv + 2, argv + argc}));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ossicle_bench: {}\n", error.what());
    return 2;
  }
}
