#include "frontend/lyon/kernel.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <new>
#include <vector>

#include "frontend/lyon/ear.h"

TEST_CASE("A kernel stays within its memory and its steps, whatever was there, with any number of lanes in use") {
  const auto factors = ear::ear_factors(ear::design_ear({}, 16000));
  const int n_rows = static_cast<int>(factors.sections.size()), n_channels = n_rows - 2;
  const ear::KernelDesign design = {factors.sections.data(), n_rows, factors.stages.data(), true, true};
  const std::vector<float> samples = {0.1F, -0.5F, 0.3F, 0.7F, -0.2F};
  const float no_low_pass[2] = {1.0F, 0.0F};
  constexpr std::byte kMark{0x5A};
  for (const auto& [isa, k] : ear::usable_isas()) {
    CHECK(k.n_lanes >= 4);
    const std::size_t size = k.n_bytes(n_rows);
    const std::align_val_t alignment{ear::EarKernel::kAlignment};
    auto* const memory = static_cast<std::byte*>(::operator new(size + 64, alignment));
    std::vector<float> first;
    for (int n_tasks = 1; n_tasks <= k.n_lanes; ++n_tasks) {
      INFO(isa << ", " << n_tasks << " lanes");
      std::fill_n(memory, size + 64, kMark);
      std::vector<float> steps(static_cast<std::size_t>(n_tasks * 3 * n_channels) + 1, -1.0F);
      std::vector<ear::LaneTask> tasks;
      for (int i = 0; i < n_tasks; ++i) {
        tasks.push_back({samples.data(), 5, 1, no_low_pass, 0.0F, 0.0F, 1.0F, steps.data() + i * 3 * n_channels, 3});
      }
      k.hear(design, tasks.data(), n_tasks, {0, 3}, memory);
      CHECK(std::all_of(memory + size, memory + size + 64, [](std::byte b) { return b == kMark; }));
      CHECK(steps.back() == -1.0F);
      if (n_tasks == 1) first.assign(steps.begin(), steps.end() - 1);
      for (int i = 0; i < n_tasks; ++i) {
        CHECK(std::equal(first.begin(), first.end(), steps.begin() + i * 3 * n_channels));
      }
    }
    CHECK(*std::max_element(first.begin(), first.end()) > 0.0F);
    ::operator delete(memory, alignment);
  }
}
