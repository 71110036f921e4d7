// A sound in pieces: the witness is the ear on the whole sound.
#include "frontend/lyon/ear_stream.h"

#include <catch2/catch.hpp>
#include <limits>

#include "tests/frontend/lyon/goldens.h"

using ear::Ear;
using ear::EarStream;

namespace {

constexpr float kScale = 3.0F;

std::vector<float> noise(int n) {
  const std::vector<double> values = goldens::noise(n);
  return {values.begin(), values.end()};
}

std::vector<float> whole(const Ear& ear, const std::vector<float>& samples, int decimation, std::size_t n_steps) {
  std::vector<float> steps(n_steps * static_cast<std::size_t>(ear.n_channels()));
  const ear::EarJob one[] = {{samples, decimation, kScale, steps}};
  ear.hear(one);
  return steps;
}

/// In blocks whose lengths go round; n_tail steps of silence behind it.
std::vector<float> in_blocks(EarStream& stream, std::span<const float> samples, const std::vector<std::size_t>& blocks,
                             std::int64_t n_steps) {
  std::vector<float> steps;
  stream.begin();
  for (std::size_t i = 0; !samples.empty(); ++i) {
    const std::size_t n = std::min(samples.size(), blocks[i % blocks.size()]);
    stream.push(samples.first(n), steps);
    samples = samples.subspan(n);
  }
  stream.finish(n_steps, steps);
  return steps;
}

}  // namespace

TEST_CASE(
    "An ear stream gives the bits of the whole, in blocks of any length, at any decimation, with every instruction "
    "set") {
  const std::vector<float> samples = noise(3001);
  for (const ear::Isa& isa : ear::usable_isas()) {
    const Ear ear(ear::design_ear({}, 12500), isa.name);
    for (const int decimation : {1, 2, 3, 125, 3001, 7000}) {
      EarStream stream(ear, decimation, kScale);
      for (const std::size_t n : {std::size_t{3000}, std::size_t{3001}, std::size_t{777}, std::size_t{1}}) {
        const std::vector<float> part(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(n));
        for (const std::int64_t n_tail : {0, 3}) {
          const std::int64_t n_steps = static_cast<std::int64_t>(n) / decimation + n_tail;
          const std::vector<float> wanted = whole(ear, part, decimation, static_cast<std::size_t>(n_steps));
          for (const std::vector<std::size_t>& blocks :
               std::vector<std::vector<std::size_t>>{{1}, {7}, {160}, {4096}, {0, 3, 1, 64, 2}}) {
            if (decimation > 3001 && blocks.front() == 1) continue;  // the same again, and slow
            INFO(isa.name << ", D " << decimation << ", " << n << " samples, tail " << n_tail << ", blocks from "
                          << blocks.front());
            CHECK(in_blocks(stream, part, blocks, n_steps) == wanted);
            CHECK(stream.n_steps() == n_steps);
          }
        }
      }
    }
  }
}

TEST_CASE("An ear stream gives a step as soon as its last sample is there, or one later where D is odd") {
  const Ear ear(ear::design_ear({}, 16000));
  const std::vector<float> samples = noise(1000);
  for (const int decimation : {10, 11}) {
    EarStream stream(ear, decimation, 1.0F);
    std::vector<float> steps;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      stream.push({&samples[i], 1}, steps);
      const auto n = static_cast<std::int64_t>(i) + 1;
      CHECK(stream.n_samples() == n);
      CHECK(stream.n_steps() >= (n - 1) / decimation);
      CHECK(stream.n_steps() <= n / decimation);
      CHECK(steps.size() == static_cast<std::size_t>(stream.n_steps() * ear.n_channels()));
    }
    CHECK(stream.n_steps() == 1000 / decimation);
  }
}

TEST_CASE("An ear stream refuses what the ear refuses, and has heard nothing of it") {
  const Ear ear(ear::design_ear({}, 12500));
  CHECK_THROWS_WITH(EarStream(ear, 0, 1.0F), Catch::Contains("decimation 0: wanted 1 or more"));
  EarStream stream(ear, 5, 1.0F);
  std::vector<float> steps;
  const std::vector<float> bad = {0.5F, 0.5F, std::numeric_limits<float>::quiet_NaN()};
  CHECK_THROWS_WITH(stream.push(bad, steps), Catch::Contains("sample 2 is not finite"));
  CHECK(stream.n_samples() == 0);
  CHECK(steps.empty());
}
