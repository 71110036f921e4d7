#include "frontend/sound/sound_stream.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <iterator>
#include <string_view>

#include "frontend/base/require.h"
#include "frontend/sound/chunk_file.h"
#include "frontend/sound/sound_file.h"
#include "frontend/sound/spectrum.h"

namespace ear {

namespace {

constexpr std::size_t kReadBytes = 1 << 14;
constexpr std::uint64_t kMostHeaderBytes = 1 << 24;                  // before the sound, and behind it
constexpr std::chrono::milliseconds kPatience(500);                  // with a writer that has sent all that it promised
constexpr std::size_t kWholeFormat = 40;                             // bytes of the longest chunk 'fmt '
constexpr std::uint64_t kPcm = 1, kFloat = 3, kExtensible = 0xFFFE;  // what it may hold
// KSDATAFORMAT_SUBTYPE_PCM and _IEEE_FLOAT of ksmedia.h: a GUID whose first two bytes are the format.
constexpr std::string_view kGuidTail("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71", 14);
constexpr std::size_t kSampleBytes[] = {1, 2, 3, 4, 4};  // by SampleFormat

/// A number of the header, of which there are enough bytes.
int number(std::string_view bytes, std::size_t at, std::size_t n) {
  return static_cast<int>(std::min<std::uint64_t>(read_number(bytes.substr(at, n), false), 1U << 30U));
}

SampleFormat sample_format(int kind, int bits) {
  const std::pair<int, SampleFormat> integers[] = {
      {8, SampleFormat::kU8}, {16, SampleFormat::kS16le}, {24, SampleFormat::kS24le}, {32, SampleFormat::kS32le}};
  for (const auto& [n, format] : integers) {
    if (kind == static_cast<int>(kPcm) && n == bits) return format;
  }
  demand(kind == static_cast<int>(kFloat) && bits == 32,
         "WAV of format {} with {} bits a sample; a pipe may bring 8, 16, 24 or 32 bits of PCM, or floats: convert it "
         "with sox",
         kind, bits);
  return SampleFormat::kF32le;
}

/// Waits until something can be read, or the end; false if neither is there in time.
bool comes_before(std::chrono::steady_clock::time_point last, int fd) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(last - std::chrono::steady_clock::now());
  pollfd wanted = {fd, POLLIN, 0};
  return ::poll(&wanted, 1, std::max(0, static_cast<int>(left.count()))) > 0;
}

/// What a chunk 'fmt ' says that the samples are.
int kind_of(const std::string& format) {
  const int kind = number(format, 0, 2);
  if (kind != static_cast<int>(kExtensible)) return kind;
  demand(format.size() == kWholeFormat, "damaged: its chunk 'fmt ' has {} bytes, wanted {}", format.size(),
         kWholeFormat);
  const std::string_view guid = std::string_view(format).substr(24);
  demand(guid.substr(2) == kGuidTail,
         "WAV of the sub-format {:02x}; wanted that of PCM or of floats: convert it with sox",
         fmt::join(std::vector<unsigned char>(guid.begin(), guid.end()), ""));
  return number(guid, 0, 2);
}

void check(const PcmFormat& format) {
  require(format.n_channels >= 1 && format.n_channels <= kMaxSoundChannels, "{} channels: wanted 1 to {}",
          format.n_channels, kMaxSoundChannels);
  check_sample_rate(format.sample_rate_hz);
}

}  // namespace

SampleFormat parse_sample_format(const std::string& name) {
  const auto* const found = std::ranges::find(kSampleFormatNames, name);
  require(found != std::end(kSampleFormatNames), "sample format {}: wanted {}", name,
          fmt::join(kSampleFormatNames, ", "));
  return static_cast<SampleFormat>(found - kSampleFormatNames);
}

SoundStream::SoundStream(Input input, std::string name, const PcmFormat& format)
    : input_(std::move(input)), name_(std::move(name)), format_(format) {
  check(format);
}

SoundStream::SoundStream(Input input, std::string name) : input_(std::move(input)), name_(std::move(name)) {
  read_wav_header();
}

/// Exactly n bytes.
std::string SoundStream::take(std::uint64_t n) {
  n_read_ += n;
  demand(n_read_ <= kMostHeaderBytes, "{}: no sound within {} bytes; wanted a WAV", name_, kMostHeaderBytes);
  std::string bytes(n, '\0');
  for (std::size_t at = 0; at < n;) {
    const ssize_t n_read = input_.read(bytes.data() + at, n - at);
    demand(n_read >= 0, "{}: cannot be read ({})", name_, std::strerror(errno));
    demand(
        n_read > 0,
        "{}: ends within its header; wanted a WAV, or give --format, --rate and --channels for sound without a header",
        name_);
    at += static_cast<std::size_t>(n_read);
  }
  return bytes;
}

