#include "frontend/sound/sound_file.h"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "frontend/base/byte_source.h"
#include "frontend/base/descriptor.h"
#include "frontend/base/require.h"
#include "frontend/sound/mpeg_file.h"
#include "frontend/sound/sound_part.h"
#include "frontend/sound/spectrum.h"
#include "frontend/sound/sphere.h"

namespace ear {

namespace {

constexpr std::size_t kHeaderBytes = 1 << 16;  // enough for a header of SPHERE
constexpr float kLoudest = 16.0F;              // beyond it the unit must be another one
constexpr sf_count_t kBlockFrames = 4096;
constexpr long long kMpegSlack = 2 * 1152;  // some encoders count the frame of their own header

using File = std::unique_ptr<SNDFILE, decltype(&sf_close)>;

/// The sound of a file as libsndfile reads it.
struct View {
  const ByteSource& source;
  const SoundPart& part;
  sf_count_t position = 0;
  std::string error = {};  // libsndfile, in C, lets no exception pass

  static View& of(void* self) { return *static_cast<View*>(self); }
  static sf_count_t length(void* self) {
    const SoundPart& part = of(self).part;
    return static_cast<sf_count_t>(part.header.size() + (part.end - part.begin) + part.padding.size());
  }
  static sf_count_t seek(sf_count_t offset, int whence, void* self) {
    const sf_count_t origin = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? of(self).position : length(self);
    return of(self).position = std::clamp<sf_count_t>(origin + offset, 0, length(self));
  }
  static sf_count_t read(void* target, sf_count_t n_bytes, void* self) {
    View& view = of(self);
    const SoundPart& part = view.part;
    auto* bytes = static_cast<char*>(target);
    const auto n = static_cast<std::size_t>(std::clamp<sf_count_t>(n_bytes, 0, length(self) - view.position));
    auto at = static_cast<std::uint64_t>(view.position);
    std::size_t n_read = at < part.header.size() ? part.header.copy(bytes, n, at) : 0;
    at = std::max<std::uint64_t>(at, part.header.size()) - part.header.size() + part.begin;
    try {
      const std::uint64_t n_left = part.end - std::min(at, part.end);
      const std::size_t n_wanted = std::min<std::uint64_t>(n - n_read, n_left);
      const std::size_t n_sound = view.source.read(at, bytes + n_read, n_wanted);
      n_read += n_sound;
      if (n_sound == n_left && n_read < n) n_read += part.padding.copy(bytes + n_read, n - n_read);
    } catch (const std::runtime_error& failure) {
      view.error = failure.what();
    }
    view.position += static_cast<sf_count_t>(n_read);
    return static_cast<sf_count_t>(n_read);
  }
  static sf_count_t write(const void*, sf_count_t, void*) { return 0; }
  static sf_count_t tell(void* self) { return of(self).position; }
};

File open_sound(View& view, SF_INFO& info) {
  SF_VIRTUAL_IO io{View::length, View::seek, View::read, View::write, View::tell};
  return {sf_open_virtual(&io, SFM_READ, &info, &view), sf_close};
}

/// The SPHERE header among the first bytes, if there is one; throws for what libsndfile would not explain.
std::optional<SphereHeader> check_sphere(std::string_view first_bytes) {
  auto header = parse_sphere_header(first_bytes);
  if (!header) return std::nullopt;
  demand(header->complete, "NIST SPHERE file cut short inside its header; fetch it again");
  std::string coding = header->sample_coding;
  for (char& c : coding) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  demand(
      coding.find("shorten") == std::string::npos,
      "NIST SPHERE compressed with shorten (sample_coding {}), which cannot be read; unpack it with sph2pipe -p -f wav",
      header->sample_coding);
  return header;
}

bool is_sample(float x) {
  return std::abs(x) <= kLoudest;
}

std::string what_is_wrong(float sample, std::uint64_t at) {
  if (std::isfinite(sample)) {
    return fmt::format("sample {} is {}, but full scale is +-1; scale the recording, for instance by 1/32768", at,
                       sample);
  }
  return fmt::format("sample {} is {}; wanted finite samples: repair the recording", at,
                     std::isnan(sample) ? "not a number" : "infinite");
}

/// Appends the frames of an interleaved block, mixed.
void append_mixed(const std::vector<float>& block, std::size_t n_frames, std::size_t n_channels,
                  std::vector<float>& samples) {
  for (std::size_t i = 0; i < n_frames; ++i) {
    double sum = 0.0;
    for (std::size_t c = 0; c < n_channels; ++c) {
      const float sample = block[i * n_channels + c];
      check_sample(sample, samples.size());
      sum += sample;
    }
    samples.push_back(static_cast<float>(sum / static_cast<double>(n_channels)));
  }
}

/// Frames to take memory for at once: those that the header promises, unless it claims more than any real recording of so
/// many bytes holds.
std::size_t frames_to_reserve(long long n_promised, std::uint64_t n_bytes) {
  constexpr std::uint64_t kFramesPerByte = 32;  // speech in Opus comes near it
  const auto n_frames = static_cast<std::uint64_t>(std::clamp(n_promised, 0LL, kMaxFrames));
  return static_cast<std::size_t>(std::min(n_frames, kFramesPerByte * n_bytes));
}

/// Adds all frames that `read(block, n_frames)` gives, until it gives none.
template <class Read>
void read_frames(const Read& read, Sound& sound) {
  const auto n_channels = static_cast<std::size_t>(sound.n_channels);
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames) * n_channels);
  for (;;) {
    const long long n_frames = read(block.data(), kBlockFrames);
    if (n_frames <= 0) return;
    append_mixed(block, static_cast<std::size_t>(n_frames), n_channels, sound.samples);
    demand(sound.samples.size() <= kMaxFrames, "longer than {} frames; cut it into utterances", kMaxFrames);
  }
}

