#pragma once
// MP3 and its elder layers through libmpg123 itself: libsndfile, which would pass them on to it, lets it write to standard
// error.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "frontend/base/byte_source.h"

namespace ear {

/// Whether these bytes begin a frame of MPEG audio.
bool begins_mpeg_frame(std::string_view bytes);

/// The frames of a source, without the encoder's padding where its header tells how much that is.
class MpegFile {
 public:
  /// Throws std::runtime_error saying what is wrong. The source must outlive the object.
  explicit MpegFile(const ByteSource& source);

  int sample_rate_hz() const { return static_cast<int>(sample_rate_hz_); }
  int n_channels() const { return n_channels_; }
  /// As the header of the encoder says, or judged by the size of the source; 0: unknown.
  long long n_expected() const { return n_expected_; }
  /// Whether n_expected() comes from the header of the encoder.
  bool is_counted() const { return is_counted_; }

  /// Up to n frames, [frame][channel]; 0 at the end. Throws std::runtime_error if the sound changes its format or cannot be
  /// read.
  long long read(float* frames, long long n);

 private:
  struct Input;
  struct Delete {
    void operator()(Input* input) const;
  };
  [[noreturn]] void fail() const;

  std::unique_ptr<Input, Delete> input_;
  long sample_rate_hz_ = 0;
  int n_channels_ = 0;
  long long n_expected_ = 0;
  bool is_counted_ = false;
};

}  // namespace ear
