#include "tools/common/stop_signals.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace tools {

namespace {

volatile std::sig_atomic_t g_stop = 0;

}  // namespace

void stop_on_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int) { g_stop = 1; };
  struct sigaction before = {};
  if (sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : std::array{SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool stop_asked() {
  return g_stop != 0;
}

bool wait_for_input(int fd) {
  pollfd wanted = {fd, POLLIN, 0};
  while (!stop_asked()) {
    if (::poll(&wanted, 1, -1) > 0) return true;
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
  }
  return false;
}

}  // namespace tools
