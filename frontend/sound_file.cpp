#include "frontend/sound_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "frontend/chunk_file.h"
#include "frontend/sphere.h"

namespace ear {

namespace {

constexpr std::size_t kHeaderBytes = 1 << 16;      // enough for what stands before the sound
constexpr std::size_t kMaxPipeBytes = 1ULL << 31;  // of a recording that is read from a pipe
constexpr float kLoudest = 16.0F;                  // 24 dB above full scale: beyond it the unit must be another one
constexpr sf_count_t kBlockFrames = 4096;

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw std::runtime_error(name + ": " + what);
}

using File = std::unique_ptr<SNDFILE, decltype(&sf_close)>;

/// An open descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) fail(path.string(), fmt::format("cannot be opened ({}); check the path", std::strerror(errno)));
  }
  ~Descriptor() { close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Up to max_bytes from the descriptor, fewer only at its end.
std::string read_bytes(int fd, std::size_t max_bytes, const std::string& name) {
  std::string bytes;
  std::vector<char> block(std::min<std::size_t>(max_bytes, 1 << 16));
  while (bytes.size() < max_bytes) {
    const auto n_read = read(fd, block.data(), std::min(block.size(), max_bytes - bytes.size()));
    if (n_read < 0 && errno == EINTR) continue;
    if (n_read < 0) fail(name, fmt::format("cannot be read ({})", std::strerror(errno)));
    if (n_read == 0) break;
    bytes.append(block.data(), static_cast<std::size_t>(n_read));
  }
  return bytes;
}

/// Bytes in memory as libsndfile reads them.
struct Memory {
  std::string_view bytes;
  sf_count_t position = 0;

  static sf_count_t length(void* self) { return static_cast<sf_count_t>(static_cast<Memory*>(self)->bytes.size()); }
  static sf_count_t seek(sf_count_t offset, int whence, void* self) {
    auto* memory = static_cast<Memory*>(self);
    const sf_count_t origin = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory->position : length(self);
    memory->position = std::clamp<sf_count_t>(origin + offset, 0, length(self));
    return memory->position;
  }
  static sf_count_t read(void* target, sf_count_t n_bytes, void* self) {
    auto* memory = static_cast<Memory*>(self);
    const sf_count_t n_read = std::clamp<sf_count_t>(length(self) - memory->position, 0, n_bytes);
    std::memcpy(target, memory->bytes.data() + memory->position, static_cast<std::size_t>(n_read));
    memory->position += n_read;
    return n_read;
  }
  static sf_count_t write(const void*, sf_count_t, void*) { return 0; }
  static sf_count_t tell(void* self) { return static_cast<Memory*>(self)->position; }
};

/// The SPHERE header among the first bytes, if there is one; throws for what libsndfile would not explain.
std::optional<SphereHeader> check_sphere(std::string_view first_bytes, const std::string& name) {
  auto header = parse_sphere_header(first_bytes);
  if (!header) return std::nullopt;
  if (!header->complete) fail(name, "NIST SPHERE file cut short inside its header; fetch it again");
  if (header->sample_coding.find("shorten") != std::string::npos) {
    fail(name,
         fmt::format("NIST SPHERE compressed with shorten (sample_coding {}), which cannot be read; unpack it with "
                     "sph2pipe -p -f wav",
                     header->sample_coding));
  }
  return header;
}

/// Throws if the chunk that holds the sound of a WAV or AIFF file was cut.
void check_chunks(std::string_view first_bytes, std::uint64_t file_size, const std::string& name) {
  const auto chunk = find_sound_chunk(first_bytes, file_size);
  if (chunk && chunk->found_bytes < chunk->promised_bytes) {
    fail(name, fmt::format("cut short: {} of the {} bytes of sound that its header promises; fetch it again, or, if it "
                           "plays to its end, rewrite it with sox",
                           chunk->found_bytes, chunk->promised_bytes));
  }
}

void check_sample(float sample, std::size_t frame, const std::string& name) {
  if (!std::isfinite(sample)) {
    fail(name, fmt::format("sample {} is {}; wanted finite samples: repair the recording", frame,
                           std::isnan(sample) ? "not a number" : "infinite"));
  }
  if (std::abs(sample) > kLoudest) {
    fail(name, fmt::format("sample {} is {}, but full scale is +-1; scale the recording, for instance by 1/32768",
                           frame, sample));
  }
}

/// Appends the frames of an interleaved block, mixed.
void append_mixed(const std::vector<float>& block, std::size_t n_frames, std::size_t n_channels,
                  const std::string& name, std::vector<float>& samples) {
  for (std::size_t i = 0; i < n_frames; ++i) {
    double sum = 0.0;
    for (std::size_t c = 0; c < n_channels; ++c) {
      const float sample = block[i * n_channels + c];
      check_sample(sample, samples.size(), name);
      sum += sample;
    }
    samples.push_back(static_cast<float>(sum / static_cast<double>(n_channels)));
  }
}

Sound decode(SNDFILE* file, const SF_INFO& info, const std::optional<SphereHeader>& sphere, const std::string& name) {
  if (file == nullptr) {
    fail(name, fmt::format("not a sound that libsndfile reads ({}); give WAV, FLAC, AIFF or NIST SPHERE",
                           sf_strerror(nullptr)));
  }
  Sound sound{{}, info.samplerate, info.channels};
  const auto n_channels = static_cast<std::size_t>(info.channels);
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames) * n_channels);
  for (;;) {
    const sf_count_t n_frames = sf_readf_float(file, block.data(), kBlockFrames);
    if (n_frames <= 0) break;
    append_mixed(block, static_cast<std::size_t>(n_frames), n_channels, name, sound.samples);
    if (static_cast<long long>(sound.samples.size()) > kMaxFrames) {
      fail(name, fmt::format("longer than {} frames; cut it into utterances", kMaxFrames));
    }
  }
  const auto n_found = static_cast<long long>(sound.samples.size());
  if (sf_error(file) != SF_ERR_NO_ERROR) {
    fail(name, fmt::format("damaged after {} frames ({}); fetch it again", n_found, sf_strerror(file)));
  }
  const bool counted = (info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG;  // MPEG headers only estimate
  const long long n_claimed = sphere ? sphere->sample_count.value_or(n_found) : counted ? info.frames : n_found;
  if (n_found < n_claimed) {
    fail(name,
         fmt::format("cut short: {} of the {} frames that its header promises; fetch it again", n_found, n_claimed));
  }
  if (sphere) sound.samples.resize(static_cast<std::size_t>(std::max(0LL, n_claimed)));  // what follows is no sound
  if (sound.samples.empty()) fail(name, "holds no frames; record it again or take it off the list");
  return sound;
}

