#include "frontend/events/frame.h"

#include <catch2/catch.hpp>

namespace {

ear::EventRecord sample_record() {
  ear::EventRecord record;
  record.key = "man-im-a-75";
  record.sequence = {"7", "5"};
  record.speaker = "man-im";
  record.times_s = {0.0, 0.25, 1e-9};
  record.channels = {0, 63, 4294967295U};
  record.duration_s = 0.9;
  record.resolution_s = 0.001;
  record.warning = "sorted";
  record.error = "none";
  return record;
}

}  // namespace

TEST_CASE("Frames: what is sent is received, field by field") {
  const auto sent = sample_record();
  ear::EventRecord got;
  REQUIRE(ear::from_bytes(ear::to_bytes(sent), got));
  CHECK(got.key == sent.key);
  CHECK(got.label.empty());
  CHECK(got.sequence == sent.sequence);
  CHECK(got.speaker == sent.speaker);
  CHECK(got.times_s == sent.times_s);
  CHECK(got.channels == sent.channels);
  CHECK(got.duration_s == sent.duration_s);
  CHECK(got.resolution_s == sent.resolution_s);
  CHECK(got.warning == sent.warning);
  CHECK(got.error == sent.error);

  const ear::EventSourceInfo info{"a.h5", 64, {"o", "1"}, {"2 recordings"}, 1ULL << 40};
  ear::EventSourceInfo got_info;
  REQUIRE(ear::from_bytes(ear::to_bytes(info), got_info));
  CHECK(got_info.name == info.name);
  CHECK(got_info.n_channels == 64);
  CHECK(got_info.classes == info.classes);
  CHECK(got_info.notes == info.notes);
  CHECK(got_info.n_records == info.n_records);
}

TEST_CASE("Frames: bytes that are cut, too many or claim huge sizes are refused") {
  const std::string bytes = ear::to_bytes(sample_record());
  ear::EventRecord record;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(ear::from_bytes(bytes.substr(0, size), record));
  }
  CHECK_FALSE(ear::from_bytes(bytes + "x", record));
  for (std::size_t place = 0; place + 8 <= bytes.size(); ++place) {
    std::string huge = bytes;
    huge.replace(place, 8, 8, '\xff');
    ear::from_bytes(huge, record);  // may be whole where only numbers or letters changed; must take no memory for it
  }
}
