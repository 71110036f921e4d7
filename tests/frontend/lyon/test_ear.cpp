#include "frontend/lyon/ear.h"

#include <catch2/catch.hpp>
#include <iostream>
#include <limits>

#include "tests/frontend/lyon/goldens.h"
#include "tests/frontend/lyon/scalar_ear.h"

using ear::Ear;
using ear::EarJob;

namespace {

// Of the case's largest output: rounding of the gain control's states and of the sums in float, 4.8e-5 measured as the
// worst on every instruction set.
constexpr double kTolerance = 1e-4;

std::vector<float> as_float(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

/// One recording alone.
std::vector<float> run(const Ear& ear, const std::vector<float>& samples, int decimation, float scale = 1.0F) {
  std::vector<float> steps(samples.size() / decimation * ear.n_channels());
  const EarJob one[] = {{samples, decimation, scale, steps}};
  ear.hear(one);
  return steps;
}

/// Recordings of different lengths, decimations and loudness.
struct Corpus {
  std::vector<std::vector<float>> samples;
  std::vector<int> decimations;
  explicit Corpus(int n) {
    const auto noise = as_float(goldens::noise(3000));
    for (int i = 0; i < n; ++i) {
      const std::size_t first = 37 * i, size = 200 + (i * 619) % 900;
      samples.emplace_back(noise.begin() + first, noise.begin() + first + size);
      for (float& x : samples.back()) x *= 0.01F * static_cast<float>(1 + i);
      decimations.push_back(i % 3 == 0 ? 1 : 2 + 5 * i);
    }
  }
};

}  // namespace

TEST_CASE("The ear in lanes equals AuditoryToolbox on every golden case and instruction set") {
  for (const ear::Isa& usable : ear::usable_isas()) {
    const std::string& isa = usable.name;
    for (const auto& path : goldens::whole_cases()) {
      INFO(isa << ", " << path.filename());
      goldens::check_case(path, kTolerance,
                          [&](const ear::LyonCoeffs& coeffs, int decimation, const std::vector<double>& input) {
                            return run(Ear(coeffs, isa), as_float(input), decimation);
                          });
    }
  }
}

TEST_CASE("The golden cases made from recordings are among them") {
  const auto cases = goldens::whole_cases();
  const auto n_recorded = std::count_if(
      cases.begin(), cases.end(), [](const auto& path) { return path.filename().string().rfind("fsdd_", 0) == 0; });
  if (n_recorded == 0) {
    std::cout << "SKIPPED: the 17 cases made from FSDD recordings need OSSICLE_GOLDEN\n";
    return;
  }
  CHECK(n_recorded == 17);
  CHECK(cases.size() == 58);
}

TEST_CASE("A recording's bits depend neither on its lane nor on its neighbours") {
  for (const auto& [isa, kernel] : ear::usable_isas()) {
    const Ear ear(ear::design_ear({}, 16000), isa);
    const Corpus corpus(2 * ear.n_lanes() + 3);
    for (const int shift : {0, 1, ear.n_lanes() - 1}) {
      std::vector<EarJob> jobs;
      std::vector<std::vector<float>> steps(corpus.samples.size());
      const std::size_t n = corpus.samples.size();
      for (std::size_t k = 0; k < n; ++k) {
        const std::size_t i = (k + shift) % n;
        const int decimation = corpus.decimations[i];
        steps[i].resize(corpus.samples[i].size() / decimation * ear.n_channels(), -1.0F);
        jobs.push_back({corpus.samples[i], decimation, 2.0F, steps[i]});
      }
      ear.hear(jobs);
      for (std::size_t i = 0; i < n; ++i) {
        INFO(isa << ", shift " << shift << ", recording " << i);
        CHECK(steps[i] == run(ear, corpus.samples[i], corpus.decimations[i], 2.0F));
      }
    }
  }
}

TEST_CASE("Steps beyond the samples are of silence") {
  const Ear ear(ear::design_ear({}, 16000));
  for (const int decimation : {1, 2, 9}) {
    auto samples = as_float(goldens::noise(500));
    std::vector<float> steps(600 / decimation * ear.n_channels());
    const EarJob one[] = {{samples, decimation, 1.0F, steps}};
    ear.hear(one);
    samples.resize(600);
    CHECK(steps == run(ear, samples, decimation));
  }
}

TEST_CASE("The lanes compute what the witness in double does, with every switch") {
  const auto input = goldens::noise(2000);
  for (const bool agc : {true, false}) {
    for (const bool differ : {true, false}) {
      for (const int decimation : {1, 2, 50}) {
        const auto coeffs = ear::design_ear({.agc = agc, .differ = differ}, 16000);
        const auto wanted = scalar::hear(coeffs, decimation, input);
        const double largest = *std::max_element(wanted.begin(), wanted.end());
        for (const auto& [isa, kernel] : ear::usable_isas()) {
          const auto found = run(Ear(coeffs, isa), as_float(input), decimation);
          REQUIRE(found.size() == wanted.size());
          double worst = 0.0;
          for (std::size_t i = 0; i < found.size(); ++i) worst = std::max(worst, std::abs(found[i] - wanted[i]));
          INFO(isa << ", agc " << agc << ", differ " << differ << ", decimation " << decimation);
          CHECK(worst <= kTolerance * largest);
        }
      }
    }
  }
}

TEST_CASE("Silence gives exact zeros, and too few samples no step (Q6, Q11)") {
  const Ear ear(ear::design_ear({}, 12500));
  CHECK(run(ear, std::vector<float>(1000), 100) == std::vector<float>(10 * 78));
  CHECK(run(ear, std::vector<float>(99), 100).empty());
  CHECK(run(ear, std::vector<float>(299), 100).size() == 2 * 78);
  ear.hear({});
}

TEST_CASE("Sound dies away to nothing, and on the way no number is subnormal (Q11, Q15)") {
  const Ear ear(ear::design_ear({}, 12500));
  const auto constant = run(ear, std::vector<float>(12500, 0.5F), 100);
  CHECK(*std::max_element(constant.end() - 78, constant.end()) < 1e-12F);
  std::vector<float> impulse(100'000, 0.0F);
  impulse[0] = 1.0F;
  for (const float x : run(ear, impulse, 1)) CHECK_FALSE((x != 0.0F && !std::isnormal(x)));
}

TEST_CASE("A sample alters no step before its own") {
  const Ear ear(ear::design_ear({}, 16000));
  auto input = as_float(goldens::noise(1000));
  const auto before = run(ear, input, 10);
  input[500] += 0.5F;
  const auto after = run(ear, input, 10);
  const auto first = 50 * static_cast<std::ptrdiff_t>(ear.n_channels());
  CHECK(std::equal(before.begin(), before.begin() + first, after.begin()));
  CHECK_FALSE(std::equal(before.begin() + first, before.end(), after.begin() + first));
}

TEST_CASE("The first channel is zero at D = 1 with difference, and only then (Q1, Q2)") {
  const auto input = as_float(goldens::noise(2000));
  const auto first_channel_max = [&](const ear::LyonParams& params, int decimation) {
    const Ear ear(ear::design_ear(params, 16000));
    const auto steps = run(ear, input, decimation);
    float largest = 0.0F;
    for (std::size_t i = 0; i < steps.size(); i += ear.n_channels()) largest = std::max(largest, steps[i]);
    return largest;
  };
  CHECK(first_channel_max({}, 1) == 0.0F);
  CHECK(first_channel_max({}, 2) > 0.0F);
  CHECK(first_channel_max({.differ = false}, 1) > 0.0F);
}

TEST_CASE("Jobs that make no sense are refused before anything is written (Q9)") {
  const Ear ear(ear::design_ear({}, 12500));
  std::vector<float> good(20, 0.1F), bad(20, 0.1F), first(2 * 78, -1.0F), second(2 * 78, -1.0F);
  const auto refused = [&](const EarJob& job, const std::string& message) {
    const EarJob jobs[] = {{good, 10, 1.0F, first}, job};
    CHECK_THROWS_AS(ear.hear(jobs), std::invalid_argument);
    CHECK_THROWS_WITH(ear.hear(jobs), Catch::Contains(message));
    CHECK(first == std::vector<float>(2 * 78, -1.0F));
  };
  bad[7] = std::numeric_limits<float>::quiet_NaN();
  refused({bad, 10, 1.0F, second}, "sample 7 is not finite");
  bad[7] = -std::numeric_limits<float>::infinity();
  refused({bad, 10, 1.0F, second}, "sample 7 is not finite");
  refused({good, 0, 1.0F, second}, "decimation 0");
  refused({good, 10, 1.0F, std::span(second).first(79)}, "79 values");
  CHECK_THROWS_AS(Ear(ear::design_ear({}, 12500), "sse9"), std::invalid_argument);
}
