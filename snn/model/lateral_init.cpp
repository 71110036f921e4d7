#include "snn/model/lateral_init.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "snn/base/hash.h"
#include "snn/base/rng.h"

namespace snn {
namespace {

constexpr int kSettling = 100;  // products before the growth is measured
constexpr int kMeasured = 400;  // products over which it is averaged: the largest eigenvalues come in complex pairs

struct Connection {
  int to, from;
  double w;
};

std::vector<Connection> connections_of(std::span<const float> w, int n) {
  std::vector<Connection> connections;
  const auto width = static_cast<std::size_t>(n);
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (w[i] != 0.0F) connections.push_back({static_cast<int>(i / width), static_cast<int>(i % width), double{w[i]}});
  }
  return connections;
}

/// x becomes W x of length 1; returns the length before that.
double multiply(const std::vector<Connection>& w, std::vector<double>& x) {
  std::vector<double> y(x.size());
  for (const Connection& each : w)
    y[static_cast<std::size_t>(each.to)] += each.w * x[static_cast<std::size_t>(each.from)];
  double squares = 0.0;
  for (const double value : y) squares += value * value;
  const double length = std::sqrt(squares);
  if (length > 0.0) {
    for (double& value : y) value /= length;
  }
  x = std::move(y);
  return length;
}

}  // namespace

double spectral_radius(std::span<const float> w, int n) {
  const std::vector<Connection> connections = connections_of(w, n);
  Rng rng(0, Purpose::kInit, fnv1a("spectral radius"));
  std::vector<double> x(static_cast<std::size_t>(n));
  for (double& value : x) value = rng.normal();
  double logs = 0.0;
  for (int i = 0; i < kSettling + kMeasured; ++i) {
    const double growth = multiply(connections, x);
    if (growth == 0.0) return 0.0;
    if (i >= kSettling) logs += std::log(growth);
  }
  return std::exp(logs / kMeasured);
}

std::vector<float> draw_lateral(const NetworkParams& network, const InitParams& init, const ParameterInfo& info,
                                std::uint64_t seed) {
  const int n = network.sizes[static_cast<std::size_t>(info.to)];
  const auto stream = [&](const char* what) { return Rng(seed, Purpose::kInit, fnv1a(info.name + what)); };
  Rng values = stream(""), present = stream(" present"), signs = stream(" sign");
  const double deviation = init.w_rec_scale * std::sqrt(2.0 / (n * network.recurrent_density));
  std::vector<double> sign_of(static_cast<std::size_t>(n));
  for (double& sign : sign_of) sign = signs.uniform() < init.inhibitory_share ? -1.0 : 1.0;
  std::vector<float> w;
  for (std::size_t i = 0; i < sign_of.size() * sign_of.size(); ++i) {
    const double value = deviation * values.normal();
    const bool is_there = present.uniform() < network.recurrent_density;
    const double kept = init.inhibitory_share > 0.0 ? std::abs(value) * sign_of[i % sign_of.size()] : value;
    w.push_back(is_there ? static_cast<float>(kept) : 0.0F);
  }
  if (std::ranges::all_of(w, [](float value) { return value == 0.0F; }) && network.recurrent_density < 1.0) {
    throw std::invalid_argument(
        fmt::format("{} has no connection: recurrent_density {} and w_rec_scale {}; wanted are larger ones", info.name,
                    network.recurrent_density, init.w_rec_scale));
  }
  if (init.spectral_radius == 0.0) return w;
  const double radius = spectral_radius(w, n);
  if (radius == 0.0) {
    throw std::invalid_argument(
        fmt::format("spectral_radius is {}; {} has no cycles to scale: give it more connections (recurrent_density, "
                    "w_rec_scale) or leave it out",
                    init.spectral_radius, info.name));
  }
  for (float& value : w) value = static_cast<float>(value * init.spectral_radius / radius);
  return w;
}

}  // namespace snn
