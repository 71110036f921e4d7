#include "frontend/events/isolated_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "frontend/events/frame.h"

namespace ear {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // their shadow memory is terabytes, and their reports shall be seen
#else
constexpr bool kSanitized = false;
#endif

constexpr int kPipeBytes = 1 << 20;                 // several recordings: the child need not wait for each one's use
constexpr rlim_t kMaxChildBytes = rlim_t{4} << 30;  // beyond what the process has when it starts
constexpr std::uint64_t kMaxPayload = std::uint64_t{1} << 30;
constexpr const char* kNonsense = "sent what cannot be: the file is damaged";

// What a message is. Its size and its payload follow, as bytes.
constexpr char kInfo = 'i';     // the first one, unless opening failed
constexpr char kRecord = 'r';   // a recording
constexpr char kEnd = 'e';      // after the last recording
constexpr char kFailure = 'f';  // std::runtime_error: nothing can be read any more
constexpr char kMistake = 'm';  // std::invalid_argument

template <class Call>
auto retry(Call&& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// Leaves the child only what it needs: standard input and the pipe, whose new number is returned.
int keep_only(int pipe) {
  constexpr int kPipe = STDERR_FILENO + 1;
  dup2(fcntl(pipe, F_DUPFD, kPipe), kPipe);
  const int null = open("/dev/null", O_WRONLY);
  dup2(null, STDOUT_FILENO);
  if (!kSanitized) dup2(null, STDERR_FILENO);
  close_range(kPipe + 1, ~0U, 0);
  return kPipe;
}

/// The process's handlers are not ours, and SIGALRM must come through. What is ignored stays so: under nohup, say.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) signal(number, SIG_DFL);
  }
  signal(SIGALRM, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void limit_resources() {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  rlim_t n_pages = 0;
  rlimit memory{};
  if (kSanitized || getrlimit(RLIMIT_AS, &memory) != 0 || !(std::ifstream("/proc/self/statm") >> n_pages)) return;
  memory.rlim_cur = std::min(memory.rlim_cur, n_pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + kMaxChildBytes);
  setrlimit(RLIMIT_AS, &memory);
}

/// Waiting for the other end does not count as being busy. Where nobody listens any more the process ends.
void send(int pipe, char what, const std::string& payload) {
  alarm(0);
  const std::uint64_t size = payload.size();
  const std::string bytes = what + std::string(reinterpret_cast<const char*>(&size), sizeof size) + payload;
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = retry([&] { return write(pipe, bytes.data() + done, bytes.size() - done); });
    if (n <= 0) _exit(0);
    done += static_cast<std::size_t>(n);
  }
}

/// Makes the source and sends all that it gives, in a process just made by fork(). SIGALRM ends the process when it was busy for
/// `patience_s` with one recording.
[[noreturn]] void run_child(const IsolatedSource::Make& make, int pipe, unsigned patience_s) {
  pipe = keep_only(pipe);
  reset_signals();
  limit_resources();
  try {
    alarm(patience_s);
    const auto source = make();
    send(pipe, kInfo, to_bytes(source->info()));
    EventRecord record;
    while (alarm(patience_s), source->next(record)) send(pipe, kRecord, to_bytes(record));
    send(pipe, kEnd, "");
  } catch (const std::invalid_argument& error) {
    send(pipe, kMistake, error.what());
  } catch (const std::bad_alloc&) {
    send(pipe, kFailure, "");
  } catch (const std::exception& error) {
    send(pipe, kFailure, error.what());
  }
  _exit(0);
}

}  // namespace

IsolatedSource::IsolatedSource(std::string name, std::string culprit, unsigned patience_s)
    : name_(std::move(name)), culprit_(std::move(culprit)), patience_s_(patience_s) {}

IsolatedSource::IsolatedSource(const Make& make, std::string name, std::string culprit, unsigned patience_s)
    : IsolatedSource(std::move(name), std::move(culprit), patience_s) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), name_ + ": pipe");
  pipe_ = Descriptor(ends[0]);
  Descriptor in(ends[1]);
  fcntl(in.get(), F_SETPIPE_SZ, kPipeBytes);
  child_ = fork();
  if (child_ == 0) run_child(make, in.get(), patience_s_);
  if (child_ < 0) {
    throw std::system_error(errno, std::generic_category(), name_ + ": no process to read it can be started");
  }
  in.close();
  if (receive() != kInfo || !from_bytes(payload_, info_) || info_.n_channels < 1) fail(kNonsense);
}

int IsolatedSource::stop(bool kill_it) noexcept {
  int status = 0;
  pipe_.close();
  if (child_ > 0 && kill_it) kill(child_, SIGKILL);
  if (child_ > 0) retry([&] { return waitpid(child_, &status, 0); });
  child_ = -1;
  return status;
}

void IsolatedSource::fail(const std::string& how) {
  stop();
  throw std::runtime_error(fmt::format("{}: {} {}", name_, culprit_, how));
}

void IsolatedSource::fail_by_death() {
  const int status = stop(false);
  const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (number == SIGALRM) {
    fail(fmt::format("came to no end in {} s on it: the file is damaged, or lies on a very slow disk", patience_s_));
  }
  if (number == SIGKILL || number == SIGTERM) {
    fail("was ended from outside, perhaps for want of memory; try again");
  }
  fail(fmt::format("failed on it ({} {}): the file is damaged", number > 0 ? "signal" : "status",
                   number > 0 ? number : status));
}

void IsolatedSource::read(char* target, std::size_t n_bytes) {
  while (n_bytes > 0) {
    const ssize_t n = retry([&] { return ::read(pipe_.get(), target, n_bytes); });
    if (n <= 0) fail_by_death();
    target += n;
    n_bytes -= static_cast<std::size_t>(n);
  }
}

char IsolatedSource::receive() {
  char what = 0;
  std::uint64_t size = 0;
  read(&what, 1);
  read(reinterpret_cast<char*>(&size), sizeof size);
  if (size > kMaxPayload) fail(kNonsense);
  payload_.resize(size);
  read(payload_.data(), payload_.size());
  if (what != kFailure && what != kMistake) return what;
  if (payload_.empty()) fail("wants more memory for it than there is: the file is damaged, or too large");
  stop();
  if (what == kMistake) throw std::invalid_argument(payload_);
  throw std::runtime_error(payload_);
}

bool IsolatedSource::next(EventRecord& record) {
  if (!pipe_) return false;
  const char what = receive();
  if (what == kEnd) {
    stop();
    return false;
  }
  if (what != kRecord || !from_bytes(payload_, record)) fail(kNonsense);
  // A library that overwrote memory may have sent anything.
  if (record.error.empty()) check_events(record, info_.n_channels);
  return true;
}

}  // namespace ear