/// Throws if more than `slack` frames are missing.
void check_length(const Sound& sound, long long n_promised, long long slack = 0) {
  const auto n_found = static_cast<long long>(sound.samples.size());
  demand(n_found + slack >= n_promised, "cut short: {} of the {} frames that its header promises; fetch it again",
         n_found, n_promised);
}

Sound decode_mpeg(const ByteSource& source) {
  MpegFile file(source);
  Sound sound{.samples = {}, .sample_rate_hz = file.sample_rate_hz(), .n_channels = file.n_channels()};
  sound.samples.reserve(frames_to_reserve(file.n_expected(), source.size()));
  read_frames([&](float* block, long long n) { return file.read(block, n); }, sound);
  if (file.is_counted()) check_length(sound, file.n_expected(), kMpegSlack);
  return sound;
}

Sound decode(View& view, const std::optional<SphereHeader>& sphere) {
  SF_INFO info{};
  const File file = open_sound(view, info);
  demand(view.error.empty(), "{}", view.error);
  demand(file != nullptr, "not a sound that libsndfile reads ({}); give WAV, FLAC, AIFF or NIST SPHERE",
         sf_strerror(nullptr));
  Sound sound{.samples = {}, .sample_rate_hz = info.samplerate, .n_channels = info.channels};
  const bool is_counted = info.frames != SF_COUNT_MAX;
  sound.samples.reserve(frames_to_reserve(is_counted ? info.frames : 0, view.source.size()));
  read_frames([&](float* block, long long n) { return sf_readf_float(file.get(), block, n); }, sound);
  demand(view.error.empty(), "{}", view.error);
  demand(sf_error(file.get()) == SF_ERR_NO_ERROR, "damaged after {} frames ({}); fetch it again", sound.samples.size(),
         sf_strerror(file.get()));
  if (!sphere) {
    if (is_counted) check_length(sound, info.frames);
  } else if (sphere->sample_count) {
    check_length(sound, *sphere->sample_count);
    // What follows the recording is no sound.
    sound.samples.resize(static_cast<std::size_t>(std::max(0LL, *sphere->sample_count)));
  }
  return sound;
}

}  // namespace

void check_sample(float sample, std::uint64_t frame) {
  if (!is_sample(sample)) throw std::runtime_error(what_is_wrong(sample, frame));
}

void require_samples(std::span<const float> samples) {
  const auto bad = std::ranges::find_if_not(samples, is_sample);
  if (bad != samples.end()) throw std::invalid_argument(what_is_wrong(*bad, bad - samples.begin()));
}

Sound read_sound(const std::filesystem::path& path) {
  std::error_code error;
  demand(!std::filesystem::is_directory(path, error), "{}: is a directory; give sound files", path.string());
  const Descriptor file = open_file(path.string());
  return read_sound(file.get(), path.string());
}

Sound read_sound(Input input, const std::string& name) {
  try {
    ByteSource source(std::move(input));
    demand(source.size() > 0, "is empty; give a recording");
    SoundPart part = find_sound(source);
    const std::string first_bytes = source.read(0, kHeaderBytes);
    const auto sphere = check_sphere(first_bytes);
    View view{source, part};
    Sound sound = begins_mpeg_frame(first_bytes) ? decode_mpeg(source) : decode(view, sphere);
    demand(!sound.samples.empty(), "holds no frames; record it again or take it off the list");
    check_sample_rate(sound.sample_rate_hz);
    sound.warnings = std::move(part.warnings);
    return sound;
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(name + ": " + error.what());
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(name + ": " + error.what());
  }
}

long long promised_frames(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return 0;
  try {
    const Descriptor opened = open_file(path.string());
    ByteSource source(opened.get());
    const SoundPart part = find_sound(source);
    if (begins_mpeg_frame(source.read(0, 4))) return std::min(MpegFile(source).n_expected(), kMaxFrames);
    View view{source, part};
    SF_INFO info{};
    const File file = open_sound(view, info);
    const bool is_counted = file != nullptr && info.frames != SF_COUNT_MAX;
    return is_counted ? std::clamp<long long>(info.frames, 0, kMaxFrames) : 0;
  } catch (const std::runtime_error&) {
    return 0;
  }
}

}  // namespace ear
