#pragma once
// Small streams for the tests of the tools: ten classes that a network learns in an epoch or two.
#include <filesystem>
#include <string>

namespace pipe_support {

struct StreamSpec {
  int n_records = 100;
  unsigned seed = 1;
  int n_channels = 20;
  int n_classes = 10;  ///< 0: records without labels

  double scale = 1.0;            ///< a parameter of the recipe
  std::string extra_label = {};  ///< if set, a class of that name with one record more
  unsigned own_percent = 60;     ///< of the steps in which a channel of the own class is busy
  unsigned other_percent = 5;    ///< likewise one of another class
  int n_silent = 0;              ///< the first records are of zeros alone
  std::string prefix = "utt";    ///< of the keys
  double step_ms = 8.0;
  bool with_sequence = false;  ///< one record more, of the words 1 0 1
};

/// A cochleagram stream: records of 30 to 50 steps, label i % n_classes, three speakers.
void write_stream(const std::filesystem::path& path, const StreamSpec& spec);

}  // namespace pipe_support
