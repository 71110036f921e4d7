#include "snn/train/trainer.h"

#include <catch2/catch.hpp>
#include <stdexcept>

namespace {

/// w_0_1 of 1 x 3, theta of one neuron, not trained.
snn::NetworkParams tiny() {
  snn::NetworkParams params;
  params.sizes = {3, 1};
  return params;
}

const snn::Tensors kParameters = {{"w_0_1", {{1, 3}, {-1.0F, 2.0F, 2.0F}}}, {"theta_1", {{1}, {0.5F}}}};

}  // namespace

// Sum 3, squares 9; sums 8 and 2 over four updates.
TEST_CASE("array report: range, mean and root mean square, and what the gradients were") {
  const snn::ArrayLayout layout(tiny());
  const std::vector<snn::ArrayGradient> gradients = {{.norm_sum = 8.0, .clipped_sum = 2.0}};
  const auto reports = snn::array_reports(layout, kParameters, gradients, 4);
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].name == "w_0_1");
  CHECK(reports[0].min == -1.0);
  CHECK(reports[0].mean == 1.0);
  CHECK(reports[0].max == 2.0);
  CHECK(reports[0].rms == Approx(std::sqrt(3.0)));
  CHECK(reports[0].gradient == snn::GradientReport{2.0, 0.5});
  CHECK(reports[1] == snn::ArrayReport{"theta_1", 0.5, 0.5, 0.5, 0.5, {}});
}

TEST_CASE("array report: gradients of other arrays are refused") {
  const snn::ArrayLayout layout(tiny());
  CHECK_THROWS_AS(snn::array_reports(layout, kParameters, {}, 4), std::invalid_argument);
  CHECK_THROWS_AS(snn::array_reports(layout, kParameters, std::vector<snn::ArrayGradient>(2), 4),
                  std::invalid_argument);
}
