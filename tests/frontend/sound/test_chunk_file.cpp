#include "frontend/sound/chunk_file.h"

#include <catch2/catch.hpp>

#include "tests/frontend/riff_bytes.h"

using Catch::Contains;
using ear::ByteSource;
using ear::ChunkRules;
using test_support::chunk;
using test_support::number;
using test_support::sound_bytes;

namespace {

std::uint64_t end_of(const std::string& bytes, std::uint64_t promised, std::vector<std::string>& warnings) {
  return ear::end_of_sound(ByteSource(bytes), {}, 8, promised, ear::is_unknown_size(promised, 4), warnings);
}

}  // namespace

TEST_CASE("Chunks are walked up to the one wanted, in either byte order, odd ones with their padding") {
  const std::string little = "head" + chunk("odd ", "abc") + chunk("even", "abcd") + chunk("data", "sound");
  const auto chunks = ear::chunks_up_to(ByteSource(little), {}, 4, "data");
  REQUIRE(chunks.size() == 3);
  CHECK(chunks[0].name == "odd ");
  CHECK(chunks[0].begin == 12);
  CHECK(chunks[0].size == 3);
  CHECK(chunks[2].begin == little.size() - 6);
  CHECK(chunks[2].size == 5);
  const std::string big = "head" + chunk("COMM", std::string(300, 'x'), true) + chunk("SSND", "sound", true);
  CHECK(ear::chunks_up_to(ByteSource(big), {.big_endian = true}, 4, "SSND")[1].begin == 4 + 8 + 300 + 8);
  const std::string far = chunk("junk", std::string(500'000, '\0')) + chunk("data", "sound");
  CHECK(ear::chunks_up_to(ByteSource(far), {}, 0, "data")[1].begin == 500'016);
}

TEST_CASE("Padding that was forgotten, or is longer, hides no chunk") {
  const std::string forgotten = "odd " + number(3, 4) + "abc" + chunk("data", "sound");
  CHECK(ear::chunks_up_to(ByteSource(forgotten), {}, 0, "data")[1].begin == 19);
  const std::string longer = chunk("even", "ab") + std::string(6, '\0') + chunk("data", "sound");
  CHECK(ear::chunks_up_to(ByteSource(longer), {}, 0, "data")[1].begin == 24);
}

TEST_CASE("Sizes of 64 bits that count their header, as W64 has them") {
  const ChunkRules rules{.name_bytes = 16, .size_bytes = 8, .size_has_header = true, .alignment = 8};
  const std::string name = std::string("data") + std::string(12, '\1');
  const std::string bytes = std::string("fmt ") + std::string(12, '\1') + number(24 + 5, 8) + "abcde" +
                            std::string(3, '\0') + name + number(24 + 7, 8) + "1234567";
  const auto chunks = ear::chunks_up_to(ByteSource(bytes), rules, 0, "data");
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[1].begin == 32 + 24);
  CHECK(chunks[1].size == 7);
}

TEST_CASE("Chunks before the sound that run past the end, or are none, are refused") {
  const auto walk = [](const std::string& bytes) { ear::chunks_up_to(ByteSource(bytes), {}, 0, "data"); };
  for (const std::uint32_t size : {5U, 0x7FFFFFFFU, 0xFFFFFFF8U, 0xFFFFFFFFU}) {
    CHECK_THROWS_WITH(walk("fact" + number(size, 4) + "1234"),
                      Contains("'fact' promises " + std::to_string(size) + " bytes, 4 are there"));
  }
  CHECK_THROWS_WITH(walk(chunk("fact", "1234")), Contains("no chunk 'data' in its 12 bytes"));
  CHECK_THROWS_WITH(walk(chunk("fact", "1234") + std::string(100, '\xF0')), Contains("no chunk begins at byte 12"));
  std::string endless;
  for (int i = 0; i < 11'000; ++i) endless += chunk("none", "");
  CHECK_THROWS_WITH(walk(endless), Contains("no chunk 'data'"));
}

TEST_CASE("Sizes that programs write which do not know the length") {
  for (const std::uint64_t size : {0x0ULL, 0x7FFFF000ULL, 0x7FFFFFFFULL, 0x80000000ULL, 0xFFFFFFD8ULL, 0xFFFFFFFFULL}) {
    CHECK(ear::is_unknown_size(size, 4));
  }
  for (const std::uint64_t size : {0x1ULL, 0x70000000ULL, 0x90000000ULL, 0xF0000000ULL}) {
    CHECK_FALSE(ear::is_unknown_size(size, 4));
  }
  CHECK(ear::is_unknown_size(0, 8));
  CHECK(ear::is_unknown_size(UINT64_MAX, 8));
  CHECK_FALSE(ear::is_unknown_size(0xFFFFFFFF, 8));
}

TEST_CASE("An unknown size means the end, or the chunks behind the sound") {
  const std::string sound = sound_bytes(3000), list = chunk("LIST", "INFO" + chunk("ISFT", "program"));
  for (const std::uint64_t unknown : {0x0ULL, 0x7FFFF000ULL, 0xFFFFFFFFULL}) {
    std::vector<std::string> warnings;
    CHECK(end_of("data...." + sound, unknown, warnings) == 3008);
    CHECK(end_of("data...." + sound + list, unknown, warnings) == 3008);
    CHECK(end_of("data...." + sound + chunk("cue ", "1234") + list, unknown, warnings) == 3008);
    CHECK(end_of("data...." + list, unknown, warnings) == 8);
    // A name amid the sound is no chunk: from it no chunks lead to the end.
    CHECK(end_of("data...." + sound + "LIST" + sound, unknown, warnings) == 6012);
    CHECK(warnings.size() == (unknown == 0 ? 4 : 0));
    if (unknown == 0)
      CHECK(warnings[0] == "its header promises 0 bytes of sound; the 3000 bytes that follow are heard");
  }
}

TEST_CASE("However many names stand amid the sound, the search behind it is linear") {
  std::string names;
  for (int i = 0; i < 200'000; ++i) names += chunk("LIST", "");
  std::vector<std::string> warnings;
  // A walk of its own from each name read two thousand million headers.
  const std::string bytes = "data...." + names + std::string(100, '\xF0');
  CHECK(end_of(bytes, 0xFFFFFFFF, warnings) == bytes.size());
  // A hundred names hide no chunk behind the sound.
  const std::string sound = names.substr(0, 100 * 8) + sound_bytes(3000), list = chunk("LIST", "INFO");
  CHECK(end_of("data...." + sound + list, 0xFFFFFFFF, warnings) == 8 + sound.size());
}

TEST_CASE("What a header promises is compared with what is there") {
  const std::string sound = sound_bytes(3000), list = chunk("LIST", "INFO" + chunk("ISFT", "program"));
  std::vector<std::string> warnings;
  CHECK(end_of("data...." + sound, 3000, warnings) == 3008);
  CHECK(end_of("data...." + sound + list, 3000, warnings) == 3008);
  CHECK(end_of("data...." + sound.substr(1), 2999, warnings) == 3007);
  CHECK(end_of("data...." + sound.substr(1) + '\0' + list, 2999, warnings) == 3007);
  CHECK(warnings.empty());
  CHECK(end_of("data...." + sound, 1000, warnings) == 1008);
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], Contains("2000 bytes, perhaps of sound, lie behind the 1000 bytes of sound"));
  CHECK(end_of("data...." + sound + list.substr(0, list.size() - 3), 3000, warnings) ==
        3008);  // a cut list is no sound
  CHECK(warnings.size() == 2);
  CHECK_THROWS_WITH(end_of("data...." + sound, 3001, warnings), Contains("cut short: 3000 of the 3001 bytes"));
  CHECK_THROWS_WITH(end_of("data...." + sound, 0xF0000000, warnings), Contains("3000 of the 4026531840 bytes"));
}
