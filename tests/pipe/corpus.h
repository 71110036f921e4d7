#pragma once
// Small recordings and their list for the tests of ossicle-lyon, and the streams that it writes.
#include <string>
#include <vector>

#include "frontend/stream/stream.h"
#include "tests/pipe/run.h"

namespace pipe_support {

/// The bytes of a number as files hold them.
template <class Number>
std::string little_endian(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

/// A 16-bit WAV of 8 kHz: a tone whose pitch depends on `seed`.
std::string wav_bytes(int seed, int n_frames, int n_channels = 1);

/// Recordings of different lengths in a folder with a space in its name, three labels, and their list.
class Corpus {
 public:
  explicit Corpus(int n_recordings = 50);
  std::string file(const std::string& name) const { return temp.file(name); }
  /// "ossicle-lyon -q" with the list and `more` flags.
  std::string command(const std::string& more) const;

  TempFolder temp;
  std::string list = temp.file("list.tsv");
  std::string text = "path\tlabel\tspeaker\n";  ///< of the list
};

struct Stream {
  ear::Header header;
  std::vector<ear::Record> records;
};

/// A whole stream file. Throws what Reader throws.
Stream read_stream(const std::string& path);

}  // namespace pipe_support
