#include "frontend/exchange/formats.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::error_of;
using exchange_support::slurp;

TEST_CASE("event_text: lines of channel and time, the middle of the step in the unit that was asked for") {
  const exchange_support::TempFolder temp;
  auto header = exchange_support::header(Kind::kCounts);
  ear::Record record{"k", "one", {}, "ada", 2, 3.0, 1, std::vector<std::uint16_t>{0, 2, 0, 1, 0, 0}};
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"s", "# channel time, s; 3 channels; 2 steps of 3 ms\n1 0.0015\n1 0.0015\n0 0.0045\n"},
      {"ms", "# channel time, ms; 3 channels; 2 steps of 3 ms\n1 1.5\n1 1.5\n0 4.5\n"},
      {"us", "# channel time, us; 3 channels; 2 steps of 3 ms\n1 1500\n1 1500\n0 4500\n"}};
  for (const auto& [unit, text] : wanted) {
    const std::string folder = temp.file("unit" + unit);
    std::filesystem::create_directory(folder);
    const auto writer = ear::make_text_writer(folder, folder, header, ear::parse_time_unit(unit));
    writer->write(record);
    CHECK(writer->close().empty());
    CHECK(slurp(folder + "/k.txt") == text);
    CHECK(slurp(folder + "/list.tsv") == "path\tlabel\tspeaker\tkey\nk.txt\tone\tada\tk\n");
    CHECK(slurp(folder + "/classes.txt") == "one\ntwo words\nd\u00fcrr\n");
  }
}

TEST_CASE("event_text: the events come back into their steps at the same width") {
  const exchange_support::TempFolder temp;
  auto header = exchange_support::header(Kind::kEvents);
  auto record = exchange_support::records(Kind::kEvents)[0];
  for (const double dt_ms : {0.001, 0.1, 1.0 / 3.0, 2.96, 3.0, 8.5}) {
    INFO(dt_ms);
    record.dt_ms = dt_ms;
    record.n_steps = 3000;
    std::vector<std::uint32_t> events;
    for (std::uint32_t step = 0; step < 3000; ++step) events.insert(events.end(), {step, step % 3});
    record.data = events;
    const std::string folder = temp.file(std::to_string(dt_ms));
    std::filesystem::create_directory(folder);
    const auto writer = ear::make_text_writer(folder, folder, header, ear::parse_time_unit("ms"));
    writer->write(record);
    writer->close();
    const auto entries = ear::parse_list(slurp(folder + "/list.tsv"), "list");
    auto text = std::make_unique<ear::TextEvents>(
        entries, ear::TextEventsParams{ear::parse_time_unit("ms"), 3, header.classes},
        [&](const ear::ListEntry& entry) { return std::pair(entry.path, slurp(folder + "/" + entry.path)); });
    ear::ForeignParams params;
    params.dt_ms = dt_ms;
    const auto source = ear::events_as_records(std::move(text), params, "text");
    record.decimation = 1;
    CHECK(samples::equal(exchange_support::read_all(*source).records, {record}));
  }
}

TEST_CASE("event_text: a key that is the name of another file") {
  const exchange_support::TempFolder temp;
  const auto header = exchange_support::header(Kind::kRaster);
  const auto writer = ear::make_text_writer(temp.path().string(), "out", header, {});
  auto record = exchange_support::records(Kind::kRaster)[0];
  record.key = "classes";
  writer->write(record);
  writer->close();
  CHECK(slurp(temp.file("classes.txt")) == "one\ntwo words\nd\u00fcrr\n");
  const auto entries = ear::parse_list(slurp(temp.file("list.tsv")), "list");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].path == "classes.events.txt");
  CHECK(entries[0].key == "classes");
  CHECK_THAT(slurp(temp.file(entries[0].path)), Contains("# channel time, s"));
}

TEST_CASE("event_text: what a list cannot hold is said or refused") {
  const exchange_support::TempFolder temp;
  auto header = exchange_support::header(Kind::kRaster);
  const auto writer = ear::make_text_writer(temp.path().string(), "out", header, {});
  auto records = exchange_support::records(Kind::kRaster);
  writer->write(records[1]);
  records[0].speaker = "a\tb";
  CHECK_THAT(error_of([&] { writer->write(records[0]); }), Contains("speaker 'a\\tb' holds the control character"));
  const auto notes = writer->close();
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Contains("words of 1 recordings"));
  CHECK_THAT(error_of([&] { ear::make_text_writer("x", "x", exchange_support::header(Kind::kCochleagram), {}); }),
             Contains("ossicle-encode"));
}
