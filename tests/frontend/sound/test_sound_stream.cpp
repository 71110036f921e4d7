// Sound from a pipe: the witnesses are libsndfile's reading of the same file, and frames worked out by hand.
#include "frontend/sound/sound_stream.h"

#include <sndfile.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/frontend/riff_bytes.h"
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

std::string wav_bytes(int coding, int channels = 1, int n = 3000, int form = SF_FORMAT_WAV) {
  const support::TempFolder folder;
  const std::string path = (folder.path() / "a.wav").string();
  test_support::write_sound(path, form | coding, test_support::ramp(static_cast<std::size_t>(n)), 16000, channels);
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

namespace {

/// A pipe that holds a WAV of ten frames with more behind it than it promises, and whose writer stays.
class OpenPipe {
 public:
  OpenPipe() {
    REQUIRE(::pipe(ends_) == 0);
    const std::string bytes = wav_bytes(SF_FORMAT_PCM_16, 1, 10) + "more";
    REQUIRE(::write(ends_[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  OpenPipe(const OpenPipe&) = delete;
  ~OpenPipe() { ::close(ends_[0]), ::close(ends_[1]); }
  ear::Input input() const { return {ends_[0]}; }

 private:
  int ends_[2];
};

}  // namespace

TEST_CASE("What a WAV promises is all that is read, though the pipe stays open") {
  const OpenPipe pipe;
  SoundStream stream(pipe.input(), "it");
  std::vector<float> samples;
  CHECK(stream.read(samples));
  CHECK(stream.is_read());
  CHECK_FALSE(stream.read(samples));
  CHECK(samples.size() == 10);
}

TEST_CASE("Bytes behind what a WAV promises get the warning that they get in a file") {
  using test_support::chunk;
  const support::TempFolder folder;
  const std::string path = (folder.path() / "a.wav").string(), list = chunk("LIST", "INFO" + chunk("ISFT", "program"));
  for (const std::size_t n_sound : {3000, 2999}) {
    const std::string sound = chunk("data", test_support::sound_bytes(n_sound));
    int n_warnings = 0;
    for (const std::string& behind :
         {std::string(), std::string("\0", 1), list, chunk("cue ", "1234") + list, list.substr(0, list.size() - 3),
          std::string("more"), test_support::sound_bytes(40'000)}) {
      const std::string format =
          chunk("fmt ", test_support::number(1, 2) + test_support::number(1, 2) + test_support::number(8000, 4) +
                            test_support::number(8000, 4) + test_support::number(1, 2) + test_support::number(8, 2));
      const std::string wav = test_support::riff(format + sound + behind);
      test_support::write_file(path, wav);
      const std::vector<std::string> wanted = ear::read_sound(path).warnings;
      const Pipe pipe(wav);
      SoundStream stream(pipe.input(), "it");
      CHECK(read_all(stream).size() == n_sound);
      const std::optional<std::string> warning = stream.look_behind();
      CHECK(warning == (wanted.empty() ? std::nullopt : std::optional(wanted.at(0))));
      n_warnings += warning.has_value() ? 1 : 0;
    }
    CHECK(n_warnings == 3);
  }
}

TEST_CASE("A writer that goes on behind what a WAV promises keeps nobody") {
  const OpenPipe pipe;
  SoundStream stream(pipe.input(), "it");
  CHECK(read_all(stream).size() == 10);
  CHECK_THAT(stream.look_behind().value(), Contains("4 bytes, perhaps of sound, lie behind the 20 bytes"));
  const Pipe endless(wav_bytes(SF_FORMAT_PCM_16, 1, 10) + std::string(20 << 20, '\1'));
  SoundStream busy(endless.input(), "it");
  CHECK(read_all(busy).size() == 10);
  CHECK_THAT(busy.look_behind().value(), Contains("perhaps of sound, lie behind the 20 bytes"));
}

TEST_CASE("An extensible WAV is of PCM or of floats by the whole of its GUID") {
  using test_support::chunk, test_support::number;
  const std::string tail("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71", 14);
  const auto wav = [](int bits, const std::string& guid) {
    const std::string format = number(0xFFFE, 2) + number(1, 2) + number(16000, 4) + number(2000 * bits, 4) +
                               number(bits / 8, 2) + number(bits, 2) + number(22, 2) + number(bits, 2) + number(4, 4);
    return test_support::riff(chunk("fmt ", format + guid) + chunk("data", std::string(8, '\0')));
  };
  CHECK(refusal(wav(16, number(1, 2) + tail)).empty());
  CHECK(refusal(wav(32, number(3, 2) + tail)).empty());
  CHECK(refusal(wav(16, number(7, 2) + tail)).starts_with("it: WAV of format 7 with 16 bits a sample"));
  for (std::size_t i = 0; i < tail.size(); ++i) {
    std::string other = tail;
    other[i] = '\x55';
    CHECK_THAT(refusal(wav(16, number(1, 2) + other)), Contains("it: WAV of the sub-format 0100"));
  }
  const std::string ambisonic("\x01\x00\x00\x00\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\x00\x00\x00", 16);
  CHECK_THAT(refusal(wav(16, ambisonic)), Contains("WAV of the sub-format 010000002107d3118644c8c1ca000000; wanted"));
  CHECK_THAT(refusal(wav(16, number(1, 2))), Contains("damaged: its chunk 'fmt ' has 26 bytes, wanted 40"));
  for (const int coding : {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_FLOAT}) {
    CHECK(refusal(wav_bytes(coding, 1, 3000, SF_FORMAT_WAVEX)).empty());  // as libsndfile writes them
  }
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
