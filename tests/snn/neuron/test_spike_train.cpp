#include "snn/neuron/spike_train.h"

#include <catch2/catch.hpp>

#include "snn/neuron/psc.h"

using namespace snn;

// theta = 1/2, spikes at steps 1 and 3 of 0..4: a current in step 0 reaches the first spike halved, one in step 2 the second;
// behind it nothing counts. tau_s = 2, filtered backward: 0, 1/2, 1/2, 3/4, 5/8 from the last step on. A source that fires
// in steps 0 and 2 has the S-PSP 5/8 + 1/2; by pairs: (1/2 1/2 + 1/4) of (0, 1), 1/2 1/8 + 1/16 of (0, 3), 1/2 1/2 + 1/4 of
// (2, 3).
TEST_CASE("spike train: a response ends at the spike before", "[HM2BP S-PSP]") {
  const bool spikes[] = {false, true, false, true, false};
  double response = 0.0, filtered = 0.0;
  const double wanted[] = {0.5, 1.0, 0.5, 1.0, 0.0}, wanted_filtered[] = {0.625, 0.75, 0.5, 0.5, 0.0};
  for (int t = 4; t >= 0; --t) {
    response = spike_response_step(spikes[t], 0.5, response);
    filtered = psc_error_step(0.5, 0.5, filtered, response);
    CHECK(response == wanted[t]);
    CHECK(filtered == wanted_filtered[t]);
  }
  CHECK(wanted_filtered[0] + wanted_filtered[2] == (0.25 + 0.25) + (0.0625 + 0.0625) + (0.25 + 0.25));
}

TEST_CASE("spike train: the count is the total potential over the threshold", "[HM2BP firing count]") {
  CHECK(total_potential_error(3.0, 0.5) == 6.0);
}

TEST_CASE("spike train: each spike has the same share, and none has none", "[HM2BP presynaptic]") {
  CHECK(count_error(6.0, 4.0) == 1.5);
  CHECK(count_error(-6.0, 1.0) == -6.0);
  CHECK(count_error(6.0, 0.0) == 0.0);
}

TEST_CASE("spike train: called is who should fire and does not", "[HM2BP silent label]") {
  CHECK(is_called(-1.0, 0.0));
  CHECK_FALSE(is_called(-1.0, 1.0));
  CHECK_FALSE(is_called(0.0, 0.0));
  CHECK_FALSE(is_called(1.0, 0.0));
}

// A total of 6 at 4 spikes: 3/2 a spike, three times the threshold.
TEST_CASE("spike train: a larger count has more potentials", "[HM2BP postsynaptic]") {
  CHECK(own_count_factor(6.0, 4.0, 0.5) == 4.0);
  CHECK(own_count_factor(0.0, 0.0, 0.5) == 1.0);
}

TEST_CASE("spike train: an error through the self-connection at most doubles", "[STRSBP self share]") {
  CHECK(self_share(0.5, 2.0, 8.0, 0.5) == 0.25);
  CHECK(self_share(-2.0, 2.0, 8.0, 0.5) == -1.0);
  CHECK(self_share(4.0, 2.0, 8.0, 0.5) == 0.5);
  CHECK(self_share(4.0, 0.0, 0.0, 0.5) == 0.0);
}

TEST_CASE("spike train: the error through the self-connection is the sum of all rounds", "[STRSBP recurrent error]") {
  const double error = recurrent_error(3.0, 0.25);
  CHECK(error == 4.0);
  CHECK(error == 3.0 + 0.25 * error);
  CHECK(recurrent_error(3.0, -0.5) == 2.0);
}
