#pragma once
// Words in a row: what was found in recordings against what was said in them.
#include <string>
#include <utility>
#include <vector>

#include "snn/score/word_errors.h"
#include "tools/common/run_tool.h"

namespace tools {

class TranscriptScores {
 public:
  /// `reference`: lines "KEY<TAB>WORD WORD ...", or a stream, whose records have labels or sequences of them. `found`: such lines, or
  /// lines of JSON with "label" and, where the reference has more than one recording, "path", as ossicle-predict --json writes: the key
  /// itself, or the path of which ear::key_of_path makes it. Blanks end words, also in labels. What is named (silence) or (unknown)
  /// there is no word. Throws std::runtime_error naming file and line. A recording that is not in the reference is a failed record; one
  /// that was not found has its words deleted, with a note.
  TranscriptScores(const std::string& reference, const std::string& found, Context& context);

  /// For a person, and as one JSON object and a line end; a rate without words is null there.
  std::string text() const;
  std::string json() const;

 private:
  std::vector<std::pair<std::string, snn::WordErrors>> by_key_;  // in the order of the reference
  snn::WordErrors all_;
};

}  // namespace tools
