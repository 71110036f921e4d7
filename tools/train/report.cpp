#include "tools/train/report.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <utility>

#include "tools/common/progress.h"

namespace tools {

namespace {

constexpr double kMega = 1e6;

double in_mb(std::size_t n_bytes) {
  return static_cast<double>(n_bytes) / kMega;
}

/// Memory of the machine, or of the container that this process is in, in bytes.
std::size_t machine_memory() {
  const long n_pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  std::size_t memory = std::numeric_limits<std::size_t>::max();
  if (n_pages > 0 && page > 0) memory = static_cast<std::size_t>(n_pages) * static_cast<std::size_t>(page);
  std::ifstream limit("/sys/fs/cgroup/memory.max");  // holds "max" where there is none
  if (std::size_t n_bytes = 0; limit >> n_bytes) memory = std::min(memory, n_bytes);
  return memory;
}

Status describe(const snn::BatchReport& report, const std::string& left) {
  Status status;
  status.share = static_cast<double>(report.batch) / report.n_batches;
  status.parts.push_back({fmt::format("epoch {}/{}", report.epoch, report.n_epochs), 0});
  status.parts.push_back({fmt::format("batch {}/{}", report.batch, report.n_batches), 4});
  if (report.n_counted > 0) {
    status.parts.push_back({fmt::format("loss {:.4g}", report.loss), 3});
    status.parts.push_back({fmt::format("accuracy {:.1f} %", 100.0 * report.accuracy), 2});
  }
  status.parts.push_back({left + " left", 1});
  return status;
}

}  // namespace

std::string to_text(const snn::MemoryForecast& memory) {
  const std::array<std::pair<const char*, std::size_t>, 7> rows = {{{"data", memory.data},
                                                                    {"program", memory.program},
                                                                    {"parameters", memory.parameters},
                                                                    {"activations", memory.activations},
                                                                    {"scratch", memory.scratch},
                                                                    {"checkpoint", memory.checkpoint},
                                                                    {"peak", memory.peak()}}};
  std::string text;
  for (const auto& [name, n_bytes] : rows) text += fmt::format("{}\t{:.1f} MB\n", name, in_mb(n_bytes));
  if (memory.has_device) text += fmt::format("device peak\t{:.1f} MB\n", in_mb(memory.device_peak()));
  return text;
}

void require_memory(const snn::MemoryForecast& memory) {
  const std::size_t available = machine_memory();
  if (memory.peak() <= available) return;
  throw std::runtime_error(fmt::format(
      "this training takes about {:.0f} MB, {:.0f} of them for the data, and the machine has {:.0f} MB; use "
      "a smaller --batch or --hidden (--dry-run says what takes how much)",
      in_mb(memory.peak()), in_mb(memory.data), in_mb(available)));
}

void Progress::batch(const snn::BatchReport& report) {
  if (quiet_) return;
  const double done = report.epoch - 1 + static_cast<double>(report.batch) / report.n_batches;
  if (!first_) {
    first_ = done;
    begin_ = Clock::now();
  }
  status_line().draw([&] {
    const double left = done > *first_ ? seconds() * (report.n_epochs - done) / (done - *first_) : 0.0;
    return describe(report, done > *first_ ? format_duration(left) : "?");
  });
}

void Progress::epoch(const snn::EpochReport& report) const {
  if (quiet_) return;
  std::string line = fmt::format("epoch {}/{}  loss {:.4g}  train {:.1f} %", report.epoch, report.n_epochs, report.loss,
                                 100.0 * report.accuracy);
  if (report.valid) line += fmt::format("  valid {:.1f} %", 100.0 * report.valid->accuracy());
  line += "  rates";
  for (const double rate : report.firing_rates) line += fmt::format(" {:.1f}", 100.0 * rate);
  status_line().print(fmt::format("{} %  {}\n", line, format_duration(seconds())));
}

std::vector<std::string> ActivityWarnings::look(const snn::EpochReport& report, bool is_normalised) {
  std::vector<std::string> messages;
  last_.resize(report.firing_rates.size(), snn::Activity::kNormal);
  for (std::size_t l = 0; l < last_.size(); ++l) {
    const snn::Activity now = snn::activity_of(report.firing_rates[l]);
    if (now != last_[l] && now != snn::Activity::kNormal) {
      const bool silent = now == snn::Activity::kSilent;
      const char* advice = silent ? "larger --input-scale or --w-scale" : "smaller --input-scale or --w-scale";
      if (is_normalised) advice = silent ? "lower --threshold" : "higher --threshold";
      messages.push_back(fmt::format("layer {} is {}: its neurons fire in {:.2f} % of the steps; try a {}", l + 1,
                                     silent ? "silent" : "saturated", 100.0 * report.firing_rates[l], advice));
    }
    last_[l] = now;
  }
  const std::vector<double>& shares = report.surrogate_shares;
  if (!said_surrogate_ && !shares.empty() && std::ranges::all_of(shares, [](double share) { return share == 1.0; })) {
    said_surrogate_ = true;
    messages.push_back(fmt::format(
        "epoch {}: every layer took the surrogate slope in every batch, because none fires above --layer-rate (the log "
        "says so as surrogate_share); a lower --layer-rate lets layers use the slope of their spikes",
        report.epoch));
  }
  return messages;
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

}  // namespace tools
