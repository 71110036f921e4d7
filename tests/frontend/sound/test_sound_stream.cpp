// Sound from a pipe: the witnesses are libsndfile's reading of the same file, and frames worked out by hand.
#include "frontend/sound/sound_stream.h"

#include <sndfile.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/frontend/sound_files.h"
#include "tests/support/temp_folder.h"

using Catch::Contains;
using ear::PcmFormat;
using ear::SampleFormat;
using ear::SoundStream;

namespace {

/// A pipe whose writer sends the bytes in parts of those sizes, the rest at last, and closes it.
class Pipe {
 public:
  explicit Pipe(std::string bytes, std::vector<std::size_t> parts = {}) {
    REQUIRE(::pipe(ends_) == 0);
    writer_ = std::thread([fd = ends_[1], bytes = std::move(bytes), parts = std::move(parts)] {
      std::size_t at = 0;
      for (std::size_t i = 0; at < bytes.size(); ++i) {
        const std::size_t n = std::min(bytes.size() - at, i < parts.size() ? parts[i] : bytes.size());
        if (::write(fd, bytes.data() + at, n) != static_cast<ssize_t>(n)) break;
        at += n;
      }
      ::close(fd);
    });
  }
  Pipe(const Pipe&) = delete;
  ~Pipe() {
    for (char c[4096]; ::read(ends_[0], c, sizeof c) > 0;) {
    }
    writer_.join();
    ::close(ends_[0]);
  }
  ear::Input input() const { return {ends_[0]}; }

