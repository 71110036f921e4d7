#include "snn/backend/cpu/scratch_size.h"

#include <catch2/catch.hpp>

// Layer 2 has the panels of 100 sources for two tiles: 100 * 2 * 64 * 4 bytes = 51 kB, and lists; the skip gives layer 3 a
// second panel.
TEST_CASE("scratch size: panels of every spiking source") {
  const snn::NetworkParams chain{.sizes = {20, 100, 100, 10}, .self_recurrent = {}, .bip = {}, .skips = {}};
  snn::NetworkParams skipping = chain;
  skipping.skips = {{1, 3}};
  const snn::BatchSize batch{1000, 10};
  const snn::ScratchSize size = snn::cpu_scratch_size(chain, batch, 1);
  CHECK(size.forward > 100 * 128 * 4);
  CHECK(size.forward < 2 * 100 * 128 * 4);
  CHECK(snn::cpu_scratch_size(skipping, batch, 1).forward > size.forward);
}

// Partial sums of the dense product with the input: 2 parts of 512 rows, 100 x 20 numbers each.
TEST_CASE("scratch size: partial sums of the gradient, and a share for every thread") {
  const snn::NetworkParams params{.sizes = {20, 100, 100, 10}, .self_recurrent = {}, .bip = {}, .skips = {}};
  const snn::ScratchSize one = snn::cpu_scratch_size(params, {1000, 10}, 1),
                         four = snn::cpu_scratch_size(params, {1000, 10}, 4);
  CHECK(one.gradient > 2 * 100 * 20 * 4);
  CHECK(four.gradient > one.gradient);
  CHECK(four.inference == 4 * one.inference);
}
