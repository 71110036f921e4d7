#include "snn/score/word_errors.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

namespace snn {

namespace {

/// Whether `a` is the better way to one point of the alignment.
bool is_better(const WordErrors& a, const WordErrors& b) {
  return std::tuple(a.n_errors(), a.n_substitutions) < std::tuple(b.n_errors(), b.n_substitutions);
}

}  // namespace

double WordErrors::rate() const {
  if (n_words > 0) return static_cast<double>(n_errors()) / static_cast<double>(n_words);
  return n_errors() > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

void WordErrors::add(const WordErrors& more) {
  n_words += more.n_words;
  n_substitutions += more.n_substitutions;
  n_deletions += more.n_deletions;
  n_insertions += more.n_insertions;
}

WordErrors word_errors(std::span<const std::string> said, std::span<const std::string> found) {
  std::vector<WordErrors> before(found.size() + 1);  // of the words said so far, against the first 0, 1, ... found
  for (std::size_t f = 0; f < before.size(); ++f) before[f].n_insertions = static_cast<std::int64_t>(f);
  for (const std::string& word : said) {
    std::vector<WordErrors> here(before.size());
    for (std::size_t f = 0; f < here.size(); ++f) {
      WordErrors best = before[f];
      ++best.n_words;
      ++best.n_deletions;
      if (f > 0) {
        WordErrors aligned = before[f - 1], inserted = here[f - 1];
        ++aligned.n_words;
        aligned.n_substitutions += word != found[f - 1];
        ++inserted.n_insertions;
        best = std::min({best, aligned, inserted}, is_better);
      }
      here[f] = best;
    }
    before = std::move(here);
  }
  return before.back();
}

}  // namespace snn
