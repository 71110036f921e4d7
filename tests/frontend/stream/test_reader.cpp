#include <catch2/catch.hpp>

#include <random>
#include <stdexcept>

#include "frontend/stream/rules.h"
#include "frontend/stream/stream.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using ear::Record;
using samples::error_of;
using samples::record;
using samples::reseal;

namespace {

constexpr Kind kKind = Kind::kCochleagram;
using Members = std::vector<std::pair<std::string, std::string>>;

// One record with a short key, one whose key needs an extended header.
std::vector<Record> small_records() {
  return {record(kKind, "a", 1), record(kKind, std::string(120, 'k'), 1)};
}

Members members_of(const std::string& stream) {
  Members members;
  for (const samples::Part& part : samples::parts_of(stream)) {
    members.emplace_back(part.name, stream.substr(part.contents, part.size));
  }
  return members;
}

Members one_record() {
  return members_of(samples::write(samples::header(), {record(kKind, "a")}));
}

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.substr(0, at) + to + text.substr(at + from.size());
}

// What FORMAT.md 5.3 covers: name and size of a header block, contents.
std::vector<bool> covered(const std::string& stream) {
  std::vector<bool> bytes(stream.size(), false);
  const auto cover = [&](std::size_t from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) bytes[from + i] = true;
  };
  for (const samples::Part& part : samples::parts_of(stream)) {
    cover(part.header, 100);
    cover(part.header + 124, 12);
    cover(part.contents, part.size);
  }
  return bytes;
}

}  // namespace

TEST_CASE("A stream cut at any byte before its end is an error") {
  const std::string bytes = samples::write(samples::header(), small_records());
  const samples::Part end = samples::parts_of(bytes).back();
  REQUIRE(end.name == "__end__");
  for (std::size_t size = 0; size < end.contents + end.size; ++size) {
    INFO("cut at byte " << size);
    REQUIRE_FALSE(error_of(bytes.substr(0, size)).empty());
  }
  CHECK(samples::equal(samples::read(bytes.substr(0, bytes.size() - 1024)), small_records()));
}

TEST_CASE("A cut is named with the record and the byte") {
  const std::string bytes = samples::write(samples::header(), {record(kKind, "a"), record(kKind, "b")});
  const auto parts = samples::parts_of(bytes);
  CHECK_THAT(error_of(bytes.substr(0, parts[3].contents + 7)),
             Contains("sample.tar: member b.npy at byte " + std::to_string(parts[3].header)));
  CHECK_THAT(error_of(bytes.substr(0, parts[3].header)), Contains("after 1 records") && Contains("was cut"));
  CHECK_THAT(error_of(bytes.substr(0, parts[4].header)), Contains("ends after member b.npy"));
}

TEST_CASE("Every flipped bit of a name, a size or contents is an error, and others change nothing") {
  const std::string bytes = samples::write(samples::header(), small_records());
  const std::vector<bool> must_fail = covered(bytes);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  const std::size_t step = 9;  // a bit of nearly every byte, another from byte to byte: a sanitizer is ten times slower
#else
  const std::size_t step = 1;
#endif
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += step) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    INFO("bit " << bit % 8 << " of byte " << bit / 8);
    std::vector<Record> records;
    bool failed = false;
    try {
      records = samples::read(flipped);
    } catch (const std::runtime_error&) {
      failed = true;
    }
    if (must_fail[bit / 8]) {
      REQUIRE(failed);
    } else {
      REQUIRE((failed || samples::equal(records, small_records())));
    }
  }
}

