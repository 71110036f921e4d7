#include "tools/common/stop_signals.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

TEST_CASE("A signal is remembered, and ends what waits for input") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  tools::stop_on_signals();
  CHECK_FALSE(tools::stop_asked());
  REQUIRE(::write(ends[1], "x", 1) == 1);
  CHECK(tools::wait_for_input(ends[0]));
  char c = 0;
  REQUIRE(::read(ends[0], &c, 1) == 1);
  const pthread_t waiting = ::pthread_self();
  std::thread sender([waiting] {
    while (!tools::stop_asked()) {
      ::pthread_kill(waiting, SIGHUP);  // again, if it came before the waiting began
      ::usleep(10'000);
    }
    ::usleep(50'000);
    ::pthread_kill(waiting, SIGHUP);
  });
  CHECK_FALSE(tools::wait_for_input(ends[0]));
  CHECK(tools::stop_asked());
  sender.join();
  ::close(ends[1]);
  CHECK_FALSE(tools::wait_for_input(ends[0]));  // though the end could be read
  ::close(ends[0]);
}
