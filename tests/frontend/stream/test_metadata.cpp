#include "frontend/stream/metadata.h"

#include <catch2/catch.hpp>

#include <limits>
#include <stdexcept>

#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using samples::reseal;

namespace {

std::string changed(const std::string& text, const std::string& from, const std::string& to) {
  INFO(text << " has no " << from);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return reseal(text.substr(0, at) + to + text.substr(at + from.size()));
}

}  // namespace

TEST_CASE("The header's text is the one of FORMAT.md 3.2") {
  ear::Header header = samples::header();
  header.dt_ms = 8;
  CHECK(ear::header_json(header) ==
        samples::seal(R"({"format":"ossicle-stream","version":2,"kind":"cochleagram","n_channels":3,"dt_ms":8.0,)"
                      R"("classes":["0","1"],"recipe":)" +
                      ear::to_json(header.recipe) + R"(,"made_by":[["ossicle-lyon","0.1.0"]])"));
}

TEST_CASE("A record's and an end's text are those of FORMAT.md 3.3 and 3.4") {
  const ear::Record record = samples::record(ear::Kind::kRaster, "a", 4);
  CHECK(
      ear::record_json(record, 0xab) ==
      samples::seal(R"({"key":"a","label":"1","sequence":[],"speaker":"ada","n_steps":4,"dt_ms":8.5,"decimation":100,)"
                    R"("npy_crc32":"000000ab")"));
  CHECK(ear::end_json(7, 1) == samples::seal(R"({"n_records":7,"keys_crc32":"00000001")"));
}

TEST_CASE("Metadata read back equal") {
  ear::Header header = samples::header(ear::Kind::kEvents);
  header.dt_ms = 0.1;
  const ear::Header back = ear::parse_header(ear::header_json(header));
  CHECK(ear::first_difference(header, back).empty());
  CHECK(back.made_by == header.made_by);
  ear::Record record = samples::record(ear::Kind::kEvents, "key", 4);
  record.label = std::string("\0 \n \" \xc3\xa9 \xf0\x9f\x91\x82", 13);
  record.sequence = {"1", "0", "1"};
  ear::Record same;
  CHECK(ear::parse_record(ear::record_json(record, 0xffffffff), same) == 0xffffffff);
  same.data = record.data;
  CHECK(samples::equal(record, same));
  CHECK(same.sequence == record.sequence);
  const ear::EndMember end = ear::parse_end(ear::end_json(12, 34));
  CHECK(end.n_records == 12);
  CHECK(end.keys_crc == 34);
}

TEST_CASE("Another version is named beside ours") {
  const std::string text = ear::header_json(samples::header());
  CHECK_THROWS_WITH(ear::parse_header(changed(text, "\"version\":2", "\"version\":3")),
                    Contains("version 3") && Contains("reads version 2"));
  CHECK_THROWS_WITH(ear::parse_header(changed(text, "\"version\":2,", "")), Contains("version null"));
  CHECK_THROWS_WITH(ear::parse_header(changed(text, "ossicle-stream", "other")), Contains("not the header"));
  CHECK_THROWS_WITH(ear::parse_header("[]"), Contains("not the header"));
}

TEST_CASE("Fields that are missing, unknown or of another type are named") {
  const std::string header = ear::header_json(samples::header());
  const auto refuse = [&](const std::string& from, const std::string& to, const std::string& message) {
    CHECK_THROWS_WITH(ear::parse_header(changed(header, from, to)), Contains(message));
  };
  refuse("\"n_channels\":3,", "", "n_channels is missing");
  refuse("\"n_channels\":3", "\"n_channels\":3,\"n\":1", "field n is unknown");
  refuse("\"n_channels\":3", "\"n_channels\":\"3\"", "n_channels is \"3\"");
  refuse("\"n_channels\":3", "\"n_channels\":-3", "n_channels is -3");
  refuse("\"n_channels\":3", "\"n_channels\":3000000000", "n_channels is 3000000000");
  refuse("\"cochleagram\"", "\"picture\"", "kind picture");
  refuse("null", "\"8\"", "dt_ms is \"8\"");
  refuse("[\"0\",\"1\"]", "[0,1]", "classes");
  refuse("[\"0\",\"1\"]", "{}", "classes is {}");
  refuse("[[\"ossicle-lyon\",\"0.1.0\"]]", "[[\"ossicle-lyon\"]]", "made_by");
  ear::Record record;
  const std::string json = ear::record_json(samples::record(ear::Kind::kRaster, "a"), 1);
  CHECK_THROWS_WITH(ear::parse_record(changed(json, "\"00000001\"", "\"1\""), record), Contains("npy_crc32"));
  CHECK_THROWS_WITH(ear::parse_record(changed(json, "8.5", "1e999"), record), Contains("malformed"));
  CHECK_THROWS_WITH(ear::parse_record(changed(json, "\"ada\"", "\"\xff\""), record), Contains("malformed"));
}

