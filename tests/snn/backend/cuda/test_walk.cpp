// A recurrent layer in one kernel, and step by step where the device has too little memory on the chip for it.
#include "snn/backend/cuda/walk.cuh"

#include <catch2/catch.hpp>

#include "snn/model/init.h"
#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/golden_run.h"
#include "tests/snn/scan/run_body.h"
#include "tests/snn/synthetic.h"

using snn::cuda::fits;

namespace {

constexpr int kSteps = 40;  // of the longest utterance, whose steps are launched

struct Found {
  std::vector<float> gradients, sums;
  std::int64_t n_launches = 0, n_products = 0;
};

/// Two batches, one after the other, through two recurrent layers of so many neurons each, whose first layer has something of everything.
Found run(const std::vector<int>& hidden, std::size_t shared_bytes, snn::Rule rule) {
  emulated::reset({.shared_memory = shared_bytes});
  const auto backend = support::make_emulated_backend<float>();
  const snn::Dataset dataset = support::synthetic({.n_utterances = 12, .min_steps = 5, .max_steps = 40});
  snn::TrainingParams params = support::small_training();
  auto& sizes = params.network.sizes;
  sizes = {sizes.front(), hidden[0], hidden[1], sizes.back()};
  params.network.recurrent = {1, 2};
  params.network.self_recurrent = params.network.adaptive = {1};
  params.gradient.rule = rule;
  snn::Network<float> network(params.network, params.gradient, *backend);
  network.set_parameters(snn::initial_parameters(params.network, params.init, params.seed));
  const auto step = [&](const std::vector<int>& batch) {
    network.forward(snn::make_batch(dataset, batch));
    network.backward(params.loss);
  };
  step({1, 2, 4, 6, 8, 9, 10});  // what it leaves in rows that the silent utterance gets next must not count
  const emulated::Counts before = emulated::counts();
  step({0, 5, 3, 7, 11});
  const emulated::Counts after = emulated::counts();
  return {network.gradient_buffer().download(), network.class_sums(), after.n_launches - before.n_launches,
          after.n_gemms - before.n_gemms};
}

}  // namespace

TEST_CASE("cuda walk: a layer fits if its matrix and two steps of it do, and no more than 256 neurons") {
  using Walk = snn::ForwardWalk<float>;
  constexpr std::size_t kHopper = 232448, kAmpere = 166912, kTuring = 65536;
  CHECK((fits<Walk>(238, kHopper) && !fits<Walk>(240, kHopper)));
  CHECK((fits<Walk>(200, kAmpere) && !fits<Walk>(204, kAmpere)));
  CHECK((fits<Walk>(126, kTuring) && !fits<Walk>(128, kTuring)));
  CHECK((fits<Walk>(256, std::size_t{1} << 20) && !fits<Walk>(257, std::size_t{1} << 20)));
  CHECK_FALSE(fits<Walk>(1, 0));
  CHECK_FALSE(fits<snn::BackwardWalk<double>>(200, kHopper));
}

TEST_CASE("cuda walk: in one kernel or step by step, the same bits") {
  for (const auto rule : {snn::Rule::kStep, snn::Rule::kSurrogate, snn::Rule::kLayer}) {
    const Found walk = run({40, 33}, 49152 + 1, rule), steps = run({40, 33}, 0, rule);
    CHECK(support::same_bits(walk.gradients, steps.gradients));
    CHECK(support::same_bits(walk.sums, steps.sums));
    CHECK(steps.n_products - walk.n_products == 4 * (kSteps - 1));
    CHECK(steps.n_launches - walk.n_launches == 4 * (kSteps - 1));
  }
}

// 140 neurons are 79,520 bytes: more than a kernel has without asking for it.
TEST_CASE("cuda walk: layer by layer, what fits in one kernel") {
  const Found both = run({140, 40}, 232448, snn::Rule::kSurrogate), one = run({140, 40}, 65536, snn::Rule::kSurrogate);
  CHECK(one.n_products - both.n_products == 2 * (kSteps - 1));
  CHECK(support::same_bits(both.gradients, one.gradients));
}

TEST_CASE("cuda walk: golden cases step by step") {
  emulated::reset({.shared_memory = 0});
  support::check_golden_cases<float>([] { return support::make_emulated_backend<float>(); });
  support::check_golden_cases<double>([] { return support::make_emulated_backend<double>(); });
}
