#include "frontend/events/stored_events.h"

#include <catch2/catch.hpp>
#include <limits>
#include <new>

#include "frontend/hdf5/hdf5_file.h"

using Catch::Contains;

namespace {

ear::EventRecord stored(std::vector<double> times_s, const std::vector<double>& channels) {
  ear::EventRecord record;
  ear::set_stored_events(
      record,
      [&]() -> ear::StoredEvents {
        return {times_s, channels};
      },
      64, "a.h5");
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
  check({0.1, 0.2}, {1}, "2 times and 1 channels");
  check({0.1, 0.2}, {1, 64}, "event 1: channel 64 is not in 0 to 63");
  check({0.1}, {-1}, "event 0: channel -1");
  check({0.1}, {1.5}, "channel 1.5");
  check({0.1}, {nan}, "channel nan");
  check({0.1}, {1e300}, "channel 1e+300");
  check({0.1, -0.2}, {1, 1}, "event 1: its time is -0.2");
  check({nan}, {1}, "not finite");
}

TEST_CASE("Stored events: lists that cannot be read are an error of the recording alone") {
  const auto error_of = [](auto thrown) {
    ear::EventRecord record;
    ear::set_stored_events(
        record, [&]() -> ear::StoredEvents { throw thrown; }, 64, "a/b.h5");
    return record.error;
  };
  CHECK(error_of(std::runtime_error("a/b.h5: /x: bad")) == "/x: bad");
  CHECK(error_of(std::runtime_error("bad")) == "bad");
  CHECK_THAT(error_of(std::bad_alloc()), Contains("memory"));
  CHECK_THROWS_AS(error_of(ear::Hdf5Refused("an external link")), ear::Hdf5Refused);
}
