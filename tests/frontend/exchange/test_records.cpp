#include "frontend/exchange/records.h"

#include <catch2/catch.hpp>
#include <limits>

#include "frontend/stream/list.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::error_of;

namespace {

struct Sink : ear::RecordWriter {
  explicit Sink(ear::Header header) : RecordWriter("out", std::move(header)) {}
  std::vector<std::string> close() override { return {}; }
  void put(const ear::Record& record) override { keys.push_back(record.key); }
  std::vector<std::string> keys;
};

std::string refused(Kind kind, double value) {
  return error_of([&] { ear::array_of(kind, std::vector<double>{0, 1, 0, value}, 2); });
}

}  // namespace

TEST_CASE("records: a sink takes what FORMAT.md allows, each key once") {
  Sink sink(exchange_support::header(ear::Kind::kRaster));
  const auto records = exchange_support::records(ear::Kind::kRaster);
  sink.write(records[0]);
  CHECK_THAT(error_of([&] { sink.write(records[0]); }), Contains("out: key b-1 stands twice"));
  auto bad = records[1];
  bad.n_steps = 0;
  CHECK_THAT(error_of([&] { sink.write(bad); }), Contains("out: record a_2: n_steps is 0"));
  sink.write(records[1]);
  CHECK(sink.keys == std::vector<std::string>{"b-1", "a_2"});
  ear::Header header;
  CHECK_THAT(error_of([&] { Sink{header}; }), Contains("out: n_channels is 0"));
}

TEST_CASE("records: names become keys, and two names never the same one") {
  ear::KeyMaker key_of;
  CHECK(key_of("a-B_9") == "a-B_9");
  CHECK(key_of.note().empty());
  CHECK(key_of("a/b.c") == "a_b_c");
  CHECK(key_of("d\u00fcrr") == "d__rr");
  CHECK_THAT(key_of.note(), Contains("2 names") && Contains("'a/b.c' is now a_b_c"));
  CHECK_THAT(error_of([&] { key_of("a-B_9"); }), Contains("key a-B_9 stands twice"));
  CHECK(key_of("a.b.c") == ear::with_hash("a_b_c", "a.b.c"));
  CHECK(key_of("a_b_c") == ear::with_hash("a_b_c", "a_b_c"));
  CHECK_THAT(error_of([&] { key_of("a.b.c"); }), Contains("key a.b.c stands twice"));
  CHECK_THAT(error_of([&] { key_of("a/b.c"); }), Contains("key a/b.c stands twice"));
  CHECK(key_of("\u4f60\u597d") == "______");
  CHECK(key_of("\u518d\u89c1") == "______-23da0fa6ffa52aeb");  // FNV-1a of the name
  CHECK(key_of(std::string(200, '.')) == std::string(200, '_'));
  CHECK(key_of(std::string(200, '/')).size() == 200);
  CHECK_THAT(error_of([&] { key_of(""); }), Contains("of 0 characters"));
  CHECK_THAT(error_of([&] { key_of("__end__"); }), Contains("reserved"));
  CHECK(key_of(std::string(200, 'k')).size() == 200);
  CHECK_THAT(error_of([&] { key_of(std::string(201, 'k')); }), Contains("of 201 characters"));
}

TEST_CASE("records: a header of records from elsewhere says from where") {
  const auto header = ear::foreign_header(ear::Kind::kCounts, 5, {"a"}, 2.0, "npz");
  CHECK(header.n_channels == 5);
  CHECK(header.recipe.stages == std::vector<ear::RecipeStage>{{"ossicle-convert", {{"from", std::string("npz")}}}});
  CHECK_THROWS_AS(ear::foreign_header(ear::Kind::kCounts, 5, {"a", "a"}, 2.0, "npz"), std::invalid_argument);
  CHECK(ear::classes_or_sorted({}, {"b", "", "a", "b"}) == std::vector<std::string>{"a", "b"});
  CHECK(ear::classes_or_sorted({"z"}, {"b"}) == std::vector<std::string>{"z"});
}

TEST_CASE("records: the length of a step comes from one place") {
  ear::ForeignParams params;
  CHECK_THAT(error_of([&] { ear::require_dt(params, {}, "a.npz"); }),
             Contains("a.npz: does not say") && Contains("--dt-ms"));
  CHECK(ear::require_dt(params, 3.0, "a.npz") == 3.0);
  CHECK_THROWS_AS(ear::require_dt(params, 0.0, "a.npz"), std::invalid_argument);
  ear::require_no_params(params, "a.npz");
  params.dt_ms = 2.0;
  CHECK(ear::require_dt(params, {}, "a.npz") == 2.0);
  CHECK_THAT(error_of([&] { ear::require_dt(params, 3.0, "a.npz"); }), Contains("says itself that a step has 3 ms"));
  CHECK_THAT(error_of([&] { ear::require_no_params(params, "a.npz"); }), Contains("--dt-ms"));
  CHECK_THAT(error_of([&] { ear::require_no_params({{}, ear::Kind::kCounts, {}}, "a.npz"); }), Contains("--kind"));
  CHECK_THAT(error_of([&] { ear::require_no_params({{}, {}, {"a"}}, "a.npz"); }), Contains("--classes"));
}

TEST_CASE("records: numbers become arrays of their kind, others are named with step and channel") {
  const std::vector<float> values = {0, 1, 1, 0};
  CHECK(ear::array_of(Kind::kRaster, values, 2) == ear::Array(std::vector<std::uint8_t>{0, 1, 1, 0}));
  CHECK(ear::array_of(Kind::kCounts, values, 2) == ear::Array(std::vector<std::uint16_t>{0, 1, 1, 0}));
  CHECK(ear::array_of(Kind::kCochleagram, values, 2) == ear::Array(values));
  CHECK(ear::array_of(Kind::kCochleagram, std::vector<double>{0.1}, 1) == ear::Array(std::vector<float>{0.1F}));
  CHECK_THAT(refused(Kind::kRaster, 2), Contains("value 2 at step 1, channel 1; wanted 0 or 1"));
  CHECK_FALSE(refused(Kind::kRaster, 0.5).empty());
  CHECK_FALSE(refused(Kind::kRaster, -1).empty());
  CHECK_FALSE(refused(Kind::kCounts, 65536).empty());
  CHECK(refused(Kind::kCounts, 65535).empty());
  CHECK_FALSE(refused(Kind::kCounts, std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK_FALSE(refused(Kind::kCochleagram, std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK_FALSE(refused(Kind::kCochleagram, 1e39).empty());
  CHECK_THROWS_AS(ear::array_of(Kind::kEvents, values, 2), std::invalid_argument);
}

TEST_CASE("records: the checksum is that of the array's member in a stream") {
  for (const Kind kind : {Kind::kCochleagram, Kind::kRaster, Kind::kCounts, Kind::kEvents}) {
    const auto header = exchange_support::header(kind);
    for (const auto& record : exchange_support::records(kind)) {
      const std::string stream = samples::write(header, {record});
      const std::uint32_t crc = samples::slow_crc(samples::contents_of(stream, record.key + ".npy"));
      CHECK(ear::npy_crc(header, record) == crc);
      ear::check_own_record(header, record, crc, "run");
      CHECK_THAT(error_of([&] { ear::check_own_record(header, record, crc + 1, "run"); }),
                 Contains(record.key) && Contains("run"));
    }
  }
}
