#include "frontend/events/isolated_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "frontend/events/frame.h"
#include "frontend/events/isolated_child.h"

namespace ear {

namespace {

constexpr int kPipeBytes = 1 << 20;  // several recordings: the child need not wait for each one's use

}  // namespace

IsolatedSource::IsolatedSource(const Make& make, std::string name, std::string culprit, unsigned patience_s)
    : name_(std::move(name)), culprit_(std::move(culprit)), patience_s_(patience_s) {
  start(make);
  try {
    read_info();
  } catch (...) {
    stop();
    throw;
  }
}

IsolatedSource::~IsolatedSource() {
  stop();
}

void IsolatedSource::start(const Make& make) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), name_ + ": pipe");
  fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes);
  child_ = fork();
  if (child_ == 0) run_isolated_child(make, ends[1], patience_s_);
  const int code = errno;
  close(ends[1]);
  pipe_ = ends[0];
  if (child_ > 0) return;
  stop();
  throw std::system_error(code, std::generic_category(), name_ + ": no process to read it can be started");
}

void IsolatedSource::stop() noexcept {
  if (pipe_ >= 0) close(std::exchange(pipe_, -1));
  if (child_ <= 0) return;
  kill(child_, SIGKILL);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
}

void IsolatedSource::fail(const std::string& how) {
  stop();
  ended_ = true;
  throw std::runtime_error(fmt::format("{}: {} {}", name_, culprit_, how));
}

void IsolatedSource::fail_by_death() {
  int status = 0;
  pid_t waited = 0;
  do waited = waitpid(child_, &status, 0);
  while (waited < 0 && errno == EINTR);
  child_ = -1;
  if (waited > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    fail(fmt::format("came to no end in {} s on it: the file is damaged, or lies on a very slow disk", patience_s_));
  }
  const bool by_signal = waited > 0 && WIFSIGNALED(status);
  if (by_signal && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM)) {
    fail("was ended from outside, perhaps for want of memory; try again");
  }
  fail(fmt::format("failed on it ({} {}): the file is damaged", by_signal ? "signal" : "status",
                   by_signal ? WTERMSIG(status) : status));
}

void IsolatedSource::read(void* target, std::size_t n_bytes) {
  auto* bytes = static_cast<char*>(target);
  while (n_bytes > 0) {
    const ssize_t n_read = ::read(pipe_, bytes, n_bytes);
    if (n_read < 0 && errno == EINTR) continue;
    if (n_read <= 0) fail_by_death();
    bytes += n_read;
    n_bytes -= static_cast<std::size_t>(n_read);
  }
}

FrameKind IsolatedSource::read_frame() {
  FrameHeader header;
  read(&header, sizeof header);
  if (header.n_bytes > kMaxFrameBytes) fail("sent what cannot be: the file is damaged");
  payload_.resize(header.n_bytes);
  read(payload_.data(), payload_.size());
  if (header.kind == FrameKind::kFailure || header.kind == FrameKind::kMistake) {
    if (payload_.empty()) fail("wants more memory for it than there is: the file is damaged, or too large");
    stop();
    ended_ = true;
    if (header.kind == FrameKind::kMistake) throw std::invalid_argument(payload_);
    throw std::runtime_error(payload_);
  }
  return header.kind;
}

void IsolatedSource::read_info() {
  if (read_frame() != FrameKind::kInfo || !parse_info(payload_, info_))
    fail("sent what cannot be: the file is damaged");
}

bool IsolatedSource::next(EventRecord& record) {
  if (ended_) return false;
  const FrameKind kind = read_frame();
  if (kind == FrameKind::kEnd) {
    stop();
    ended_ = true;
    return false;
  }
  record = {};
  if (kind != FrameKind::kRecord || !parse_record(payload_, record)) fail("sent what cannot be: the file is damaged");
  // A library that overwrote memory may have sent anything.
  if (record.error.empty()) check_events(record, info_.n_channels);
  return true;
}

}  // namespace ear
