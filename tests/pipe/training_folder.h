#pragma once
// A folder with a stream to train on and one to validate by, and the flags of a small network.
#include <filesystem>
#include <string>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

namespace pipe_support {

struct TrainingFolder {
  TempFolder temp;
  std::string train = temp.file("train.tar");
  std::string valid = temp.file("valid.tar");
  TrainingFolder() {
    write_stream(train, {.n_records = 120});
    write_stream(valid, {.n_records = 30, .seed = 2, .prefix = "valid"});
  }
  std::string file(const std::string& name) const { return temp.file(name); }
  bool has(const std::string& name) const { return std::filesystem::exists(file(name)); }
};

// The preset that costs least, and one thread, which is quicker on a busy machine.
inline const std::string kNet = " --preset plain --hidden 20,20,20 --batch 10 --threads 1 ";

}  // namespace pipe_support