TEST_CASE("10,000 damaged streams give an error or the records, never a crash") {
  std::vector<Record> records;
  for (const char* key : {"a", "b", "c", "d"}) records.push_back(record(kKind, key, 40));
  const std::string bytes = samples::write(samples::header(), records);
  std::mt19937 random(20240601);
  const auto draw = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  samples::largest_allocation();
  int n_errors = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string damaged = bytes;
    for (std::size_t change = 0, n = 1 + draw(4); change < n; ++change) {
      const std::size_t at = draw(damaged.size());
      const std::size_t size = 1 + draw(std::min<std::size_t>(700, damaged.size() - at));
      const std::size_t from = draw(bytes.size() - 700);
      if (const std::size_t how = draw(5); how == 0) {
        damaged[at] = static_cast<char>(draw(256));
      } else if (how == 1) {
        damaged.replace(at, size, bytes, from, size);
      } else if (how == 2) {
        damaged.erase(at, size);
      } else if (how == 3) {
        damaged.insert(at, bytes, from, size);
      } else {
        damaged.replace(at, size, size, '\0');
      }
    }
    try {
      for (const Record& r : samples::read(damaged)) CHECK(samples::equal(r, record(kKind, r.key, 40)));
    } catch (const std::runtime_error&) {
      ++n_errors;
    }
  }
  CHECK(n_errors > 9'000);
  CHECK(samples::largest_allocation() < 4 << 20);
}

TEST_CASE("Damaged members whose tar header is right are refused with a reason") {
  const Members whole = one_record();
  const auto message = [&](std::size_t i, const std::string& name, const std::string& contents) {
    Members members = whole;
    members[i] = {name, contents};
    return error_of(samples::tar(members));
  };
  const std::string& npy = whole[1].second;
  const std::string& json = whole[2].second;
  CHECK(samples::equal(samples::read(samples::tar(whole)), {record(kKind, "a")}));
  CHECK_THAT(message(1, "b.npy", npy), Contains("member a.json") && Contains("wanted b.json"));
  CHECK_THAT(message(1, "a.txt", npy), Contains("wanted KEY.npy or __end__"));
  CHECK_THAT(message(1, "a.b.npy", npy), Contains("characters other than"));
  CHECK_THAT(message(1, "a.npy", replaced(npy, "<f4", "<i4")), Contains("array of type <i4"));
  CHECK_THAT(message(1, "a.npy", replaced(npy, "(4, 3)", "(3, 4)")),
             Contains("shape (3, 4) in 48 bytes, wanted 3 columns"));
  CHECK_THAT(message(1, "a.npy", replaced(npy, "(4, 3), }", "(5, 3), }")), Contains("shape (5, 3)"));
  CHECK_THAT(message(1, "a.npy", npy + "x"), Contains("shape (4, 3)"));
  CHECK_THAT(message(1, "a.npy", "tiny"), Contains("too short for a NumPy array"));
  CHECK_THAT(message(1, "a.npy", npy.substr(0, 20)), Contains("cut: its header claims"));
  CHECK_THAT(message(1, "a.npy", replaced(npy, npy.substr(140, 4), "\x01\x02\x03\x04")),
             Contains("a.npy were altered"));
  CHECK_THAT(message(2, "a.json", replaced(json, "ada", "eva")), Contains("member a.json") && Contains("altered"));
  CHECK_THAT(message(2, "a.json", reseal(replaced(json, "\"a\"", "\"b\""))), Contains("key b in a member"));
  CHECK_THAT(message(2, "a.json", reseal(replaced(json, "steps\":4", "steps\":5"))),
             Contains("array of 12 numbers, wanted 5 steps x 3 channels"));
  CHECK_THAT(message(2, "a.json", reseal(replaced(json, "\"1\"", "\"7\""))), Contains("label 7"));
  CHECK_THAT(message(3, "__end__", samples::seal(R"({"n_records":2,"keys_crc32":"00000000")")),
             Contains("some are missing"));
  CHECK_THAT(message(3, "__end__", samples::seal(R"({"n_records":1,"keys_crc32":"00000000")")), Contains("the keys"));
}

TEST_CASE("A number that is not finite is refused though its checksum is right") {
  Members members = one_record();
  members[1].second.replace(128, 4, std::string("\x00\x00\xc0\x7f", 4));
  const std::size_t at = members[2].second.find("npy_crc32") + 12;
  members[2].second = reseal(members[2].second.replace(at, 8, samples::hex(samples::slow_crc(members[1].second))));
  CHECK_THAT(error_of(samples::tar(members)), Contains("nan at step 0, channel 0 is not finite"));
}

