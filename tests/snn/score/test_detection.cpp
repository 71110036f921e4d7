#include "snn/score/detection.h"

#include <catch2/catch.hpp>
#include <limits>
#include <stdexcept>

using namespace snn;

namespace {

constexpr double kAbove = std::numeric_limits<double>::infinity();

DetectionCurve curve_of(const std::vector<double>& right, const std::vector<double>& unknown) {
  return detection_curve(right, unknown);
}

}  // namespace

TEST_CASE("detection: the curve by hand") {
  // Thresholds 0.2, 0.4, 0.6, 0.8: right words at 0.4, 0.6, 0.8, 0.8, others at 0.2, 0.6.
  const DetectionCurve curve = curve_of({0.8, 0.6, 0.4, 0.8}, {0.6, 0.2});
  CHECK(curve.points == std::vector<DetectionPoint>{
                            {0.2, 0.0, 1.0}, {0.4, 0.0, 0.5}, {0.6, 0.25, 0.5}, {0.8, 0.5, 0.0}, {kAbove, 1.0, 0.0}});
  // Pairs: 0.4 beats one of two, 0.6 beats one and ties, 0.8 twice beats both: 1 + 1.5 + 2 + 2 of 8.
  CHECK(curve.area == Approx(6.5 / 8));
  // Between (0.25, 0.5) and (0.5, 0): 0.25 + x 0.25 = 0.5 - x 0.5 at x = 1/3.
  CHECK(curve.equal_error_rate == Approx(1.0 / 3));
  CHECK(detection_csv(curve) == "threshold,miss,false_accept\n0.2,0,1\n0.4,0,0.5\n0.6,0.25,0.5\n0.8,0.5,0\ninf,1,0\n");
}

TEST_CASE("detection: the highest threshold that keeps a share of the right words") {
  const DetectionCurve curve = curve_of({0.8, 0.6, 0.4, 0.8}, {0.6, 0.2});
  CHECK(keeping(curve, 1.0) == DetectionPoint{0.4, 0.0, 0.5});
  CHECK(keeping(curve, 0.75) == DetectionPoint{0.6, 0.25, 0.5});
  CHECK(keeping(curve, 0.6) == DetectionPoint{0.6, 0.25, 0.5});
  CHECK(keeping(curve, 0.5) == DetectionPoint{0.8, 0.5, 0.0});
  std::vector<double> twenty;
  for (int i = 0; i < 20; ++i) twenty.push_back(0.01 * i);
  CHECK(keeping(curve_of(twenty, {0.0}), 0.95).threshold == 0.01);  // 19 of 20
}

TEST_CASE("detection: told apart, mixed up, all alike, nothing to tell") {
  CHECK(curve_of({0.9, 0.8}, {0.1, 0.0}).area == 1.0);
  CHECK(curve_of({0.9, 0.8}, {0.1, 0.0}).equal_error_rate == 0.0);
  CHECK(curve_of({0.1}, {0.9}).area == 0.0);
  CHECK(curve_of({0.1}, {0.9}).equal_error_rate == 1.0);
  CHECK(curve_of({0.5, 0.5}, {0.5}).area == 0.5);
  CHECK(curve_of({0.5, 0.5}, {0.5}).equal_error_rate == 0.5);
  CHECK_THROWS_AS(curve_of({}, {0.5}), std::invalid_argument);
  CHECK_THROWS_AS(curve_of({0.5}, {}), std::invalid_argument);
}
