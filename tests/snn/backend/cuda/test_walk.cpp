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

struct Found {
  std::vector<float> gradients, sums;
  std::int64_t n_walks = 0, n_steps = 0, n_products = 0;
  std::vector<emulated::KernelCount> kernels;
};

/// A batch through two recurrent layers of so many neurons each, whose first layer has something of everything.
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
  network.forward(snn::make_batch(dataset, std::vector<int>{0, 5, 3, 7, 11}));
  network.backward(params.loss);
  return {network.gradient_buffer().download(), network.class_sums(),       emulated::launches_of("Walk<"),
          emulated::launches_of("Step<"),       emulated::counts().n_gemms, emulated::kernels()};
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
    CHECK(walk.n_walks == 4);
    CHECK(walk.n_steps == 0);
    CHECK(steps.n_walks == 0);
    CHECK(steps.n_steps == steps.n_products - walk.n_products + 4);
  }
}

// 140 neurons are 79,520 bytes: more than a kernel has without asking for it.
TEST_CASE("cuda walk: layer by layer, what fits in one kernel") {
  const Found both = run({140, 40}, 232448, snn::Rule::kSurrogate), one = run({140, 40}, 65536, snn::Rule::kSurrogate);
  CHECK(both.n_walks == 4);
  CHECK(one.n_walks == 2);
  CHECK(one.n_steps > 0);
  CHECK(support::same_bits(both.gradients, one.gradients));
  for (const emulated::KernelCount& each : both.kernels) {
    if (each.name.find("Walk<") == std::string::npos) continue;
    CHECK(each.grid.x == 5 + 1);  // the utterances, and the silent one
    CHECK((each.block.x == 160 || each.block.x == 64));
  }
}

TEST_CASE("cuda walk: golden cases step by step") {
  emulated::reset({.shared_memory = 0});
  support::check_golden_cases<float>([] { return support::make_emulated_backend<float>(); });
  support::check_golden_cases<double>([] { return support::make_emulated_backend<double>(); });
}
