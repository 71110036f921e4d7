#include "frontend/sound_file.h"

#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>
#include <thread>

#include "tests/support/temp_folder.h"

namespace {

using support::TempFolder;
namespace fs = std::filesystem;

std::vector<float> ramp(std::size_t n) {
  std::vector<float> samples;
  for (std::size_t i = 0; i < n; ++i) samples.push_back(static_cast<float>(i % 200) / 256.0F - 0.375F);
  return samples;  // multiples of 1/256: exact in 16 bits
}

void write_sound(const fs::path& path, int format, const std::vector<float>& samples, int rate_hz = 8000,
                 int channels = 1) {
  SF_INFO info{};
  info.samplerate = rate_hz;
  info.channels = channels;
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  REQUIRE(file != nullptr);
  const auto n_samples = static_cast<sf_count_t>(samples.size());
  REQUIRE(sf_write_float(file, samples.data(), n_samples) == n_samples);
  sf_close(file);
}

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  return content.str();
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Sends the bytes through a pipe to read_sound.
ear::Sound read_through_pipe(const std::string& bytes) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::thread writer([&] {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto n_written = write(ends[1], bytes.data() + sent, std::min<std::size_t>(1000, bytes.size() - sent));
      if (n_written < 0) break;
      sent += static_cast<std::size_t>(n_written);
    }
    close(ends[1]);
  });
  struct Joiner {
    std::thread& thread;
    int fd;
    ~Joiner() {
      thread.join();
      close(fd);
    }
  } joiner{writer, ends[0]};
  return ear::read_sound(ends[0], "standard input");
}

constexpr int kSphere = SF_FORMAT_NIST | SF_FORMAT_PCM_16;
constexpr int kWav = SF_FORMAT_WAV | SF_FORMAT_PCM_16;

/// A SPHERE file as the corpora have them: with a sample_count.
std::string sphere_bytes(const std::string& header_lines, const std::string& data) {
  std::string header = "NIST_1A\n   1024\n" + header_lines + "end_head\n";
  header.resize(1024, ' ');
  return header + data;
}

const std::string kSphereLines =
    "channel_count -i 1\nsample_rate -i 12500\nsample_n_bytes -i 2\nsample_byte_format -s2 01\nsample_sig_bits -i 16\n"
    "sample_coding -s3 pcm\n";

}  // namespace

