#include "scripts/bench/serve.h"

#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <iostream>
#include <stdexcept>

namespace bench {

namespace {

double seconds_of(clockid_t clock) {
  timespec now{};
  if (clock_gettime(clock, &now) != 0) throw std::runtime_error("this system lacks a clock of processor or wall time");
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  if (std::fflush(stdout) != 0) throw std::runtime_error("stdout: could not write");
}

// Names and texts of this program: ASCII without control characters.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

Laps::Laps() : cpu_begin_(seconds_of(CLOCK_PROCESS_CPUTIME_ID)), wall_begin_(seconds_of(CLOCK_MONOTONIC)) {}

void Laps::end(const std::string& part) {
  const Laps now;
  parts_.push_back({part, now.cpu_begin_ - cpu_begin_, now.wall_begin_ - wall_begin_});
  cpu_begin_ = now.cpu_begin_;
  wall_begin_ = now.wall_begin_;
}

void serve(const std::string& about, const std::map<std::string, Operation>& operations) {
  say(fmt::format("{{\"ready\": {}}}", quoted(about)));
  std::string name;
  while (std::getline(std::cin, name)) {
    const auto found = operations.find(name);
    if (found == operations.end()) throw std::invalid_argument("no operation " + name);
    const double n = found->second.n_repetitions;
    double cpu = 0.0, wall = 0.0;
    std::string listed;
    for (const Part& part : found->second.run()) {
      cpu += part.cpu_s / n;
      wall += part.wall_s / n;
      listed += fmt::format("{}{}: {:.9f}", listed.empty() ? "" : ", ", quoted(part.name), part.cpu_s / n);
    }
    say(fmt::format("{{\"cpu_s\": {:.9f}, \"wall_s\": {:.9f}, \"parts\": {{{}}}}}", cpu, wall, listed));
  }
}

}  // namespace bench
