#include "snn/base/rng.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

using namespace snn;

TEST_CASE("rng: a stream is the blocks of its counter in order") {
  Rng rng(0x299f31d0a4093822U, Purpose::kShift, 0x0370734413198a2eU);
  for (std::uint32_t block = 0; block < 3; ++block) {
    for (const std::uint32_t word : philox4x32({{block, 3, 0x13198a2e, 0x03707344}}, {{0xa4093822, 0x299f31d0}}).word) {
      CHECK(rng.next_u32() == word);
    }
  }
}

TEST_CASE("rng: any place of a stream can be looked up") {
  Rng rng(7, Purpose::kShift, 9);
  std::vector<std::uint32_t> words;
  for (int i = 0; i < 12; ++i) words.push_back(rng.next_u32());
  for (const std::uint32_t word : {11U, 4U, 6U, 0U, 9U}) {
    CHECK(random_words(philox_key(7), Purpose::kShift, 9, word / 4).word[word % 4] == words[word]);
    rng.seek(word);
    for (std::size_t i = word; i < words.size(); ++i) CHECK(rng.next_u32() == words[i]);
  }
  rng.seek((std::uint64_t{1} << 34) - 1);
  CHECK_NOTHROW(rng.next_u32());
  CHECK_THROWS_AS(rng.next_u32(), std::length_error);
}

TEST_CASE("rng: seed, purpose and index each give another stream") {
  std::set<std::uint64_t> firsts;
  for (const std::uint64_t seed : {0ULL, 1ULL, 1ULL << 32}) {
    for (const Purpose purpose : {Purpose::kInit, Purpose::kOrder, Purpose::kShift}) {
      for (const std::uint64_t index : {0ULL, 1ULL, 1ULL << 32}) firsts.insert(Rng(seed, purpose, index).next_u64());
    }
  }
  CHECK(firsts.size() == 27);
}

TEST_CASE("rng: uniform numbers fill the unit interval evenly") {
  Rng rng(1, Purpose::kInit, 0);
  constexpr int kDraws = 100000;
  double sum = 0.0, squares = 0.0, low = 1.0, high = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = rng.uniform();
    sum += u, squares += u * u, low = std::min(low, u), high = std::max(high, u);
  }
  // Four standard errors: sqrt(1/12 / n) and sqrt(4/45 / n).
  CHECK(std::abs(sum / kDraws - 0.5) < 4 * std::sqrt(1.0 / 12 / kDraws));
  CHECK(std::abs(squares / kDraws - 1.0 / 3) < 4 * std::sqrt(4.0 / 45 / kDraws));
  CHECK((low >= 0.0 && low < 1e-3));
  CHECK((high < 1.0 && high > 1 - 1e-3));
}

TEST_CASE("rng: normal numbers have the moments of the normal distribution") {
  Rng rng(1, Purpose::kInit, 7);
  constexpr int kDraws = 200000;
  double m1 = 0.0, m2 = 0.0, m3 = 0.0, m4 = 0.0, serial = 0.0, last = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.normal();
    m1 += x, m2 += x * x, m3 += x * x * x, m4 += x * x * x * x, serial += x * last, last = x;
  }
  // Four standard errors; the variances of x, x^2, x^3, x^4 and of x y are 1, 2, 15, 96 and 1.
  const auto within = [](double sum, double wanted, double variance) {
    return std::abs(sum / kDraws - wanted) < 4 * std::sqrt(variance / kDraws);
  };
  CHECK(within(m1, 0.0, 1.0));
  CHECK(within(m2, 1.0, 2.0));
  CHECK(within(m3, 0.0, 15.0));
  CHECK(within(m4, 3.0, 96.0));
  CHECK(within(serial, 0.0, 1.0));
}

TEST_CASE("rng: bounded integers are unbiased and within the bound") {
  Rng rng(3, Purpose::kOrder, 0);
  constexpr int kDraws = 60000;
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < kDraws; ++i) ++counts[rng.below(6)];
  CHECK(counts.size() == 6);
  double chi2 = 0.0;
  for (const auto& [value, count] : counts) {
    CHECK(value < 6);
    chi2 += (count - kDraws / 6.0) * (count - kDraws / 6.0) / (kDraws / 6.0);
  }
  CHECK(chi2 < 20.5);  // 99.9 % point of chi-square with 5 degrees of freedom
  CHECK(rng.below(1) == 0);
  CHECK_NOTHROW(rng.below(~std::uint64_t{0}));
  CHECK_THROWS_AS(rng.below(0), std::invalid_argument);
}

TEST_CASE("rng: a range includes both of its ends") {
  Rng rng(4, Purpose::kShift, 0);
  std::map<int, int> counts;
  for (int i = 0; i < 7000; ++i) ++counts[rng.between(-3, 3)];
  CHECK(counts.size() == 7);
  CHECK(counts.begin()->first == -3);
  CHECK(counts.rbegin()->first == 3);
  for (const auto& [value, count] : counts) CHECK(std::abs(count - 1000) < 4 * std::sqrt(1000.0));
  CHECK(rng.between(5, 5) == 5);
  CHECK_NOTHROW(rng.between(-2147483647 - 1, 2147483647));
  CHECK_THROWS_AS(rng.between(1, 0), std::invalid_argument);
}

TEST_CASE("rng: a shuffle makes every order equally often") {
  std::map<std::vector<int>, int> counts;
  constexpr int kDraws = 24000;
  Rng rng(5, Purpose::kOrder, 1);
  for (int i = 0; i < kDraws; ++i) {
    std::vector<int> items = {0, 1, 2, 3};
    rng.shuffle(items);
    ++counts[items];
  }
  CHECK(counts.size() == 24);
  double chi2 = 0.0;
  for (const auto& [order, count] : counts) chi2 += (count - 1000.0) * (count - 1000.0) / 1000.0;
  CHECK(chi2 < 49.7);  // 99.9 % point of chi-square with 23 degrees of freedom
}
