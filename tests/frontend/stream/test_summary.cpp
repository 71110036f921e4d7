#include "frontend/stream/summary.h"

#include <catch2/catch.hpp>

#include "tests/frontend/stream/samples.h"

using ear::Kind;
using ear::Summary;
using samples::record;

namespace {

Summary summary_of(Kind kind, const std::vector<ear::Record>& records) {
  const samples::Memory memory(samples::write(samples::header(kind), records));
  ear::Reader reader(memory.fd(), "sample");
  return ear::summarise(reader);
}

}  // namespace

TEST_CASE("A summary counts records, classes, speakers and steps") {
  const Kind kind = Kind::kRaster;
  std::vector<ear::Record> records = {record(kind, "a", 5), record(kind, "b", 1), record(kind, "c", 3)};
  records[1].label = records[2].speaker = "";
  Summary summary = summary_of(kind, records);
  CHECK(summary.n_records == 3);
  CHECK(summary.n_unlabelled == 1);
  CHECK(summary.n_bytes == 9 * 3);  // steps by channels, a byte each
  CHECK(summary.per_class == std::map<std::string, std::size_t>{{"0", 0}, {"1", 2}});
  CHECK(summary.per_speaker == std::map<std::string, std::size_t>{{"", 1}, {"ada", 2}});
  CHECK(summary.min_steps == 1);
  CHECK(summary.median_steps == 3);
  CHECK(summary.max_steps == 5);
  CHECK(summary.n_sequences == 0);
  records[2].label = "";
  records[2].sequence = {"1", "0"};
  summary = summary_of(kind, records);
  CHECK(summary.n_sequences == 1);
  CHECK(summary.n_unlabelled == 1);
  CHECK(summary.per_class["1"] == 1);
  records.pop_back();
  CHECK(summary_of(kind, records).median_steps == 3);
  records.pop_back();
  CHECK(summary_of(kind, records).median_steps == 5);
}

TEST_CASE("A summary's values are those of the arrays") {
  // Counts of one step: 0, 7000, 14000.
  const Summary counts = summary_of(Kind::kCounts, {record(Kind::kCounts, "a", 1)});
  CHECK(counts.values.min == 0);
  CHECK(counts.values.mean == 7000);
  CHECK(counts.values.max == 14000);
  // Six and twelve elements, each half 0 and half 1.
  const Summary raster = summary_of(Kind::kRaster, {record(Kind::kRaster, "a", 2), record(Kind::kRaster, "b", 4)});
  CHECK(raster.values.mean == 0.5);
  // One event a step.
  const Summary events = summary_of(Kind::kEvents, {record(Kind::kEvents, "a", 2), record(Kind::kEvents, "b", 4)});
  CHECK(events.values.min == 2);
  CHECK(events.values.mean == 3);
  CHECK(events.values.max == 4);
}

TEST_CASE("The summary of no records is all zeros") {
  const Summary summary = summary_of(Kind::kCochleagram, {});
  CHECK(summary.n_records == 0);
  CHECK(summary.median_steps == 0);
  CHECK(summary.values.mean == 0);
}