 private:
  int ends_[2] = {};
  std::thread writer_;
};

std::vector<float> read_all(SoundStream& stream) {
  std::vector<float> samples;
  while (stream.read(samples)) {
  }
  return samples;
}

std::string refusal(const std::string& wav) {
  const Pipe pipe(wav);
  try {
    SoundStream stream(pipe.input(), "it");
    read_all(stream);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

std::string wav_bytes(int coding, int channels = 1, int n = 3000) {
  const support::TempFolder folder;
  const std::string path = (folder.path() / "a.wav").string();
  test_support::write_sound(path, SF_FORMAT_WAV | coding, test_support::ramp(static_cast<std::size_t>(n)), 16000,
                            channels);
  return test_support::read_file(path);
}

}  // namespace

TEST_CASE("A WAV through a pipe gives the samples that libsndfile gives, as it comes") {
  const support::TempFolder folder;
  for (const int coding : {SF_FORMAT_PCM_U8, SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_PCM_32, SF_FORMAT_FLOAT}) {
    for (const int channels : {1, 2, 3}) {
      const std::string bytes = wav_bytes(coding, channels);
      const std::string path = (folder.path() / "b.wav").string();
      test_support::write_file(path, bytes);
      const Pipe pipe(bytes, {1, 7, 50, 1, 1, 1001});
      SoundStream stream(pipe.input(), "it");
      CHECK(stream.format().sample_rate_hz == 16000);
      CHECK(stream.format().n_channels == channels);
      CHECK(read_all(stream) == ear::read_sound(path).samples);
    }
  }
}

TEST_CASE("PCM without a header: every format's ends of the scale, and the mean of the channels") {
  const auto read = [](SampleFormat samples, int n_channels, const std::string& bytes) {
    const Pipe pipe(bytes);
    SoundStream stream(pipe.input(), "it", {samples, 8000, n_channels});
    return read_all(stream);
  };
  using namespace std::string_literals;
  CHECK(read(SampleFormat::kU8, 1, "\x00\x80\xff"s) == std::vector<float>{-1.0F, 0.0F, 127.0F / 128});
  CHECK(read(SampleFormat::kS16le, 1, "\x00\x80\x00\x40\xff\x7f"s) ==
        std::vector<float>{-1.0F, 0.5F, 32767.0F / 32768});
  CHECK(read(SampleFormat::kS24le, 1, "\x00\x00\x80\x00\x00\x20"s) == std::vector<float>{-1.0F, 0.25F});
  CHECK(read(SampleFormat::kS32le, 1, "\x00\x00\x00\x80\x00\x00\x00\xc0"s) == std::vector<float>{-1.0F, -0.5F});
  CHECK(read(SampleFormat::kF32le, 1, "\x00\x00\x80\xbf\x00\x00\x00\x3f"s) == std::vector<float>{-1.0F, 0.5F});
  CHECK(read(SampleFormat::kS16le, 2, "\x00\x80\x00\x40"s) == std::vector<float>{-0.25F});
  CHECK(read(SampleFormat::kS16le, 2, "").empty());
}

TEST_CASE("A frame is given as soon as it is there, though no more comes") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  SoundStream stream({ends[0]}, "it", {});
  std::vector<float> samples;
  REQUIRE(::write(ends[1], "\x00\x40\x00", 3) == 3);
  CHECK(stream.read(samples));
  CHECK(samples == std::vector<float>{0.5F});
  CHECK_FALSE(stream.is_read());
  REQUIRE(::write(ends[1], "\xc0", 1) == 1);
  CHECK(stream.read(samples));
  CHECK(samples == std::vector<float>{0.5F, -0.5F});
  REQUIRE(::write(ends[1], "\x00", 1) == 1);
  CHECK(stream.read(samples));
  CHECK(samples.size() == 2);
  REQUIRE(::write(ends[1], "\x20", 1) == 1);
  CHECK(stream.read(samples));
  CHECK(samples.back() == 0.25F);
  ::close(ends[1]);
  CHECK_FALSE(stream.read(samples));
  ::close(ends[0]);
}

TEST_CASE("Sound that ends in the middle of a frame, or is no sound, is refused") {
  const auto refused = [](const PcmFormat& format, const std::string& bytes) {
    const Pipe pipe(bytes);
    SoundStream stream(pipe.input(), "it", format);
    std::vector<float> samples;
    try {
      while (stream.read(samples)) {
      }
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refused({SampleFormat::kS16le, 8000, 2}, "abcdefg") == "it: ends in the middle of frame 1: 3 of its 4 bytes");
  CHECK_THAT(refused({SampleFormat::kF32le, 8000, 1}, std::string("\x00\x00\xc0\x7f", 4)),
             Contains("it: sample 0 is not a number"));
  CHECK_THAT(refused({SampleFormat::kF32le, 8000, 1}, std::string("\x00\x00\x80\x4f", 4)),
             Contains("full scale is +-1"));
  CHECK_THROWS_WITH(SoundStream({0}, "it", {SampleFormat::kU8, 8000, 0}), Contains("0 channels: wanted 1 to 1024"));
  CHECK_THROWS_WITH(SoundStream({0}, "it", {SampleFormat::kU8, 10, 1}), Contains("sample rate 10 Hz"));
  CHECK_THROWS_WITH(ear::parse_sample_format("mp3"), Contains("sample format mp3: wanted u8, s16le"));
  CHECK(ear::parse_sample_format("s24le") == SampleFormat::kS24le);
}

TEST_CASE("A sample that is none is refused behind those before it") {
  const Pipe pipe(std::string("\x00\x00\x00\x3f\x00\x00\xc0\x7f", 8));
  SoundStream stream(pipe.input(), "it", {SampleFormat::kF32le, 8000, 1});
  std::vector<float> samples;
  CHECK_THROWS_WITH(stream.read(samples), Contains("sample 1 is not a number"));
  CHECK(samples == std::vector<float>{0.5F});
}

TEST_CASE("What a WAV promises is all that is read, though the pipe stays open") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string bytes = wav_bytes(SF_FORMAT_PCM_16, 1, 10) + "more";
  REQUIRE(::write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  SoundStream stream({ends[0]}, "it");
  std::vector<float> samples;
  CHECK(stream.read(samples));
  CHECK(stream.is_read());
  CHECK_FALSE(stream.read(samples));
  CHECK(samples.size() == 10);
  ::close(ends[0]), ::close(ends[1]);
}

TEST_CASE("WAV headers that are wrong are refused, and those of pipes are believed") {
  const std::string wav = wav_bytes(SF_FORMAT_PCM_16);
  CHECK(refusal(wav).empty());
  CHECK_THAT(refusal("ogg and so on"), Contains("it: no WAV"));
  CHECK_THAT(refusal(wav.substr(0, 20)), Contains("it: ends within its header"));
  CHECK_THAT(refusal(""), Contains("it: ends within its header"));
  CHECK_THAT(refusal(wav.substr(0, wav.size() - 100)), Contains("5900 of the 6000 bytes"));
  const auto edited = [&wav](std::size_t at, const std::string& bytes) {
    std::string other = wav;
    return other.replace(at, bytes.size(), bytes);
  };
  CHECK_THAT(refusal(edited(22, std::string(2, '\0'))), Contains("it: 0 channels"));
  CHECK_THAT(refusal(edited(24, std::string(4, '\0'))), Contains("it: sample rate 0 Hz"));
  CHECK_THAT(refusal(edited(24, std::string(4, '\xff'))), Contains("sample rate 1073741824 Hz"));
  CHECK_THAT(refusal(edited(20, std::string("\x02\x00", 2))), Contains("it: WAV of format 2 with 16 bits"));
  CHECK_THAT(refusal(edited(32, std::string("\x04\x00", 2))), Contains("frames of 4 bytes for 1 channels of 2"));
  CHECK_THAT(refusal(wav.substr(0, 12) + "LIST" + std::string("\x00\x00\x00\x02", 4) + std::string(1 << 25, 'a')),
             Contains("no sound within 16777216 bytes"));
  CHECK_THAT(refusal(edited(12, "junk")), Contains("no chunk 'fmt '"));
  CHECK(refusal(edited(40, std::string(4, '\xff'))).empty());  // the size of a pipe without end
  CHECK(refusal(edited(40, std::string(4, '\0'))).empty());
  CHECK_THAT(refusal(wav_bytes(SF_FORMAT_ULAW)), Contains("it: WAV of format 7"));
}
