#include "scripts/bench/probe.h"

#include <array>
#include <thread>
#include <vector>

namespace bench {

namespace {

constexpr int kRounds = 150'000'000;

/// Independent chains of multiply-add that keep the arithmetic units busy. The result must be used.
float work(float start) {
  std::array<float, 64> x;
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = start + static_cast<float>(i);
  for (int i = 0; i < kRounds; ++i) {
    for (float& each : x) each = each * 0.999f + 0.001f;
  }
  float sum = 0.0f;
  for (const float each : x) sum += each;
  return sum;
}

}  // namespace

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

}  // namespace bench