TEST_CASE("WAV, FLAC, AIFF and SPHERE give the samples that were written, from a file and from a pipe") {
  const TempFolder folder;
  const auto samples = ramp(10'000);
  for (const int format : {kWav, SF_FORMAT_WAV | SF_FORMAT_FLOAT, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                           SF_FORMAT_AIFF | SF_FORMAT_PCM_24, kSphere}) {
    INFO(std::hex << format);
    const auto path = folder.path() / "sound";
    write_sound(path, format, samples, 12500);
    for (const auto& sound : {ear::read_sound(path), read_through_pipe(read_file(path))}) {
      CHECK(sound.samples == samples);
      CHECK(sound.sample_rate_hz == 12500);
      CHECK(sound.n_channels == 1);
    }
  }
}

TEST_CASE("Several channels are mixed to their mean") {
  const TempFolder folder;
  write_sound(folder.path() / "a.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, {0.5F, 0.0F, -0.25F, 0.75F, 1.0F, 1.0F}, 8000,
              2);
  const auto sound = ear::read_sound(folder.path() / "a.wav");
  CHECK(sound.samples == std::vector<float>{0.25F, 0.25F, 1.0F});
  CHECK(sound.n_channels == 2);
}

TEST_CASE("A header that promises any number of frames is read to the end of the data") {
  const TempFolder folder;
  const auto samples = ramp(1000);
  write_sound(folder.path() / "a.wav", kWav, samples);
  std::string bytes = read_file(folder.path() / "a.wav");
  const auto data = bytes.find("data");
  for (const std::uint32_t size : {0x7FFFF000U, 0xFFFFFFFFU}) {  // as synthesisers write into a pipe
    std::memcpy(bytes.data() + data + 4, &size, 4);
    std::memcpy(bytes.data() + 4, &size, 4);
    CHECK(read_through_pipe(bytes).samples == samples);
    write_file(folder.path() / "b.wav", bytes);
    CHECK(ear::read_sound(folder.path() / "b.wav").samples == samples);
  }
  write_sound(folder.path() / "a.sph", kSphere, samples);
  CHECK(read_through_pipe(read_file(folder.path() / "a.sph")).samples == samples);
}

TEST_CASE("What is no sound is named with the remedy") {
  const TempFolder folder;
  const auto message = [](const fs::path& path) -> std::string {
    try {
      ear::read_sound(path);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "no error";
  };
  using Catch::Contains;
  const fs::path path = folder.path() / "a.wav";
  CHECK_THAT(message(path), Contains("a.wav: cannot be opened (No such file or directory)"));
  CHECK_THAT(message(folder.path()), Contains("is a directory"));
  write_file(path, "");
  CHECK_THAT(message(path), Contains("a.wav: is empty"));
  write_file(path, "path\tlabel\tspeaker\n");
  CHECK_THAT(message(path), Contains("a.wav: not a sound") && Contains("WAV, FLAC, AIFF or NIST SPHERE"));
  write_sound(path, kWav, {});
  CHECK_THAT(message(path), Contains("a.wav: holds no frames"));
  CHECK_THROWS_WITH(read_through_pipe(""), Contains("standard input: is empty"));
  CHECK_THROWS_WITH(read_through_pipe("no sound at all"), Contains("standard input: not a sound"));
  fs::create_symlink("b.wav", folder.path() / "b.wav");
  CHECK_THAT(message(folder.path() / "b.wav"), Contains("b.wav: cannot be opened"));
}

TEST_CASE("Samples that are not finite or not in full-scale units are named by their index") {
  const TempFolder folder;
  const fs::path path = folder.path() / "a.wav";
  auto samples = ramp(9000);
  const auto check = [&](float bad, const std::string& found) {
    samples[8765] = bad;
    write_sound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, samples);
    CHECK_THROWS_WITH(ear::read_sound(path), Catch::Contains("a.wav: sample 8765 is " + found));
  };
  check(std::numeric_limits<float>::quiet_NaN(), "not a number");
  check(-std::numeric_limits<float>::infinity(), "infinite");
  check(20'000.0F, "20000, but full scale is +-1");
  samples[8765] = 3.0F;  // somewhat beyond full scale is sound
  write_sound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, samples);
  CHECK(ear::read_sound(path).samples == samples);
}

TEST_CASE("SPHERE cut short is an error, from a file and from a pipe") {
  const TempFolder folder;
  const fs::path path = folder.path() / "a.sph";
  const std::string data(2000, '\1');
  const auto check_both = [&](const std::string& bytes, const std::string& message) {
    write_file(path, bytes);
    CHECK_THROWS_WITH(ear::read_sound(path), Catch::Contains(message));
    CHECK_THROWS_WITH(read_through_pipe(bytes), Catch::Contains(message));
  };
  const std::string lines = kSphereLines + "sample_count -i 1000\n";
  write_file(path, sphere_bytes(lines, data));
  CHECK(ear::read_sound(path).samples.size() == 1000);
  check_both(sphere_bytes(lines, data.substr(0, 1998)), "cut short: 999 of the 1000 frames");
  check_both(sphere_bytes(lines, ""), "cut short: 0 of the 1000 frames");
  check_both(sphere_bytes(lines, data).substr(0, 100), "cut short inside its header");
  // Without a count there is nothing to compare with; with one, what follows the recording is not part of it.
  write_file(path, sphere_bytes(kSphereLines, data.substr(0, 500)));
  CHECK(ear::read_sound(path).samples.size() == 250);
  write_file(path, sphere_bytes(lines, data + data));
  CHECK(ear::read_sound(path).samples.size() == 1000);
}

TEST_CASE("Shorten-compressed SPHERE is refused with the tool that unpacks it") {
  const TempFolder folder;
  const std::string lines =
      "channel_count -i 1\nsample_count -i 1000\nsample_rate -i 12500\nsample_coding -s26 pcm,embedded-shorten-v2.00\n";
  const std::string bytes = sphere_bytes(lines, "ajkg....");
  write_file(folder.path() / "a.sph", bytes);
  CHECK_THROWS_WITH(ear::read_sound(folder.path() / "a.sph"), Catch::Contains("a.sph") && Catch::Contains("sph2pipe"));
  CHECK_THROWS_WITH(read_through_pipe(bytes), Catch::Contains("sph2pipe"));
}

TEST_CASE("WAV, AIFF and FLAC cut short are errors") {
  const TempFolder folder;
  for (const int format :
       {kWav, SF_FORMAT_WAV | SF_FORMAT_FLOAT, SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
    INFO(std::hex << format);
    write_sound(folder.path() / "a", format, ramp(50'000));
    const std::string bytes = read_file(folder.path() / "a");
    for (const std::size_t size : {bytes.size() - 1, bytes.size() / 2}) {
      write_file(folder.path() / "b", bytes.substr(0, size));
      CHECK_THROWS_AS(ear::read_sound(folder.path() / "b"), std::runtime_error);
      CHECK_THROWS_AS(read_through_pipe(bytes.substr(0, size)), std::runtime_error);
    }
  }
  write_sound(folder.path() / "a.wav", kWav, ramp(1000));
  write_file(folder.path() / "b.wav", read_file(folder.path() / "a.wav").substr(0, 1044));
  CHECK_THROWS_WITH(ear::read_sound(folder.path() / "b.wav"),
                    Catch::Contains("b.wav: cut short: 1000 of the 2000 bytes"));
}

TEST_CASE("A file that the user may not read is named") {
  if (geteuid() == 0) {
    std::cout << "SKIPPED: root may read every file\n";
    return;
  }
  const TempFolder folder;
  write_sound(folder.path() / "a.wav", kWav, ramp(1000));
  chmod((folder.path() / "a.wav").c_str(), 0);
  CHECK_THROWS_WITH(ear::read_sound(folder.path() / "a.wav"),
                    Catch::Contains("a.wav: cannot be opened (Permission denied)"));
}

TEST_CASE("The frames that a header promises, 0 where there is none") {
  const TempFolder folder;
  write_sound(folder.path() / "a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, std::vector<float>(5000, 0.0F));
  CHECK(ear::promised_frames(folder.path() / "a.flac") == 5000);
  write_file(folder.path() / "b.flac", "no sound");
  CHECK(ear::promised_frames(folder.path() / "b.flac") == 0);
  CHECK(ear::promised_frames(folder.path() / "missing") == 0);
  CHECK(ear::promised_frames(folder.path()) == 0);
}
