#include "snn/score/word_errors.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <sstream>
#include <vector>

using namespace snn;

namespace {

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> all;
  for (std::string word; stream >> word;) all.push_back(word);
  return all;
}

WordErrors of(const std::string& said, const std::string& found) {
  return word_errors(words(said), words(found));
}

/// The same by trying every alignment.
WordErrors tried(std::span<const std::string> said, std::span<const std::string> found) {
  if (said.empty()) return {0, 0, 0, static_cast<std::int64_t>(found.size())};
  if (found.empty()) return {static_cast<std::int64_t>(said.size()), 0, static_cast<std::int64_t>(said.size()), 0};
  WordErrors aligned = tried(said.subspan(1), found.subspan(1)), deleted = tried(said.subspan(1), found),
             inserted = tried(said, found.subspan(1));
  aligned.add({1, said[0] != found[0], 0, 0});
  deleted.add({1, 0, 1, 0});
  inserted.add({0, 0, 0, 1});
  for (const WordErrors& other : {deleted, inserted}) {
    if (other.n_errors() * 1000 + other.n_substitutions < aligned.n_errors() * 1000 + aligned.n_substitutions)
      aligned = other;
  }
  return aligned;
}

}  // namespace

TEST_CASE("word errors: by hand") {
  CHECK(of("one two three", "one two three") == WordErrors{3, 0, 0, 0});
  CHECK(of("one two three", "one four three") == WordErrors{3, 1, 0, 0});
  CHECK(of("one two three", "one three") == WordErrors{3, 0, 1, 0});
  CHECK(of("one two three", "one two two three") == WordErrors{3, 0, 0, 1});
  CHECK(of("one two three", "") == WordErrors{3, 0, 3, 0});
  CHECK(of("", "one two") == WordErrors{0, 0, 0, 2});
  CHECK(of("", "") == WordErrors{});
  CHECK(of("1 2 3 4 5", "1 3 4 6 5 5") == WordErrors{5, 0, 1, 2});
  CHECK(of("1 2 3 4 5", "1 3 4 6 5 5").n_correct() == 4);
  CHECK(of("1 2 3 4 5", "1 3 4 6 5 5").rate() == Approx(0.6));
}

TEST_CASE("word errors: of equally many the fewest substitutions, and never more in all") {
  CHECK(of("a b", "b c") == WordErrors{2, 0, 1, 1});  // and not two substitutions
  CHECK(of("a b", "c d") == WordErrors{2, 2, 0, 0});
  // sclite's weights would take three deletions and three insertions, 18, for five substitutions, 20.
  CHECK(of("a b c x y", "x y d e f") == WordErrors{5, 5, 0, 0});
}

TEST_CASE("word errors: as every alignment tried gives them") {
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    std::vector<std::string> said(random() % 6), found(random() % 6);
    for (auto* row : {&said, &found}) {
      for (std::string& word : *row) word = std::string(1, static_cast<char>('a' + random() % 3));
    }
    CHECK(word_errors(said, found) == tried(said, found));
  }
}

TEST_CASE("word errors: sums and rates") {
  WordErrors all;
  all.add(of("1 2 3", "1 2"));
  all.add(of("4", "5 6"));
  CHECK(all == WordErrors{4, 1, 1, 1});
  CHECK(all.rate() == Approx(0.75));
  CHECK(of("", "1").rate() == INFINITY);
  CHECK(WordErrors{}.rate() == 0.0);
}
