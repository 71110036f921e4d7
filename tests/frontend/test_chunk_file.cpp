#include "frontend/chunk_file.h"

#include <catch2/catch.hpp>
#include <string>

namespace {

using namespace std::string_literals;

// Header of 12 bytes, a chunk of 3 bytes and one of filling, then the sound chunk: its contents begin at byte 32.
const std::string kWav = "RIFF....WAVEfmt \x03\0\0\0abc.data"s;
const std::string kAiff = "FORM....AIFFCOMM\0\0\0\x03"s + "abc.SSND"s;

}  // namespace

TEST_CASE("The sound chunk is found behind others, with what it promises and what is there") {
  const auto wav = ear::find_sound_chunk(kWav + "\x10\x01\0\0"s, 32 + 0x110);
  REQUIRE(wav);
  CHECK(wav->promised_bytes == 0x110);
  CHECK(wav->found_bytes == 0x110);
  const auto aiff = ear::find_sound_chunk(kAiff + "\0\0\x01\x10"s, 32 + 5);
  REQUIRE(aiff);
  CHECK(aiff->promised_bytes == 0x110);
  CHECK(aiff->found_bytes == 5);
}

TEST_CASE("What programs write that do not know the length is no promise") {
  CHECK_FALSE(ear::find_sound_chunk(kWav + "\0\0\0\0"s, 100));
  CHECK_FALSE(ear::find_sound_chunk(kWav + "\x00\xF0\xFF\x7F"s, 100));
  CHECK_FALSE(ear::find_sound_chunk(kWav + "\xFF\xFF\xFF\xFF"s, 100));
}

TEST_CASE("Other files and headers without end are left alone") {
  CHECK_FALSE(ear::find_sound_chunk("", 0));
  CHECK_FALSE(ear::find_sound_chunk("fLaC", 4));
  CHECK_FALSE(ear::find_sound_chunk(kWav, 100));  // cut in the chunk's header
  CHECK_FALSE(ear::find_sound_chunk("RIFF....WAVEfmt \xFF\xFF\xFF\xFF"s, 20));
  CHECK_FALSE(ear::find_sound_chunk("RIFF....AVI LIST"s + std::string(100, '\0'), 116));
}
