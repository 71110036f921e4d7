#include "snn/neuron/normalisation.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace snn;

namespace {

/// Drives of one neuron, normalised and scaled.
std::vector<double> scaled(const std::vector<double>& drives, double gain, double bias) {
  double sum = 0.0, squares = 0.0;
  for (const double d : drives) sum += d, squares += d * d;
  const Moments found = moments_of(sum, squares, static_cast<double>(drives.size()));
  std::vector<double> out;
  for (const double d : drives) {
    out.push_back(scaled_drive(normalised_drive(d, found.mean, inverse_deviation(found.variance)), gain, bias));
  }
  return out;
}

}  // namespace

// 1, 2, 3, 6: sum 12, squares 50: mean 3, variance 50/4 - 9.
TEST_CASE("normalisation: mean and variance from two sums", "[BatchNorm moments]") {
  const Moments found = moments_of(12.0, 50.0, 4.0);
  CHECK(found.mean == 3.0);
  CHECK(found.variance == 3.5);
  CHECK(moments_of(3.0, 2.9999999, 3.0).variance == 0.0);  // as rounding may have it
}

TEST_CASE("normalisation: a drive that never changes has a deviation all the same", "[BatchNorm epsilon]") {
  CHECK(inverse_deviation(0.0) == Approx(316.227766016838));  // 1 / sqrt(1e-5)
  CHECK(inverse_deviation(4.0 - 1e-5) == Approx(0.5).epsilon(1e-15));
}

TEST_CASE("normalisation: mean out, deviation out, gain and bias in", "[BatchNorm normalised][BatchNorm scaled]") {
  CHECK(normalised_drive(5.0, 3.0, 0.5) == 1.0);
  CHECK(normalised_drive(-1.0F, 3.0F, 0.5F) == -2.0F);
  CHECK(scaled_drive(2.0, 3.0, -1.0) == 5.0);
  CHECK(scaled_drive(-2.0F, 3.0F, 0.5F) == -5.5F);
}

// Central differences with h = 1e-5 of sum error times scaled drive, whose third derivative is below 10: 1e-9.
TEST_CASE("normalisation: the error of a drive is the derivative through mean and deviation too", "[BatchNorm error]") {
  const std::vector<double> drives = {0.5, -1.0, 2.0, 0.75, -0.25}, errors = {1.0, -2.0, 0.5, 3.0, 0.25};
  const double gain = 1.5, bias = -0.5;
  const auto loss = [&](const std::vector<double>& at) {
    const std::vector<double> u = scaled(at, gain, bias);
    double sum = 0.0;
    for (std::size_t i = 0; i < u.size(); ++i) sum += errors[i] * u[i];
    return sum;
  };
  const double mean = 0.4, variance = 5.875 / 5.0 - 0.16, inv_deviation = inverse_deviation(variance);
  double mean_error = 0.0, mean_product = 0.0, total = 0.0;
  for (std::size_t i = 0; i < drives.size(); ++i) {
    mean_error += errors[i] / 5.0;
    mean_product += errors[i] * (drives[i] - mean) * inv_deviation / 5.0;
  }
  for (std::size_t i = 0; i < drives.size(); ++i) {
    std::vector<double> up = drives, down = drives;
    up[i] += 1e-5, down[i] -= 1e-5;
    const double found = unnormalised_error(errors[i], (drives[i] - mean) * inv_deviation, gain * inv_deviation,
                                            mean_error, mean_product);
    INFO("drive " << i);
    CHECK(found == Approx((loss(up) - loss(down)) / 2e-5).margin(1e-8));
    total += found;
  }
  CHECK(std::abs(total) < 1e-14);  // a constant added to all drives changes nothing
}

// From 0 towards 10: 1, 1.9, 2.71.
TEST_CASE("normalisation: running values follow the batch's by a share of the way", "[BatchNorm running]") {
  double running = 0.0;
  for (const double wanted : {1.0, 1.9, 2.71}) {
    running = running_step(running, 10.0, 0.1);
    CHECK(running == Approx(wanted).epsilon(1e-15));
  }
  CHECK(running_step(1.0F, 3.0F, 0.1F) == Approx(1.2F));
}

// The mean of x_1 .. x_n with weights 0.9^(n-k), whatever they started from: of 4, 1, 7 (4 0.81 + 1 0.9 + 7)/2.71.
TEST_CASE("normalisation: running values are a weighted mean of the batches'", "[BatchNorm rate]") {
  double running = 1e6;
  int n = 0;
  for (const double of_batch : {4.0, 1.0, 7.0}) running = running_step(running, of_batch, running_rate(++n));
  CHECK(running == Approx((4.0 * 0.81 + 0.9 + 7.0) / 2.71).epsilon(1e-9));
  CHECK(running_rate(1.0) == Approx(1.0).epsilon(1e-15));
  CHECK(running_rate(1000.0) == Approx(0.1).epsilon(1e-15));
}
