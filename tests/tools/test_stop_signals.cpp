#include "tools/common/stop_signals.h"

#include <dlfcn.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>

namespace {

int g_signal = 0;         // comes when a wait is about to begin
bool g_is_ended = false;  // the wait, by it

/// Another process, which sends this one SIGHUP every 50 ms.
pid_t start_sender() {
  const pid_t receiver = ::getpid(), sender = ::fork();
  if (sender != 0) return sender;
  for (int i = 0; i < 200; ++i) {
    ::usleep(50'000);
    ::kill(receiver, SIGHUP);
  }
  ::_exit(0);
}

}  // namespace

/// In place of the system's: a signal comes between the last look and the wait, which then ends within 2 s at any rate.
extern "C" int ppoll(pollfd* fds, nfds_t n, const timespec* timeout, const sigset_t* mask) {
  const auto real = reinterpret_cast<decltype(&ppoll)>(::dlsym(RTLD_NEXT, "ppoll"));
  if (g_signal == 0) return real(fds, n, timeout, mask);
  ::raise(g_signal);
  const timespec patience = {2, 0};
  const int n_ready = real(fds, n, &patience, mask);
  g_is_ended = n_ready < 0 && errno == EINTR;
  return n_ready;
}

namespace {

bool is_ended_by_signal(int fd) noexcept {
  tools::stop_on_signals();
  g_signal = SIGTERM;
  return !tools::wait_for_input(fd) && tools::stop_asked() && g_is_ended;
}

}  // namespace

TEST_CASE("A signal that comes between the last look and the wait ends the wait") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();  // for a signal is never forgotten
  if (child == 0) ::_exit(is_ended_by_signal(ends[0]) ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  ::close(ends[0]), ::close(ends[1]);
}

TEST_CASE("A signal is remembered, and ends what waits for input") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  tools::stop_on_signals();
  CHECK_FALSE(tools::stop_asked());
  REQUIRE(::write(ends[1], "x", 1) == 1);
  CHECK(tools::wait_for_input(ends[0]));
  char c = 0;
  REQUIRE(::read(ends[0], &c, 1) == 1);
  const pid_t sender = start_sender();
  REQUIRE(sender > 0);
  CHECK_FALSE(tools::wait_for_input(ends[0]));
  CHECK(tools::stop_asked());
  ::kill(sender, SIGKILL);
  ::waitpid(sender, nullptr, 0);
  ::close(ends[1]);
  CHECK_FALSE(tools::wait_for_input(ends[0]));  // though the end could be read
  ::close(ends[0]);
}
