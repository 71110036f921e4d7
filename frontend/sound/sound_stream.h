#pragma once
// Sound as it comes: PCM without a header, or WAV, from a pipe that may have no end. libsndfile reads either from a
// pipe too, but waits for whole blocks and takes a cut sample for the end.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/base/input.h"

namespace ear {

/// Little-endian samples, as sox and arecord name them.
enum class SampleFormat { kU8, kS16le, kS24le, kS32le, kF32le };
inline constexpr const char* kSampleFormatNames[] = {"u8", "s16le", "s24le", "s32le", "f32le"};

/// Throws std::invalid_argument, listing the names, for another one.
SampleFormat parse_sample_format(const std::string& name);

/// Sound without a header.
struct PcmFormat {
  SampleFormat samples = SampleFormat::kS16le;
  int sample_rate_hz = 16'000;
  int n_channels = 1;  ///< side by side in a frame
};

/// Channels accepted.
inline constexpr int kMaxSoundChannels = 1024;

/// Reads frames as soon as they are there and mixes them to one channel, in constant memory. `name` stands for the
/// input in messages.
class SoundStream {
 public:
  /// PCM of that format. Throws std::invalid_argument for no channels, more than kMaxSoundChannels, or as
  /// check_sample_rate() does.
  SoundStream(Input input, std::string name, const PcmFormat& format);
  /// WAV: its header is read at once. Where that gives the sound's size, other than those that programs write into
  /// pipes, what lies behind is not heard. Throws std::runtime_error for something else: no WAV, cut short, compressed,
  /// a format that is impossible.
  SoundStream(Input input, std::string name);

  const PcmFormat& format() const { return format_; }
  /// Appends the frames that one read(2) brings, none if it brings less than a frame. False at the end. Throws
  /// std::runtime_error for an input that cannot be read or ends in the middle of a frame, for a WAV cut short, for a
  /// sample that is not finite or far beyond full scale, behind the frames before it.
  bool read(std::vector<float>& samples);
  /// Whether nothing more is wanted of the input: a header said how much there is, and it has been read.
  bool is_read() const { return n_promised_ && n_read_ == *n_promised_; }
  /// When is_read(): takes what the input still brings, and gives the warning that a file gets for bytes behind its
  /// sound, if they want one. It waits for half a second and takes 16 MiB at most, for the writer may go on for ever.
  std::optional<std::string> look_behind();

 private:
  std::string take(std::uint64_t n);
  void read_wav_header();
  void read_wav_format(const std::string& bytes);
  bool read_more();
  float sample(const char* bytes) const;
  void append(const char* frame, std::vector<float>& samples);
  std::size_t sample_bytes() const;

  Input input_;
  std::string name_;
  PcmFormat format_;
  std::optional<std::uint64_t> n_promised_;  // bytes of sound, where a header says it
  std::uint64_t n_read_ = 0;                 // of them; of the header before
  std::string rest_;                         // bytes of a frame that is not whole yet
  std::uint64_t n_frames_ = 0;
};

}  // namespace ear
