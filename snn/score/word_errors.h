#pragma once
// Words in a row against those that were said.
#include <cstdint>
#include <span>
#include <string>

namespace snn {

struct WordErrors {
  std::int64_t n_words = 0;  ///< that were said
  std::int64_t n_substitutions = 0, n_deletions = 0, n_insertions = 0;

  std::int64_t n_errors() const { return n_substitutions + n_deletions + n_insertions; }
  std::int64_t n_correct() const { return n_words - n_substitutions - n_deletions; }
  /// Word error rate: errors over words that were said; above 1 with many insertions. 0 if there are neither, infinite without words.
  double rate() const;
  void add(const WordErrors& more);
  bool operator==(const WordErrors&) const = default;
};

/// The least number of substitutions, deletions (said, not found) and insertions (found, not said) that make `said` of `found`, or the
/// reverse: V. Levenshtein, Binary codes capable of correcting deletions, insertions and reversals, 1966. Of alignments with equally
/// many, that with the fewest substitutions, so the most right words: NIST's sclite prefers it too, by weights of 3 for a deletion or
/// an insertion and 4 for a substitution. Unlike there, the total stays the least; two sequences without a common word, of one length,
/// are substitutions alone. Time: product of the lengths.
WordErrors word_errors(std::span<const std::string> said, std::span<const std::string> found);

}  // namespace snn
