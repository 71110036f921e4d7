#include "frontend/sound/sound_part.h"

#include <catch2/catch.hpp>

#include "tests/frontend/riff_bytes.h"

using Catch::Contains;
using ear::ByteSource;
using ear::SoundPart;
using test_support::chunk;
using test_support::id3_tag;
using test_support::number;
using test_support::pcm_format;
using test_support::riff;
using test_support::sound_bytes;

namespace {

SoundPart find(const std::string& bytes) {
  ByteSource source(bytes);
  return ear::find_sound(source);
}

/// The bytes that libsndfile gets.
std::string given_on(const std::string& bytes) {
  ByteSource source(bytes);
  const SoundPart part = ear::find_sound(source);
  return part.header + source.read(part.begin, part.end - part.begin) + part.padding;
}

const std::string kSound = sound_bytes(4000);
const std::string kPlain = riff(pcm_format() + chunk("data", kSound));

}  // namespace

TEST_CASE("A WAV is given on with its format and its sound alone") {
  const std::string info = chunk("LIST", "INFO" + chunk("ISFT", "program")), cue = chunk("cue ", number(0, 4));
  CHECK(find(kPlain).warnings.empty());
  for (const std::string& wav :
       {kPlain, riff(info + pcm_format() + chunk("data", kSound)),
        riff(pcm_format() + chunk("data", kSound) + cue + info),
        riff(chunk("bext", std::string(70'001, '\0')) + pcm_format() + cue + chunk("data", kSound)),
        id3_tag(3000) + kPlain, id3_tag(11) + id3_tag(500) + kPlain}) {
    CHECK(given_on(wav) == kPlain);
    CHECK(find(wav).warnings.empty());
  }
  const std::string odd = riff(pcm_format() + chunk("data", "odd"));
  CHECK(given_on(odd) == odd);
  CHECK(given_on(odd.substr(0, odd.size() - 1)) == odd);
  const std::string big = riff(pcm_format(true) + chunk("data", kSound, true), "RIFX");
  CHECK(given_on(big) == big);
}

TEST_CASE("RF64 has its sizes in 64 bits") {
  const auto rf64 = [](std::uint64_t data_size, std::uint64_t field, const std::string& form) {
    const std::string sizes = chunk("ds64", number(kPlain.size() + 36 - 8, 8) + number(data_size, 8) + number(0, 12));
    return form + number(0xFFFFFFFF, 4) + "WAVE" + sizes + pcm_format() + "data" + number(field, 4) + kSound;
  };
  for (const std::string form : {"RF64", "BW64"}) {
    CHECK(given_on(rf64(4000, 0xFFFFFFFF, form)) == kPlain);
    CHECK(given_on(rf64(0, 4000, form)) == kPlain);
    CHECK(find(rf64(4000, 0xFFFFFFFF, form)).warnings.empty());
    CHECK_THROWS_WITH(find(rf64(4001, 0xFFFFFFFF, form)), Contains("cut short: 4000 of the 4001 bytes"));
    CHECK_THROWS_WITH(find(rf64(1ULL << 40U, 0xFFFFFFFF, form)), Contains("4000 of the 1099511627776 bytes"));
  }
  CHECK_THROWS_WITH(find("RF64" + number(0xFFFFFFFF, 4) + "WAVE" + pcm_format() + "data" + number(0xFFFFFFFF, 4)),
                    Contains("RF64 without sizes"));
}

TEST_CASE("Entries of a list in front of the sound that wrap in 32 bits are refused") {
  for (const std::string type : {"INFO", "adtl"}) {
    for (const std::uint32_t size : {0xFFFFFFC8U, 0xFFFFFFF8U, 0xFFFFFFFFU}) {
      const std::string list = "LIST" + number(12, 4) + type + "abcd" + number(size, 4);
      CHECK_THROWS_WITH(find(riff(pcm_format() + list + chunk("data", kSound))),
                        Contains("damaged: an entry at byte 48 of its chunk 'LIST'"));
      // Behind the sound it is of no concern.
      CHECK(given_on(riff(pcm_format() + chunk("data", kSound) + list)) == kPlain);
    }
  }
}

TEST_CASE("Lists in front of the sound of any other contents do not keep it from being heard") {
  const std::string unpadded = "ISFT" + number(5, 4) + "Lavf5" + "INAM" + number(3, 4) + "abc";
  for (const std::string& list :
       {"INFO" + unpadded, "adtl" + unpadded, "INFOabcd" + number(1'000'000, 4), "INFOabcd" + number(0xFFFFFF00, 4),
        std::string("INFOabc"), std::string("IN"), std::string("ABCDsome free text that is no list of chunks"),
        "ncor" + std::string(100, '\xFF')}) {
    CHECK(given_on(riff(pcm_format() + chunk("LIST", list) + chunk("data", kSound))) == kPlain);
  }
}

TEST_CASE("Sizes of WAV that are unknown, stale or wrong") {
  const auto sized = [](std::uint64_t size, const std::string& behind = "") {
    const std::string chunks = pcm_format() + "data" + number(size, 4) + kSound + behind;
    return riff(chunks);
  };
  const std::string list = chunk("LIST", "INFO" + chunk("ISFT", "program"));
  for (const std::uint64_t unknown : {0x0ULL, 0x7FFFF000ULL, 0x7FFFFFFFULL, 0xFFFFFFFFULL}) {
    CHECK(given_on(sized(unknown)) == kPlain);
    CHECK(given_on(sized(unknown, list)) == kPlain);
    CHECK(find(sized(unknown)).warnings.size() == (unknown == 0 ? 1 : 0));
  }
  const auto stale = find(sized(1600));
  CHECK(stale.end - stale.begin == 1600);
  REQUIRE(stale.warnings.size() == 1);
  CHECK_THAT(stale.warnings[0], Contains("2400 bytes, perhaps of sound, lie behind the 1600 bytes of sound"));
  CHECK_THROWS_WITH(find(sized(4001)), Contains("cut short: 4000 of the 4001 bytes of sound"));

  std::string wrong = kPlain;
  wrong.replace(4, 4, number(9'992, 4));
  REQUIRE(find(wrong).warnings.size() == 1);
  CHECK_THAT(find(wrong).warnings[0], Contains("a file of 10000 bytes, 4044 are there"));
  wrong.replace(4, 4, number(kPlain.size(), 4));  // the size with its own header is a usual slip
  CHECK(find(wrong).warnings.empty());
}

TEST_CASE("AIFF is given on with its format and its sound alone") {
  const std::string format =
      number(1, 2, true) + number(2000, 4, true) + number(16, 2, true) + "\x40\x0B\xFA" + std::string(7, '\0');
  const auto form = [&](const std::string& chunks) {
    return "FORM" + number(chunks.size() + 4, 4, true) + "AIFF" + chunks;
  };
  const std::string comm = chunk("COMM", format, true), ssnd = chunk("SSND", std::string(8, '\0') + kSound, true);
  const std::string name = chunk("NAME", "seven", true), plain = form(comm + ssnd);
  for (const std::string& aiff :
       {plain, form(name + comm + ssnd), form(comm + ssnd + name), id3_tag(77) + plain, form(ssnd + name + comm),
        form("SSND" + number(0xFFFFFFFF, 4, true) + std::string(8, '\0') + kSound + comm),
        form(comm + "SSND" + number(0xFFFFFFFF, 4, true) + std::string(8, '\0') + kSound + name)}) {
    CHECK(given_on(aiff) == plain);
    CHECK(find(aiff).warnings.empty());
  }
  CHECK_THROWS_WITH(find(id3_tag(77) + plain.substr(0, 1000)), Contains("cut short: 954 of the 4008 bytes"));
  CHECK_THROWS_WITH(find(form(ssnd + name)), Contains("no chunk 'COMM'"));
  CHECK_THROWS_WITH(find(form(ssnd + comm.substr(0, 20))),
                    Contains("its chunk 'COMM' promises 18 bytes, 12 are there"));
}

TEST_CASE("AU, CAF, 8SVX and VOC are compared with their headers") {
  const auto au = [](std::uint64_t size) {
    return ".snd" + number(28, 4, true) + number(size, 4, true) + number(3, 4, true) + number(8000, 4, true) +
           number(1, 4, true) + "note" + kSound;
  };
  CHECK(given_on(au(4000)) == given_on(au(0xFFFFFFFF)));
  CHECK(given_on(au(4000)).substr(24) == kSound);
  CHECK(find(au(4000)).warnings.empty());
  CHECK(given_on(au(0)) == given_on(au(4000)));
  CHECK(find(au(0)).warnings.size() == 1);
  CHECK_THAT(find(au(3000)).warnings.at(0), Contains("1000 bytes, perhaps of sound"));
  CHECK_THROWS_WITH(find(au(4001)), Contains("cut short: 4000 of the 4001"));

  const auto caf = [](std::uint64_t size) {
    return "caff" + number(0x10000, 4, true) + "desc" + number(32, 8, true) + std::string(32, '\1') + "data" +
           number(size, 8, true) + number(0, 4) + kSound;
  };
  for (const std::uint64_t size : {4004ULL, static_cast<unsigned long long>(UINT64_MAX)}) {
    CHECK(given_on(caf(size)) == caf(size));
    CHECK(find(caf(size)).warnings.empty());
  }
  CHECK_THAT(find(caf(3004)).warnings.at(0), Contains("1000 bytes, perhaps of sound"));
  CHECK_THROWS_WITH(find(caf(4005)), Contains("cut short: 4004 of the 4005"));

  const std::string svx = "FORM" + number(4012, 4, true) + "8SVX" + chunk("BODY", kSound, true);
  CHECK(given_on(svx) == svx);
  CHECK_THROWS_WITH(find(svx.substr(0, 1000)), Contains("cut short: 980 of the 4000"));

  const auto block = [](char type, const std::string& contents) {
    return std::string(1, type) + number(contents.size(), 3) + contents;
  };
  const std::string head = "Creative Voice File\x1A" + number(26, 2) + number(0x114, 2) + number(0x111F, 2);
  const std::string sound = block(9, std::string(12, '\1') + kSound), end(1, '\0');
  CHECK(given_on(head + sound + end) == head + sound + end);
  CHECK(given_on(head + block(5, "note") + sound + end + "junk, not to be heard") ==
        head + block(5, "note") + sound + end);
  CHECK_THROWS_WITH(find(head + sound.substr(0, 2000)), Contains("cut short: 1996 of the 4012"));
  CHECK_THROWS_WITH(find(head + sound + block(2, kSound) + end), Contains("several blocks of sound"));
}

TEST_CASE("MIDI Sample Dump, of which libsndfile prints to standard output, is refused") {
  CHECK_THROWS_WITH(find("\xF0\x7E" + std::string(20, '\0')), Contains("MIDI Sample Dump cannot be read"));
}

TEST_CASE("Other formats are given on as they are") {
  for (const std::string& bytes :
       {std::string("fLaC and more"), std::string("RIFF....AVI LIST"), std::string("x"), std::string("NIST_1A")}) {
    CHECK(given_on(bytes) == bytes);
    CHECK(given_on(id3_tag(100) + bytes) == bytes);
  }
  CHECK(given_on(id3_tag(100)) == id3_tag(100));
}

TEST_CASE("No header, whatever is in it, is read without end or beyond the file") {
  const std::string aiff = "FORM" + number(60, 4, true) + "AIFC" + chunk("COMM", std::string(22, '\1'), true) +
                           chunk("SSND", std::string(20, '\0'), true);
  const std::string w64 = "riff\x2E\x91\xCF\x11" + std::string(32, '\1') + "fmt " + std::string(12, '\1') +
                          number(40, 8) + std::string(16, '\1') + "data" + std::string(12, '\1') + number(34, 8) +
                          std::string(10, '\1');
  const std::string rf64 = "RF64" + number(0xFFFFFFFF, 4) + "WAVE" +
                           chunk("ds64", number(108, 8) + number(20, 8) + number(0, 12)) + pcm_format() + "data" +
                           number(0xFFFFFFFF, 4) + sound_bytes(20);
  const std::string wav =
      riff(pcm_format() + chunk("LIST", "INFO" + chunk("abcd", "x")) + chunk("data", sound_bytes(16)));
  for (const std::string& whole : {wav, aiff, w64, rf64}) {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const char value : {'\0', '\1', '\x7F', '\x80', '\xF8', '\xFF'}) {
        std::string bytes = whole;
        for (std::size_t k = i; k < std::min(i + 4, bytes.size()); ++k) {
          bytes[k] = value;
          ByteSource source(bytes);
          try {
            const SoundPart part = ear::find_sound(source);
            CHECK(part.begin <= part.end);
            CHECK(part.end <= source.size());
          } catch (const std::runtime_error&) {  // refused is as good
          }
        }
      }
    }
  }
}