Sound read_regular_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::optional<SphereHeader> sphere;
  {
    const Descriptor descriptor(path);
    const std::string first_bytes = read_bytes(descriptor.get(), kHeaderBytes, name);
    if (first_bytes.empty()) fail(name, "is empty; give a recording");
    sphere = check_sphere(first_bytes, name);
    check_chunks(first_bytes, std::filesystem::file_size(path), name);
  }
  SF_INFO info{};
  const File file(sf_open(path.c_str(), SFM_READ, &info), sf_close);
  return decode(file.get(), info, sphere, name);
}

}  // namespace

Sound read_sound(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    fail(path.string(), fmt::format("cannot be opened ({}); check the path", std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) fail(path.string(), "is a directory; give sound files");
  if (S_ISREG(status.st_mode)) return read_regular_file(path);
  return read_sound(Descriptor(path).get(), path.string());
}

Sound read_sound(int fd, const std::string& name) {
  const std::string bytes = read_bytes(fd, kMaxPipeBytes + 1, name);
  if (bytes.empty()) fail(name, "is empty; give a recording");
  if (bytes.size() > kMaxPipeBytes) {
    fail(name, fmt::format("longer than {} bytes; cut it into utterances", kMaxPipeBytes));
  }
  const std::string_view first_bytes = std::string_view(bytes).substr(0, kHeaderBytes);
  const auto sphere = check_sphere(first_bytes, name);
  check_chunks(first_bytes, bytes.size(), name);
  SF_VIRTUAL_IO io{Memory::length, Memory::seek, Memory::read, Memory::write, Memory::tell};
  Memory memory{bytes};
  SF_INFO info{};
  const File file(sf_open_virtual(&io, SFM_READ, &info, &memory), sf_close);
  return decode(file.get(), info, sphere, name);
}

long long promised_frames(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return 0;
  SF_INFO info{};
  const File file(sf_open(path.c_str(), SFM_READ, &info), sf_close);
  return file == nullptr ? 0 : std::clamp<long long>(info.frames, 0, kMaxFrames);
}

}  // namespace ear
