#include "snn/score/readout.h"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;

TEST_CASE("readout: names come back, others are refused with those there are") {
  for (const std::string name : {"psc", "spikes", "last:1", "last:20"}) {
    CHECK(to_string(snn::parse_readout(name)) == name);
  }
  CHECK(snn::parse_readout("last:20") == snn::Readout{snn::ReadoutKind::kLast, 20});
  for (const std::string name : {"", "PSC", "last", "last:", "last:0", "last:-3", "last:2x", "last:99999999999"}) {
    INFO(name);
    CHECK_THROWS_WITH(snn::parse_readout(name), Contains("\"" + name + "\"") && Contains("psc, spikes or last:N"));
  }
}

TEST_CASE("readout: the last steps alone are summed, or all where there are fewer") {
  const std::vector<float> psc = {9.0F, 8.0F, 1.0F, 2.0F, 0.5F, 0.25F};  // three steps of two classes
  CHECK(snn::sum_last_steps(psc, 2, 1) == std::vector<float>{0.5F, 0.25F});
  CHECK(snn::sum_last_steps(psc, 2, 2) == std::vector<float>{1.5F, 2.25F});
  CHECK(snn::sum_last_steps(psc, 2, 3) == std::vector<float>{10.5F, 10.25F});
  CHECK(snn::sum_last_steps(psc, 2, 100) == std::vector<float>{10.5F, 10.25F});
}
