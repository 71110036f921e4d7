#pragma once
// What both scans keep to, whatever the rule and the neurons.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/snn/scan/neurons.h"

namespace support {

using Array = std::vector<float> Neurons<float>::*;

/// Of what the scans leave behind: over time, and of an utterance's neuron.
inline constexpr Array kOverTime[] = {&Neurons<float>::u, &Neurons<float>::psc, &Neurons<float>::fired,
                                      &Neurons<float>::delta, &Neurons<float>::drive_error};
inline constexpr Array kOfNeurons[] = {&Neurons<float>::psc_sums, &Neurons<float>::dw_self,     &Neurons<float>::dtheta,
                                       &Neurons<float>::dbias,    &Neurons<float>::dadaptation, &Neurons<float>::drho};

inline void run(Neurons<float>& neurons, int width) {
  neurons.forward(width);
  neurons.backward(width);
}

/// The width of a tile changes no bit.
inline void check_widths(Neurons<float> wide) {
  run(wide, snn::kTileWidth);
  for (const int width : {1, 7}) {
    Neurons<float> narrow = wide;
    run(narrow, width);
    INFO("width " << width);
    CHECK(narrow.n_spikes == wide.n_spikes);
    for (const Array array : kOverTime) CHECK(same_bits(narrow.*array, wide.*array));
    for (const Array array : kOfNeurons) CHECK(same_bits(narrow.*array, wide.*array));
  }
}

/// Some of 2 x 70 neurons are silent: they do not fire and have no gradient, and the others do not notice.
inline void check_silent(Neurons<float> all) {
  REQUIRE(all.shape.n_batch * all.shape.n_neurons == 140);
  for (const int width : {1, 7, 64}) {
    run(all, width);
    Neurons<float> some = all;
    some.silent.assign(140, 0);
    for (const std::size_t place : {0, 8, 69, 70, 135}) some.silent[place] = 1;
    run(some, width);
    for (int i = 0; i < 140; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const int b = i / 70, n = i % 70;
      const bool is_silent = some.silent[at] != 0;
      INFO("width " << width << ", utterance " << b << ", neuron " << n);
      CHECK(some.n_spikes[at] == (is_silent ? 0 : all.n_spikes[at]));
      const std::vector<float> nothing(static_cast<std::size_t>(all.n_steps(b)), 0.0F);
      for (const Array array : kOverTime)
        CHECK(same_bits(some.column(some.*array, b, n), is_silent ? nothing : all.column(all.*array, b, n)));
      for (const Array array : kOfNeurons) {
        const bool is_asked =
            !some.adaptation.empty() || (array != &Neurons<float>::dadaptation && array != &Neurons<float>::drho);
        if (is_asked) CHECK((some.*array)[at] == (is_silent ? 0.0F : (all.*array)[at]));
      }
    }
  }
}

}  // namespace support
