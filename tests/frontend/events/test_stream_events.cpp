// Streams of events, rasters and counts as sources of events.
#include <catch2/catch.hpp>

#include "frontend/events/rebin.h"
#include "frontend/events/stream_events.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;

namespace {

/// The events of an array of three channels with steps of 2 ms.
ear::EventRecord events_of(const ear::Array& array) {
  ear::EventRecord events;
  ear::events_of_array(array, 3, 2.0, events);
  return events;
}

ear::StreamEvents source_of(ear::Reader& reader) {
  return {reader.header(), "s.tar", [&reader](ear::Record& record) { return reader.next(record); }};
}

using Times = std::vector<double>;
using Channels = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("stream events: an event lies in the middle of its step, a count of n is n events") {
  const auto raster = events_of(std::vector<std::uint8_t>{0, 1, 0, 1, 0, 1});
  CHECK(raster.times_s == Times{0.001, 0.003, 0.003});
  CHECK(raster.channels == Channels{1, 0, 2});
  const auto counts = events_of(std::vector<std::uint16_t>{0, 2, 0, 1, 0, 3});
  CHECK(counts.times_s == Times{0.001, 0.001, 0.003, 0.003, 0.003, 0.003});
  CHECK(counts.channels == Channels{1, 1, 0, 2, 2, 2});
  const auto pairs = events_of(std::vector<std::uint32_t>{0, 2, 0, 1, 5, 0});
  CHECK(pairs.times_s == Times{0.001, 0.001, 0.011});
  CHECK(pairs.channels == Channels{2, 1, 0});
  CHECK_THROWS_AS(events_of(std::vector<float>{0.5F, 0.5F, 0.5F}), std::invalid_argument);
}

TEST_CASE("stream events: more events than fit are one record's error, found before memory is taken") {
  const std::vector<std::uint16_t> cells(3 * 400, 65'535);
  samples::largest_allocation();
  const auto events = events_of(cells);
  CHECK_THAT(events.error, Contains("78642000 events, at most 67108864"));
  CHECK(events.times_s.empty());
  CHECK(samples::largest_allocation() < 1'000'000);
}

TEST_CASE("stream events: records come with label, sequence, speaker and duration") {
  auto header = samples::header(Kind::kRaster);
  auto first = samples::record(Kind::kRaster, "a", 4);
  auto second = samples::record(Kind::kRaster, "b", 4);
  second.label.clear();
  second.sequence = {"1", "0"};
  second.data = std::vector<std::uint8_t>(12, 0);
  const samples::Memory memory(samples::write(header, {first, second}));
  ear::Reader reader(memory.fd(), "s.tar");
  auto source = source_of(reader);
  CHECK(source.info().name == "s.tar");
  CHECK(source.info().n_channels == 3);
  CHECK(source.info().classes == std::vector<std::string>{"0", "1"});
  ear::EventRecord record;
  REQUIRE(source.next(record));
  CHECK(record.key == "a");
  CHECK(record.label == "1");
  CHECK(record.speaker == "ada");
  CHECK(record.duration_s == Approx(4 * first.dt_ms / 1000.0).epsilon(1e-15));
  CHECK(record.resolution_s == Approx(first.dt_ms / 1000.0).epsilon(1e-15));
  REQUIRE(source.next(record));
  CHECK(record.label.empty());
  CHECK(record.sequence == std::vector<std::string>{"1", "0"});
  CHECK(record.times_s.empty());
  CHECK(ear::rebin(record, 3, {.bin_ms = second.dt_ms}).n_steps == 4);
  CHECK_FALSE(source.next(record));
}

TEST_CASE("stream events: rebinned at its own width a raster or counts is itself") {
  for (const double dt_ms : {0.1, 1.0, 3.0, 5.3, 7.7}) {
    const auto fine = samples::record(Kind::kCounts, "a", 40);
    ear::EventRecord events;
    events.duration_s = 40 * dt_ms / 1000.0;
    ear::events_of_array(fine.data, 3, dt_ms, events);
    const auto same = ear::rebin(events, 3, {.bin_ms = dt_ms, .counts = true});
    CHECK(same.n_steps == 40);
    CHECK(same.data == fine.data);
  }
}

TEST_CASE("stream events: a stream of cochleagrams is refused with what to use") {
  const samples::Memory memory(samples::write(samples::header(), {samples::record(Kind::kCochleagram, "a")}));
  ear::Reader reader(memory.fd(), "s.tar");
  CHECK_THROWS_WITH(source_of(reader), Contains("s.tar: a stream of cochleagrams") && Contains("ossicle-encode"));
}

TEST_CASE("stream events: a cut stream is an error, after the records before it") {
  const auto header = samples::header(Kind::kEvents);
  std::string bytes =
      samples::write(header, {samples::record(Kind::kEvents, "a"), samples::record(Kind::kEvents, "b")});
  bytes.resize(bytes.find("b.json"));
  const samples::Memory memory(bytes);
  ear::Reader reader(memory.fd(), "s.tar");
  auto source = source_of(reader);
  ear::EventRecord record;
  CHECK(source.next(record));
  CHECK_THROWS_WITH(source.next(record), Contains("s.tar"));
}
