#include "frontend/events/isolated_child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "frontend/events/frame.h"

namespace ear {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // their shadow memory is terabytes, and their reports shall be seen
#else
constexpr bool kSanitized = false;
#endif

constexpr int kLowestFree = STDERR_FILENO + 1;

/// No descriptor but standard input and the pipe, which is given that number.
int keep_only(int pipe) {
  if (pipe < kLowestFree) pipe = fcntl(pipe, F_DUPFD, kLowestFree);  // where the process had a standard one closed
  const int null = open("/dev/null", O_WRONLY);
  dup2(null, STDOUT_FILENO);
  if (!kSanitized) dup2(null, STDERR_FILENO);
  if (pipe != kLowestFree) dup2(pipe, kLowestFree);
  if (close_range(kLowestFree + 1, ~0U, 0) != 0) {
    const long n_files = sysconf(_SC_OPEN_MAX);
    for (int fd = kLowestFree + 1; fd < n_files && fd < (1 << 16); ++fd) close(fd);
  }
  return kLowestFree;
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
  if (kSanitized) return;
  unsigned long long n_pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%llu", &n_pages) != 1) n_pages = 0;
    std::fclose(file);
  }
  rlimit memory{};
  getrlimit(RLIMIT_AS, &memory);
  const rlim_t wanted = n_pages * static_cast<unsigned long long>(sysconf(_SC_PAGESIZE)) + kMaxChildBytes;
  if (memory.rlim_cur == RLIM_INFINITY || memory.rlim_cur > wanted) memory.rlim_cur = wanted;
  setrlimit(RLIMIT_AS, &memory);
}

/// False where nobody listens any more.
bool send_bytes(int pipe, const char* bytes, std::size_t n) {
  while (n > 0) {
    const ssize_t n_written = write(pipe, bytes, n);
    if (n_written < 0 && errno == EINTR) continue;
    if (n_written <= 0) return false;
    bytes += n_written;
    n -= static_cast<std::size_t>(n_written);
  }
  return true;
}

/// Waiting for the other end does not count as being busy.
bool send(int pipe, FrameKind kind, const std::string& payload) {
  alarm(0);
  const FrameHeader header{kind, 0, payload.size()};
  return send_bytes(pipe, reinterpret_cast<const char*>(&header), sizeof header) &&
         send_bytes(pipe, payload.data(), payload.size());
}

void send_all(const std::function<std::unique_ptr<EventSource>()>& make, int pipe, unsigned patience_s) {
  alarm(patience_s);
  const auto source = make();
  std::string payload;
  append_info(payload, source->info());
  if (!send(pipe, FrameKind::kInfo, payload)) return;
  EventRecord record;
  while (alarm(patience_s), source->next(record)) {
    payload.clear();
    append_record(payload, record);
    if (!send(pipe, FrameKind::kRecord, payload)) return;
  }
  send(pipe, FrameKind::kEnd, "");
}

}  // namespace

void run_isolated_child(const std::function<std::unique_ptr<EventSource>()>& make, int pipe, unsigned patience_s) {
  pipe = keep_only(pipe);
  reset_signals();
  limit_resources();
  try {
    send_all(make, pipe, patience_s);
  } catch (const std::invalid_argument& error) {
    send(pipe, FrameKind::kMistake, error.what());
  } catch (const std::bad_alloc&) {
    send(pipe, FrameKind::kFailure, "");
  } catch (const std::exception& error) {
    send(pipe, FrameKind::kFailure, error.what());
  }
  _exit(0);
}

}  // namespace ear
