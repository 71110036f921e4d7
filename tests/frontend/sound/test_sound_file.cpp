#include "frontend/sound/sound_file.h"

#include <fmt/format.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <iostream>
#include <limits>

#include "tests/frontend/riff_bytes.h"
#include "tests/frontend/sound_files.h"
#include "tests/support/temp_folder.h"

namespace {

namespace fs = std::filesystem;
using support::TempFolder;
using test_support::ramp;
using test_support::read_file;
using test_support::read_through_pipe;
using test_support::write_file;
using test_support::write_sound;

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

std::vector<float> as_libsndfile_reads(const fs::path& path) {
  SF_INFO info{};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
  REQUIRE(file != nullptr);
  std::vector<float> samples(static_cast<std::size_t>(info.frames));
  CHECK(sf_readf_float(file, samples.data(), info.frames) == info.frames);
  sf_close(file);
  return samples;
}

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
  for (const int rate_hz : {999, 768'001}) {
    write_sound(path, kWav, ramp(100), rate_hz);
    CHECK_THAT(message(path), Contains(fmt::format("a.wav: sample rate {} Hz: wanted 1000 to 768000", rate_hz)));
  }
  write_sound(path, kWav, ramp(100), 1000);
  CHECK(message(path) == "no error");
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

TEST_CASE("Samples that a caller gives keep to the limit of files") {
  std::vector<float> samples(10, -16.0F);
  samples[3] = 16.0F;
  CHECK_NOTHROW(ear::require_samples(samples));
  const auto refused = [&samples](float bad, const std::string& message) {
    samples[7] = samples[9] = bad;
    CHECK_THROWS_WITH(ear::require_samples(samples), message);
    CHECK_THROWS_WITH(ear::check_sample(bad, 7), message);
  };
  refused(16.01F, "sample 7 is 16.01, but full scale is +-1; scale the recording, for instance by 1/32768");
  refused(NAN, "sample 7 is not a number; wanted finite samples: repair the recording");
  refused(INFINITY, "sample 7 is infinite; wanted finite samples: repair the recording");
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
  std::string capitals = bytes;
  capitals.replace(capitals.find("pcm,embedded-shorten-v2.00"), 26, "PCM,EMBEDDED-SHORTEN-V2.00");
  CHECK_THROWS_WITH(read_through_pipe(capitals), Catch::Contains("sph2pipe"));
}

TEST_CASE("Recordings cut short are errors in every format whose header promises") {
  const TempFolder folder;
  for (const int format :
       {kWav, SF_FORMAT_WAV | SF_FORMAT_FLOAT, SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG,
        SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, SF_FORMAT_WAV | SF_FORMAT_GSM610,
        SF_FORMAT_RF64 | SF_FORMAT_PCM_16, SF_FORMAT_W64 | SF_FORMAT_PCM_16, SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
        SF_FORMAT_AIFF | SF_FORMAT_FLOAT, SF_FORMAT_AU | SF_FORMAT_PCM_16, SF_FORMAT_CAF | SF_FORMAT_PCM_16,
        SF_FORMAT_CAF | SF_FORMAT_ALAC_16, SF_FORMAT_VOC | SF_FORMAT_PCM_16, SF_FORMAT_VOC | SF_FORMAT_PCM_U8,
        SF_FORMAT_SVX | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
    INFO(std::hex << format);
    write_sound(folder.path() / "a", format, ramp(50'000));
    const std::string bytes = read_file(folder.path() / "a");
    const auto whole = ear::read_sound(folder.path() / "a");
    CHECK(whole.samples.size() >= 50'000);  // compressed in blocks, it is filled up with silence
    CHECK(whole.warnings == std::vector<std::string>{});
    CHECK(read_through_pipe(bytes).samples == whole.samples);
    for (const std::size_t size : {bytes.size() - 3, bytes.size() / 2}) {
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

TEST_CASE("What stands before or behind the sound of a WAV is never heard, from a file or a pipe") {
  using test_support::chunk;
  const TempFolder folder;
  const auto samples = ramp(2384);
  write_sound(folder.path() / "a.wav", kWav, samples);
  const std::string data = read_file(folder.path() / "a.wav").substr(44), format = test_support::pcm_format();
  const std::string list = chunk("LIST", "INFO" + chunk("ISFT", std::string(3000, 'x')));
  const auto check_both = [&](const std::string& bytes, std::size_t n_warnings) {
    write_file(folder.path() / "b.wav", bytes);
    for (const auto& sound : {ear::read_sound(folder.path() / "b.wav"), read_through_pipe(bytes)}) {
      CHECK(sound.samples == samples);
      CHECK(sound.warnings.size() == n_warnings);
    }
  };
  check_both(test_support::id3_tag(3000) + test_support::riff(format + chunk("data", data)), 0);
  check_both(test_support::riff(chunk("bext", std::string(70'000, '\0')) + format + list + chunk("data", data)), 0);
  check_both(test_support::riff(format + "data\xFF\xFF\xFF\xFF" + data + list), 0);
  check_both(test_support::riff(format + std::string("data\0\0\0\0", 8) + data), 1);
}

TEST_CASE("Sound of an odd number of bytes is heard as libsndfile hears the file, its padding there or forgotten") {
  const TempFolder folder;
  const fs::path path = folder.path() / "a.wav";
  for (const int format :
       {SF_FORMAT_WAV | SF_FORMAT_GSM610, SF_FORMAT_WAV | SF_FORMAT_PCM_U8, SF_FORMAT_WAV | SF_FORMAT_PCM_24}) {
    const auto samples = ramp((format & SF_FORMAT_SUBMASK) == SF_FORMAT_GSM610 ? 2880 : 2881);
    write_sound(path, format, samples);
    const auto expected = as_libsndfile_reads(path);
    std::string bytes = read_file(path);
    REQUIRE(bytes.back() == '\0');
    CHECK(ear::read_sound(path).samples == expected);
    bytes.pop_back();
    CHECK(read_through_pipe(bytes).samples == expected);
  }
}

TEST_CASE("A list entry that libsndfile would follow for ever is an error at once") {
  const TempFolder folder;
  const std::string bytes = test_support::riff(test_support::pcm_format() + "LIST" + test_support::number(12, 4) +
                                               "INFOabcd\xF8\xFF\xFF\xFF" + test_support::chunk("data", "12345678"));
  write_file(folder.path() / "a.wav", bytes);
  CHECK_THROWS_WITH(ear::read_sound(folder.path() / "a.wav"), Catch::Contains("a.wav: damaged: an entry"));
  CHECK_THROWS_WITH(read_through_pipe(bytes), Catch::Contains("standard input: damaged: an entry"));
  CHECK(ear::promised_frames(folder.path() / "a.wav") == 0);
}

TEST_CASE("FLAC that was written into a pipe knows no length and is read to its end") {
  const TempFolder folder;
  const auto samples = ramp(5000);
  write_sound(folder.path() / "a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, samples);
  std::string bytes = read_file(folder.path() / "a.flac");
  bytes[21] = static_cast<char>(bytes[21] & 0xF0);  // the number of samples in 36 bits: 0 is unknown
  bytes.replace(22, 4, 4, '\0');
  write_file(folder.path() / "b.flac", bytes);
  CHECK(ear::read_sound(folder.path() / "b.flac").samples == samples);
  CHECK(read_through_pipe(bytes).samples == samples);
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
