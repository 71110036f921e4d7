#include "snn/base/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using snn::parallel_for;

namespace {

/// Half of the smallest normal number, computed where the compiler cannot see it: 0 where subnormals are flushed.
bool subnormals_vanish() {
  volatile float smallest = 1.17549435e-38F;
  volatile float half = smallest * 0.5F;
  return half == 0.0F;
}

/// Whether a subnormal operand counts as zero.
bool subnormal_operands_vanish() {
  volatile float subnormal = 1e-40F;
  volatile float product = subnormal * 1e30F;
  return product == 0.0F;
}

/// Waits until the flag is up; gives up after ten seconds, so that a machine of one thread ends too.
void wait_for(const std::atomic<bool>& flag) {
  for (int i = 0; i < 10000 && !flag; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

TEST_CASE("parallel_for: every chunk exactly once") {
  for (const int n_threads : {0, 1, 2, 4, 7}) {
    for (const int n_chunks : {0, 1, 2, 5, 1000}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(n_chunks));
      parallel_for(n_chunks, n_threads, [&](int chunk) { ++calls.at(static_cast<std::size_t>(chunk)); });
      INFO(n_chunks << " chunks on " << n_threads << " threads");
      for (const std::atomic<int>& n : calls) CHECK(n == 1);
    }
  }
}

TEST_CASE("parallel_for: an exception comes out with its text") {
  for (const int n_threads : {1, 2, 4}) {
    const auto body = [](int chunk) {
      if (chunk == 3) throw std::runtime_error("chunk 3 has failed");
    };
    CHECK_THROWS_WITH(parallel_for(8, n_threads, body), "chunk 3 has failed");
    CHECK_THROWS_AS(parallel_for(8, n_threads, body), std::runtime_error);
  }
}

TEST_CASE("parallel_for: of several exceptions that of the lowest chunk, whichever comes first") {
  for (const int late : {0, 1}) {
    std::atomic<bool> late_runs = false, other_throws = false;
    const auto body = [&](int chunk) {
      if (chunk == late) {
        late_runs = true;
        wait_for(other_throws);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      } else {
        wait_for(late_runs);
        other_throws = true;
      }
      throw std::runtime_error(std::to_string(chunk));
    };
    INFO("late " << late);
    CHECK_THROWS_WITH(parallel_for(2, 2, body), "0");
  }
  CHECK_THROWS_WITH(parallel_for(5, 1, [](int chunk) { throw std::runtime_error(std::to_string(chunk)); }), "0");
}

TEST_CASE("parallel_for: after an exception the next loop runs whole") {
  CHECK_THROWS(parallel_for(4, 2, [](int) { throw std::runtime_error("x"); }));
  std::atomic<int> n = 0;
  parallel_for(100, 2, [&](int) { ++n; });
  CHECK(n == 100);
}

TEST_CASE("parallel_for: subnormals are flushed inside and left alone outside") {
  REQUIRE_FALSE(subnormals_vanish());
  for (const int n_threads : {1, 2, 4}) {
    std::atomic<int> n_flushed = 0;
    parallel_for(64, n_threads, [&](int) { n_flushed += subnormals_vanish() && subnormal_operands_vanish() ? 1 : 0; });
    CHECK(n_flushed == 64);
    CHECK_FALSE(subnormals_vanish());
    CHECK_FALSE(subnormal_operands_vanish());
    CHECK_THROWS(parallel_for(4, n_threads, [](int) { throw std::runtime_error("x"); }));
    CHECK_FALSE(subnormals_vanish());
  }
}

TEST_CASE("flush subnormals: nests and restores what was there") {
  {
    const snn::FlushSubnormals outer;
    {
      const snn::FlushSubnormals inner;
      CHECK(subnormals_vanish());
    }
    CHECK(subnormals_vanish());
    parallel_for(1, 1, [](int) {});
    CHECK(subnormals_vanish());
  }
  CHECK_FALSE(subnormals_vanish());
}

TEST_CASE("parallel_for: the machine offers at least one thread") {
  CHECK(snn::available_threads() >= 1);
}
