#include "tools/common/stop_signals.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

namespace {

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
