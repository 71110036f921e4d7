// ossicle-lyon: recordings whose header contradicts the file or is damaged, too short ones and long ones.
#include <catch2/catch.hpp>
#include <cstdint>

#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::Corpus;
using pipe_support::little_endian;
using pipe_support::read_stream;
using pipe_support::run;
using pipe_support::shell;
using pipe_support::spill;
using pipe_support::TempFolder;
using pipe_support::wav_bytes;

TEST_CASE("ossicle-lyon: a list entry that libsndfile follows for ever costs its own recording alone") {
  const Corpus corpus(3);
  std::string wav = wav_bytes(0, 8);
  wav.insert(36, "LIST" + little_endian(std::uint32_t{12}) + "INFOabcd" + little_endian(std::uint32_t{0xFFFFFFF8}));
  spill(corpus.file("endless.wav"), wav);
  spill(corpus.list, "path\tlabel\tspeaker\nendless.wav\tone\tf0\n" + corpus.text.substr(corpus.text.find('\n') + 1));
  const auto result = shell("timeout 60 " + corpus.command("-o " + corpus.file("a.tar")));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("endless.wav: damaged: an entry at byte 48 of its chunk 'LIST' promises 4294967288"));
  CHECK(read_stream(corpus.file("a.tar")).records.size() == 3);
}

TEST_CASE("ossicle-lyon: what a header contradicts is a warning that names the recording, also under --quiet") {
  const TempFolder temp;
  const std::string wav = wav_bytes(3, 4000);
  const auto hear = [&](const std::string& name, const std::string& bytes) {
    spill(temp.file(name), bytes);
    return run({"ossicle-lyon", "-q", temp.file(name), "-o", temp.file(name + ".tar")});
  };
  CHECK(hear("plain.wav", wav).err.empty());
  std::string unfinished = wav;
  unfinished.replace(40, 4, 4, '\0');
  const auto result = hear("unfinished.wav", unfinished);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("warning: ") && Contains("unfinished.wav: its header promises 0 bytes of sound; the "
                                                           "8000 bytes that follow are heard"));
  CHECK(read_stream(temp.file("unfinished.wav.tar")).records.at(0).data ==
        read_stream(temp.file("plain.wav.tar")).records.at(0).data);
  std::string stale = wav;
  stale.replace(40, 4, little_endian(std::uint32_t{2000}));
  CHECK_THAT(hear("stale.wav", stale).err, Contains("6000 bytes, perhaps of sound, lie behind the 2000 bytes"));
  CHECK_THAT(run({"ossicle-lyon", "-q", "-o", temp.file("pipe.tar")}, unfinished).err,
             Contains("warning: standard input: its header promises 0 bytes"));
}

TEST_CASE("ossicle-lyon: a recording too short for its steps is pointed out") {
  const TempFolder temp;
  const auto hear = [&](int n_frames, const std::string& flags) {
    spill(temp.file("a.wav"), wav_bytes(1, n_frames));
    return shell("ossicle-lyon -q " + flags + " " + temp.file("a.wav") + " > /dev/null").err;
  };
  CHECK_THAT(hear(64, ""), Contains("a.wav: 8 ms are too short for 100 steps"));
  CHECK_THAT(hear(127, ""), Contains("a.wav: 15.9 ms are too short for 100 steps"));
  CHECK(hear(128, "").empty());  // 200 samples at the ear's rate: two a step
  CHECK(hear(64, "--steps 50").empty());
  CHECK(hear(64, "--decimation 1").empty());
}

TEST_CASE("ossicle-lyon: a long recording is held once, whatever becomes of it") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("SKIPPED: a sanitizer's own memory is many times the program's");
  return;
#endif
  constexpr std::uint32_t kFrames = 17'000'000;  // a little more than a power of two
  const TempFolder temp;
  std::string wav = wav_bytes(1, 4);
  wav.replace(24, 4, little_endian(std::uint32_t{96'000}));
  wav.replace(40, 4, little_endian(std::uint32_t{2 * kFrames}));
  wav.resize(44 + 2 * std::size_t{kFrames}, '\1');
  spill(temp.file("a.wav"), wav);
  const auto result = run({"ossicle-lyon", "-q", "--jobs", "1", temp.file("a.wav"), "-o", temp.file("a.tar")});
  CHECK(result.exit_code == 0);
  const double samples_mb = 4e-6 * kFrames;
  CHECK(result.peak_mb < 1.5 * samples_mb + 20.0);  // twice the samples when the vector grew by doubling
}
