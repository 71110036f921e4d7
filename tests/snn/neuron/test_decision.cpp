#include "snn/neuron/decision.h"

#include <catch2/catch.hpp>
#include <vector>

TEST_CASE("decide: the largest score, the first of equals", "[TSSLBP decision]") {
  const auto decide = [](const std::vector<float>& scores) {
    return snn::decide(scores.data(), static_cast<int>(scores.size()));
  };
  CHECK(decide({1.0F, 3.0F, 2.0F}) == 1);
  CHECK(decide({1.0F, 3.0F, 3.0F}) == 1);
  CHECK(decide({0.0F, 0.0F}) == 0);
  CHECK(decide({0.5F}) == 0);
  CHECK(decide({-3.0F, -2.0F, -1.0F}) == 2);
}
