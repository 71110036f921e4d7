#include "frontend/sound/mpeg_file.h"

#include <fcntl.h>
#include <sndfile.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <numbers>

#include "tests/frontend/riff_bytes.h"
#include "tests/frontend/sound_files.h"
#include "tests/support/temp_folder.h"

namespace {

using test_support::read_file;
using test_support::read_through_pipe;
using test_support::write_file;

/// Two seconds of a tone as MP3; empty where libsndfile cannot write it.
std::string mp3_bytes(const std::vector<float>& samples) {
  const support::TempFolder folder;
  SF_INFO info{};
  info.samplerate = 16'000;
  info.channels = 1;
  info.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  if (sf_format_check(&info) == 0) return {};
  test_support::write_sound(folder.path() / "a.mp3", info.format, samples, info.samplerate);
  return read_file(folder.path() / "a.mp3");
}

std::vector<float> tone() {
  std::vector<float> samples(32'000);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(0.3 * std::sin(2.0 * std::numbers::pi * 440.0 * static_cast<double>(i) / 16'000.0));
  }
  return samples;
}

/// What is written to the standard error of this process meanwhile.
template <class Body>
std::string standard_error_of(const Body& body) {
  const support::TempFolder folder;
  const auto path = folder.path() / "stderr";
  const int kept = dup(STDERR_FILENO), file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(kept >= 0);
  REQUIRE(file >= 0);
  dup2(file, STDERR_FILENO);
  body();
  dup2(kept, STDERR_FILENO);
  close(kept);
  close(file);
  return read_file(path);
}

std::string message_of(const std::string& bytes) {
  try {
    read_through_pipe(bytes);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("MP3 gives its sound without padding, with and without tags, from a file and from a pipe") {
  const auto samples = tone();
  const std::string mp3 = mp3_bytes(samples);
  if (mp3.empty()) {
    std::cout << "SKIPPED: libsndfile writes no MP3\n";
    return;
  }
  const support::TempFolder folder;
  for (const std::string& bytes : {mp3, test_support::id3_tag(2000) + mp3, mp3 + "TAG" + std::string(125, ' ')}) {
    write_file(folder.path() / "a", bytes);
    const auto sound = ear::read_sound(folder.path() / "a");
    CHECK(sound.sample_rate_hz == 16'000);
    REQUIRE(sound.samples.size() == samples.size());
    double squares = 0.0;
    for (std::size_t i = 0; i < samples.size(); ++i) squares += std::pow(sound.samples[i] - samples[i], 2);
    CHECK(std::sqrt(squares / 32'000.0) < 0.02);  // of a tone of 0.21; a shift by one sample would give 0.037
    CHECK(read_through_pipe(bytes).samples == sound.samples);
    CHECK(ear::promised_frames(folder.path() / "a") == 32'000);
  }
}

TEST_CASE("Cut or damaged MP3 leaves standard error to the caller") {
  const std::string mp3 = mp3_bytes(tone());
  if (mp3.empty()) {
    std::cout << "SKIPPED: libsndfile writes no MP3\n";
    return;
  }
  std::string message;
  CHECK(standard_error_of([&] { message = message_of(mp3.substr(0, mp3.size() / 2)); }).empty());
  CHECK_THAT(message, Catch::Contains("cut short") && Catch::Contains("of the 32000 frames that its header promises"));
  std::string damaged = mp3;
  REQUIRE(damaged.size() > 2000);
  for (std::size_t i = 1000; i < 1200; ++i) damaged[i] = static_cast<char>(i * 101);
  CHECK(standard_error_of([&] { message = message_of(damaged); }).empty());
}

TEST_CASE("Frames of MPEG audio are told from other bytes") {
  CHECK(ear::begins_mpeg_frame("\xFF\xFB\x90\x64"));
  CHECK(ear::begins_mpeg_frame("\xFF\xF3\x88\xC4"));
  CHECK(ear::begins_mpeg_frame(std::string("\xFF\xFF\0\0", 4)));  // a free bit rate
  for (const std::string bytes : {"", "\xFF\xFB\x90", "RIFF", "\xFF\xFB\xF0\x64", "\xFF\xFB\x9C\x64",
                                  "\xFF\xF9\x90\x64", "\xFF\xEB\x90\x64", "\xFF\xFF\xFF\xFF"}) {
    CHECK_FALSE(ear::begins_mpeg_frame(bytes));
  }
}
