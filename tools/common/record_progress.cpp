#include "tools/common/record_progress.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tools {

namespace {

constexpr double kLongEnough = 0.5;  // s; before that a rate says little

}  // namespace

std::optional<double> share_read(int fd) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return std::nullopt;
  return static_cast<double>(::lseek(fd, 0, SEEK_CUR)) / static_cast<double>(status.st_size);
}

RecordProgress::RecordProgress(const Context& context, std::optional<std::size_t> n_total, std::string noun)
    : quiet_(context.quiet()), n_total_(n_total), noun_(std::move(noun)) {
  add(0);
}

RecordProgress::~RecordProgress() {
  status_line().clear();
}

Status RecordProgress::describe(std::optional<double> share) const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin_;
  const double seconds = passed.count();
  if (n_total_ && *n_total_ > 0) share = static_cast<double>(n_done_) / static_cast<double>(*n_total_);
  const std::string of = n_total_ ? fmt::format(" of {}", *n_total_) : "";
  Status status{{{fmt::format("{}{} {}", n_done_, of, noun_), 0}}, share};
  if (share) status.parts.push_back({fmt::format("{:.0f} %", 100.0 * *share), 3});
  if (seconds < kLongEnough) return status;
  const double rate = static_cast<double>(n_done_) / seconds;
  status.parts.push_back({fmt::format("{:.{}f}/s", rate, rate < 10.0 ? 1 : 0), 2});
  if (share && *share > 0.0) {
    status.parts.push_back({fmt::format("{} left", format_duration(seconds * (1.0 - *share) / *share)), 1});
  }
  return status;
}

void RecordProgress::add(std::size_t n, std::optional<double> share) {
  n_done_ += n;
  if (!quiet_) status_line().draw([&] { return describe(share); });
}

}  // namespace tools