void SoundStream::read_wav_header() {
  const std::string begin = take(12);
  demand(begin.starts_with("RIFF") && begin.substr(8) == "WAVE",
         "{}: no WAV; wanted one, or --format, --rate and --channels for sound without a header", name_);
  for (bool has_format = false;;) {
    const std::string head = take(8);
    const std::uint64_t size = read_number(std::string_view(head).substr(4), false);
    if (head.starts_with("data")) {
      demand(has_format, "{}: damaged: no chunk 'fmt ' before the sound", name_);
      if (!is_unknown_size(size, 4)) n_promised_ = size;
      n_read_ = 0;
      return;
    }
    std::uint64_t n_left = size + size % 2;
    if (head.starts_with("fmt ")) {
      demand(size >= 16, "{}: damaged: its chunk 'fmt ' has {} bytes", name_, size);
      const std::string bytes = take(std::min<std::uint64_t>(n_left, kWholeFormat));
      n_left -= bytes.size();
      read_wav_format(bytes);
      has_format = true;
    }
    for (; n_left > 0; n_left -= std::min<std::uint64_t>(n_left, kReadBytes))
      take(std::min<std::uint64_t>(n_left, kReadBytes));
  }
}

void SoundStream::read_wav_format(const std::string& bytes) {
  format_.n_channels = number(bytes, 2, 2);
  format_.sample_rate_hz = number(bytes, 4, 4);
  try {
    format_.samples = sample_format(kind_of(bytes), number(bytes, 14, 2));
    check(format_);
    const std::size_t frame = sample_bytes() * static_cast<std::size_t>(format_.n_channels);
    demand(number(bytes, 12, 2) == static_cast<int>(frame), "damaged: frames of {} bytes for {} channels of {}",
           number(bytes, 12, 2), format_.n_channels, sample_bytes());
  } catch (const std::exception& error) {
    throw std::runtime_error(fmt::format("{}: {}", name_, error.what()));
  }
}

std::size_t SoundStream::sample_bytes() const {
  return kSampleBytes[static_cast<std::size_t>(format_.samples)];
}

/// Full scale is +-1, as libsndfile has it.
float SoundStream::sample(const char* bytes) const {
  const auto raw = static_cast<std::uint32_t>(read_number({bytes, sample_bytes()}, false));
  switch (format_.samples) {
    case SampleFormat::kU8:
      return (static_cast<float>(raw) - 128.0F) / 128.0F;
    case SampleFormat::kF32le:
      return std::bit_cast<float>(raw);
    default:
      return static_cast<float>(static_cast<std::int32_t>(raw << (32 - 8 * sample_bytes()))) / 2147483648.0F;
  }
}

void SoundStream::append(const char* frame, std::vector<float>& samples) {
  double sum = 0.0;
  for (int c = 0; c < format_.n_channels; ++c) {
    const float value = sample(frame + static_cast<std::size_t>(c) * sample_bytes());
    check_sample(value, n_frames_);
    sum += value;
  }
  samples.push_back(static_cast<float>(sum / format_.n_channels));
  ++n_frames_;
}

/// Waits for bytes; false at the end.
bool SoundStream::read_more() {
  char block[kReadBytes];
  const std::uint64_t n_left = n_promised_ ? *n_promised_ - n_read_ : kReadBytes;
  const ssize_t n = n_left == 0 ? 0 : input_.read(block, std::min<std::uint64_t>(n_left, kReadBytes));
  demand(n >= 0, "cannot be read ({})", std::strerror(errno));
  n_read_ += static_cast<std::uint64_t>(n);
  rest_.append(block, static_cast<std::size_t>(n));
  return n > 0;
}

std::optional<std::string> SoundStream::look_behind() {
  const std::size_t n_padding = *n_promised_ % 2;  // chunks begin at even bytes
  std::string behind(n_padding, '\0');
  char block[kReadBytes];
  const auto last = std::chrono::steady_clock::now() + kPatience;
  while (behind.size() < kMostHeaderBytes && comes_before(last, input_.fd())) {
    const ssize_t n = input_.read(block, kReadBytes);
    if (n <= 0) break;
    behind.append(block, static_cast<std::size_t>(n));
  }
  return warning_behind(ByteSource(std::move(behind)), {}, n_padding, *n_promised_);
}

bool SoundStream::read(std::vector<float>& samples) {
  const std::size_t frame = sample_bytes() * static_cast<std::size_t>(format_.n_channels);
  try {
    if (!read_more()) {
      if (n_promised_) check_not_cut(n_read_, *n_promised_);
      demand(rest_.empty(), "ends in the middle of frame {}: {} of its {} bytes", n_frames_, rest_.size(), frame);
      return false;
    }
    const std::size_t n_whole = rest_.size() / frame * frame;
    for (std::size_t at = 0; at < n_whole; at += frame) append(rest_.data() + at, samples);
    rest_.erase(0, n_whole);
    return true;
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{}: {}", name_, error.what()));
  }
}

}  // namespace ear
