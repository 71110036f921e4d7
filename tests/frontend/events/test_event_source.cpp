// What every reader of events demands of them.
#include <catch2/catch.hpp>
#include <limits>

#include "frontend/events/event_source.h"

using Catch::Contains;

namespace {

ear::EventRecord record(std::vector<double> times_s, std::vector<std::uint32_t> channels) {
  ear::EventRecord events;
  events.times_s = std::move(times_s);
  events.channels = std::move(channels);
  return events;
}

std::string error_of(std::vector<double> times_s, std::vector<std::uint32_t> channels) {
  auto events = record(std::move(times_s), std::move(channels));
  ear::check_events(events, 4);
  CHECK(events.times_s.empty());
  CHECK(events.channels.empty());
  return events.error;
}

}  // namespace

TEST_CASE("check_events: good events stay as they are") {
  auto events = record({0.0, 0.1, 0.1, 2.0}, {3, 1, 0, 2});
  ear::check_events(events, 4);
  CHECK(events.times_s == std::vector<double>{0.0, 0.1, 0.1, 2.0});
  CHECK(events.channels == std::vector<std::uint32_t>{3, 1, 0, 2});
  CHECK(events.warning.empty());
  CHECK(events.error.empty());
  auto none = record({}, {});
  ear::check_events(none, 4);
  CHECK(none.error.empty());
}

TEST_CASE("check_events: unsorted times are sorted and said, equal ones keep their order") {
  auto events = record({0.3, 0.1, 0.2, 0.3, 0.1}, {0, 1, 2, 3, 0});
  ear::check_events(events, 4);
  CHECK(events.times_s == std::vector<double>{0.1, 0.1, 0.2, 0.3, 0.3});
  CHECK(events.channels == std::vector<std::uint32_t>{1, 0, 2, 0, 3});
  CHECK_THAT(events.warning, Contains("3 of 5 events") && Contains("sorted"));
  CHECK(events.error.empty());
}

TEST_CASE("check_events: many equal times keep their order, too") {
  auto events = record(std::vector<double>(100, 0.5), {});
  events.times_s.back() = 0.1;
  for (std::uint32_t e = 0; e < 100; ++e) events.channels.push_back(e);
  ear::check_events(events, 100);
  REQUIRE(events.channels.size() == 100);
  CHECK(events.channels[0] == 99);
  for (std::uint32_t e = 1; e < 100; ++e) CHECK(events.channels[e] == e - 1);
}

TEST_CASE("check_events: the first bad event is named and nothing is left") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK_THAT(error_of({0.0, -0.5}, {0, 0}), Contains("event 1") && Contains("-0.5 s") && Contains("start"));
  CHECK_THAT(error_of({inf}, {0}), Contains("event 0") && Contains("not finite"));
  CHECK_THAT(error_of({0.0, std::numeric_limits<double>::quiet_NaN()}, {0, 0}), Contains("event 1: its time is nan"));
  CHECK_THAT(error_of({0.0, 0.1, 0.2}, {0, 3, 4}), Contains("event 2: channel 4 is not in 0 to 3"));
  CHECK_THAT(error_of({0.0, 0.1}, {0}), Contains("2 times and 1 channels"));
}
