#include "frontend/events/stored_events.h"

#include <catch2/catch.hpp>
#include <limits>

using Catch::Contains;

namespace {

ear::EventRecord stored(std::vector<double> times_s, const std::vector<double>& channels) {
  ear::EventRecord record;
  ear::set_stored_events(record, std::move(times_s), channels, 64);
  return record;
}

}  // namespace

TEST_CASE("Stored events: numbers become times and channels, sorted where they were not") {
  const auto record = stored({0.2, 0.1, 0.3}, {63, 0, 7});
  CHECK(record.error.empty());
  CHECK_THAT(record.warning, Contains("1 of 3"));
  CHECK(record.times_s == std::vector<double>{0.1, 0.2, 0.3});
  CHECK(record.channels == std::vector<std::uint32_t>{0, 63, 7});
}

TEST_CASE("Stored events: what cannot be used is an error that says what was found, and leaves no event") {
  const auto check = [](std::vector<double> times_s, const std::vector<double>& channels, const std::string& message) {
    const auto record = stored(std::move(times_s), channels);
    CHECK_THAT(record.error, Contains(message));
    CHECK(record.times_s.empty());
    CHECK(record.channels.empty());
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check({}, {}, "not a single event");
  check({0.1, 0.2}, {1}, "2 times but 1 channels");
  check({0.1, 0.2}, {1, 64}, "event 1: channel 64 is none of 0 to 63");
  check({0.1}, {-1}, "event 0: channel -1");
  check({0.1}, {1.5}, "channel 1.5");
  check({0.1}, {nan}, "channel nan");
  check({0.1}, {1e300}, "channel 1e+300");
  check({0.1, -0.2}, {1, 1}, "event 1: its time is -0.2");
  check({nan}, {1}, "not finite");
}

TEST_CASE("Stored events: messages show printable text of bounded length") {
  CHECK(ear::printable("man\n\x1b[1m\xc3\xa9") == "man??[1m??");
  CHECK(ear::printable(std::string(1000, 'x')).size() == 200);
  CHECK(ear::reason_without_name("a/b.h5: /x: bad", "a/b.h5") == "/x: bad");
  CHECK(ear::reason_without_name("bad", "a/b.h5") == "bad");
}
