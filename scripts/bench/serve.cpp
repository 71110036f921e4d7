#include "scripts/bench/serve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace bench {

namespace {

double seconds_of(clockid_t clock) {
  timespec now{};
  if (clock_gettime(clock, &now) != 0) throw std::runtime_error("this system lacks a clock of processor or wall time");
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void say(const nlohmann::ordered_json& answer) {
  fmt::print("{}\n", answer.dump());
  if (std::fflush(stdout) != 0) throw std::runtime_error("stdout: could not write");
}

}  // namespace

Laps::Laps() : cpu_begin_(seconds_of(CLOCK_PROCESS_CPUTIME_ID)), wall_begin_(seconds_of(CLOCK_MONOTONIC)) {}

void Laps::end(const std::string& part) {
  const Laps now;
  auto found = std::ranges::find(parts_, part, &Part::name);
  if (found == parts_.end()) found = parts_.insert(found, {part});
  found->cpu_s += now.cpu_begin_ - cpu_begin_;
  found->wall_s += now.wall_begin_ - wall_begin_;
  cpu_begin_ = now.cpu_begin_;
  wall_begin_ = now.wall_begin_;
}

void serve(const std::string& about, const std::map<std::string, std::function<Parts()>>& operations, int n_repeats) {
  say({{"ready", about}});
  std::string name;
  while (std::getline(std::cin, name)) {
    const auto found = operations.find(name);
    if (found == operations.end()) throw std::invalid_argument("no operation " + name);
    double cpu = 0.0, wall = 0.0;
    auto parts = nlohmann::ordered_json::object();
    for (const Part& part : found->second()) {
      cpu += part.cpu_s / n_repeats;
      wall += part.wall_s / n_repeats;
      parts[part.name] = part.cpu_s / n_repeats;
    }
    say({{"cpu_s", cpu}, {"wall_s", wall}, {"parts", parts}});
  }
}

}  // namespace bench
