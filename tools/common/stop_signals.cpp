#include "tools/common/stop_signals.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace tools {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t g_stop = 0;

/// Keeps the signals waiting as long as it lives.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    ::sigemptyset(&held);
    for (const int signal : kSignals) ::sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  HeldSignals(const HeldSignals&) = delete;
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  const sigset_t& before() const { return before_; }

 private:
  sigset_t before_ = {};
};

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
  const HeldSignals held;  // or one that comes between the check and the wait would end no wait
  while (!stop_asked()) {
    if (::ppoll(&wanted, 1, nullptr, &held.before()) > 0) return true;
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "ppoll");
  }
  return false;
}

}  // namespace tools
