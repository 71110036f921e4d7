#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/emulated/machine.h"

using emulated::Options;
using emulated::parse_options;

TEST_CASE("options are read from a text", "[emulated]") {
  CHECK(parse_options("").n_devices == 1);
  const Options options = parse_options("devices=3,compute=6.1,memory=1000000,driver=12040,code=0,seed=7");
  CHECK(options.n_devices == 3);
  CHECK(options.compute_major == 6);
  CHECK(options.compute_minor == 1);
  CHECK(options.memory == 1000000);
  CHECK(options.driver_version == 12040);
  CHECK_FALSE(options.has_code);
  CHECK(options.seed == 7);
  CHECK(parse_options("compute=8").compute_minor == 0);
  for (const char* const wrong : {"device=1", "devices", "devices=", "devices=-1", "devices=1x", "devices=1.2",
                                  "compute=9.", ",", "devices=1,,seed=2", "memory=99999999999999999999"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_options(wrong), std::invalid_argument);
  }
}