TEST_CASE("A record that is missing, twice or out of order is an error") {
  const Members whole = members_of(samples::write(samples::header(), {record(kKind, "a"), record(kKind, "b")}));
  Members less = whole;
  less.erase(less.begin() + 1, less.begin() + 3);
  CHECK_THAT(error_of(samples::tar(less)), Contains("1 records were read, 2 were written"));
  Members twice = whole;
  twice.insert(twice.begin() + 3, {whole[1], whole[2]});
  CHECK_THAT(error_of(samples::tar(twice)), Contains("a.npy") && Contains("was read before"));
  const Members swapped = {whole[0], whole[3], whole[4], whole[1], whole[2], whole[5]};
  CHECK_THAT(error_of(samples::tar(swapped)), Contains("their order"));
}

TEST_CASE("Huge claims are refused before memory is taken") {
  const Members whole = one_record();
  const std::string before = samples::member("__header__", whole[0].second);
  samples::largest_allocation();
  for (const std::uint64_t size : {1ULL << 60, 1ULL << 40, (1ULL << 30) + 200, 1ULL << 29, 1ULL << 62}) {
    INFO(size);
    CHECK_FALSE(error_of(samples::member("__header__", whole[0].second, size)).empty());
    CHECK_FALSE(error_of(before + samples::member("a.npy", whole[1].second, size)).empty());
    CHECK_FALSE(
        error_of(before + samples::member("a.npy", whole[1].second) + samples::member("a.json", whole[2].second, size))
            .empty());
    CHECK_FALSE(error_of(before + samples::member("__end__", whole[3].second, size)).empty());
  }
  const std::string claim =
      replaced(whole[1].second, "(4, 3), }" + std::string(18, ' '), "(1152921504606846976, 3), }");
  CHECK_THAT(error_of(before + samples::member("a.npy", claim)), Contains("shape (1152921504606846976, 3)"));
  // 2^62 + 4 rows of 12 bytes are 48 bytes modulo 2^64, the size of the four rows that are there.
  const std::string wrapped =
      replaced(whole[1].second, "(4, 3), }" + std::string(18, ' '), "(4611686018427387908, 3), }");
  CHECK_THAT(error_of(before + samples::member("a.npy", wrapped)), Contains("shape (4611686018427387908, 3)"));
  CHECK(samples::largest_allocation() < 4 << 20);
}

TEST_CASE("Another version is an error that names both") {
  Members members = one_record();
  members[0].second = reseal(replaced(members[0].second, "\"version\":2", "\"version\":3"));
  CHECK_THAT(error_of(samples::tar(members)), Contains("sample.tar: member __header__ at byte 0") &&
                                                  Contains("version 3") && Contains("reads version 2"));
}

TEST_CASE("A label of two lines is refused with its record") {
  Members members = one_record();
  members[0].second = reseal(replaced(members[0].second, "\"1\"]", "\"1\\n\"]"));
  CHECK_THAT(error_of(samples::tar(members)),
             Contains("sample.tar: member __header__ at byte 0: class '1\\n' holds the control character U+000A"));
  members = one_record();
  members[2].second = reseal(replaced(members[2].second, "ada", "ada\\u001b"));
  CHECK_THAT(error_of(samples::tar(members)),
             Contains("member a.json") && Contains("speaker 'ada\\e' holds the control character U+001B"));
}

TEST_CASE("What is no stream is refused") {
  CHECK_THAT(error_of(""), Contains("sample.tar: empty input"));
  CHECK_THAT(error_of(std::string(10240, '\0')), Contains("empty tar"));
  CHECK_THAT(error_of("RIFF and so on"), Contains("no stream") && Contains("ossicle-lyon"));
  CHECK_THAT(error_of(std::string(5000, 'x')), Contains("no stream") && Contains("ossicle-lyon"));
  CHECK_THAT(error_of(samples::tar({{"readme.txt", "hello"}})), Contains("no Ossicle stream begins here"));
  CHECK_THAT(error_of(samples::tar({{"__header__", "{}"}})), Contains("not the header"));
  const std::string bytes = samples::write(samples::header(), {});
  CHECK_THAT(error_of(bytes + samples::tar({{"readme.txt", "hello"}})), Contains("no Ossicle stream begins here"));
  CHECK_FALSE(error_of(bytes + "rubbish").empty());
  CHECK_FALSE(error_of(bytes + std::string(512, 'r')).empty());
}
