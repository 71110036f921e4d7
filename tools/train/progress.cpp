#include "tools/train/progress.h"

#include <fmt/core.h>

#include <algorithm>

#include "tools/common/status_line.h"

namespace tools {

namespace {

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

std::string format_epoch(const snn::EpochReport& report) {
  std::string line = fmt::format("epoch {}/{}  loss {:.4g}  train {:.1f} %", report.epoch, report.n_epochs, report.loss,
                                 100.0 * report.accuracy);
  if (report.valid) line += fmt::format("  valid {:.1f} %", 100.0 * report.valid->accuracy());
  line += "  rates";
  for (const double rate : report.firing_rates) line += fmt::format(" {:.1f}", 100.0 * rate);
  return line + " %";
}

Progress::Progress(bool quiet, int first_epoch) : quiet_(quiet), first_(first_epoch) {}

void Progress::batch(const snn::BatchReport& report) {
  if (quiet_) return;
  const double done = report.epoch - 1 + static_cast<double>(report.batch) / report.n_batches;
  if (!started_) {  // the first batch of this run sets the start
    started_ = true;
    first_ = done;
    begin_ = Clock::now();
  }
  status_line().draw([&] {
    const double left = done > first_ ? seconds() * (report.n_epochs - done) / (done - first_) : 0.0;
    return describe(report, done > first_ ? format_duration(left) : "?");
  });
}

void Progress::epoch(const snn::EpochReport& report) {
  if (!quiet_) status_line().print(fmt::format("{}  {}\n", format_epoch(report), format_duration(seconds())));
}

std::vector<std::string> ActivityWarnings::look(const snn::EpochReport& report) {
  std::vector<std::string> messages;
  last_.resize(report.firing_rates.size(), snn::Activity::kNormal);
  for (std::size_t l = 0; l < last_.size(); ++l) {
    const snn::Activity now = snn::activity_of(report.firing_rates[l]);
    if (now != last_[l] && now != snn::Activity::kNormal) {
      const bool silent = now == snn::Activity::kSilent;
      messages.push_back(fmt::format(
          "layer {} is {}: its neurons fire in {:.2f} % of the steps; try a {} --input-scale or --w-scale", l + 1,
          silent ? "silent" : "saturated", 100.0 * report.firing_rates[l], silent ? "larger" : "smaller"));
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