TEST_CASE("JSON nested deeper than the format is refused, however deep, and not parsed to its end") {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  const std::string header = ear::header_json(samples::header());
  for (const int depth : {4, 70'000, 1'000'000}) {  // beside the object itself
    const std::string text = changed(header, "\"classes\":[\"0\",\"1\"]", "\"classes\":" + nested(depth));
    CHECK_THROWS_WITH(ear::parse_header(text), "JSON nested deeper than 4 levels, which nothing of ours is");
    ear::Record record;
    const std::string json = ear::record_json(samples::record(ear::Kind::kRaster, "a"), 1);
    CHECK_THROWS_WITH(ear::parse_record(changed(json, "[]", nested(depth)), record), Contains("nested deeper"));
    CHECK_THROWS_WITH(ear::parse_end(changed(ear::end_json(7, 1), "7", nested(depth))), Contains("nested deeper"));
  }
  CHECK_THROWS_WITH(ear::parse_header(changed(header, "[\"0\",\"1\"]", nested(3))),
                    "field classes is [[[]]], wanted a list of strings");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK_THROWS_WITH(ear::parse_recipe("[" + objects), Contains("nested deeper"));
}

TEST_CASE("JSON of more objects and fields than the format has is refused before the time grows") {
  std::string fields;
  for (int i = 0; i < 100'000; ++i) fields += ",\"k" + std::to_string(i) + "\":0";
  const std::string wanted = "JSON of more than 4096 objects and fields";
  CHECK_THROWS_WITH(ear::parse_header(changed(ear::header_json(samples::header()), ",\"kind\"", fields + ",\"kind\"")),
                    wanted);
  ear::Record record;
  const std::string json = ear::record_json(samples::record(ear::Kind::kRaster, "a"), 1);
  CHECK_THROWS_WITH(ear::parse_record(changed(json, ",\"speaker\"", fields + ",\"speaker\""), record), wanted);
  std::string tools = "[{}";
  for (int i = 0; i < 100'000; ++i) tools += ",{}";
  CHECK_THROWS_WITH(ear::parse_recipe(tools + "]"), wanted);
  ear::Header header = samples::header();
  for (int i = 0; i < 5000; ++i) header.recipe.stages[0].params.emplace_back("p" + std::to_string(i), true);
  CHECK_THROWS_WITH(ear::header_json(header), wanted);
}

TEST_CASE("A value in a message is cut short, and without characters that a terminal would obey") {
  const auto refuse = [](const std::string& to, const std::string& message) {
    const std::string header = ear::header_json(samples::header());
    CHECK_THROWS_WITH(ear::parse_header(changed(header, "\"n_channels\":3", to)), message);
  };
  const std::string much(20'000, 'x'), shown(79, 'x');
  refuse("\"n_channels\":\"" + much + "\"",
         "field n_channels is \"" + shown + "..., wanted an integer from 0 to 2147483647");
  refuse("\"n_channels\":3,\"\\u001b[31m" + much + "\":1",
         "field \\e[31m" + std::string(75, 'x') + "... is unknown in version 2");
  refuse("\"n_channels\":3,\"" + much, "malformed JSON at byte 20079");
}

TEST_CASE("A text without its right seal is refused") {
  std::string text = ear::end_json(7, 1);
  CHECK_THROWS_WITH(ear::parse_end("{}"), Contains("too short"));
  CHECK_THROWS_WITH(ear::parse_end(text + "\n"), Contains("does not end in its checksum"));
  text[text.find('7')] = '6';
  CHECK_THROWS_WITH(ear::parse_end(text), Contains("altered"));
}

TEST_CASE("Text that is not UTF-8 is a caller's mistake") {
  ear::Record record = samples::record(ear::Kind::kRaster, "a");
  record.speaker = "\xc3";
  CHECK_THROWS_AS(ear::record_json(record, 0), std::invalid_argument);
}
