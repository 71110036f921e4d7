#include "frontend/exchange/formats.h"

#include <catch2/catch.hpp>

#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using exchange_support::error_of;

namespace {

class Fixed : public ear::EventSource {
 public:
  explicit Fixed(std::vector<ear::EventRecord> records) : records_(std::move(records)) {
    info_ = {"fixed", 3, {"a", "b"}, {"a note"}};
  }
  const ear::EventSourceInfo& info() const override { return info_; }
  bool next(ear::EventRecord& record) override {
    if (next_ == records_.size()) return false;
    record = records_[next_++];
    return true;
  }

 private:
  ear::EventSourceInfo info_;
  std::vector<ear::EventRecord> records_;
  std::size_t next_ = 0;
};

ear::EventRecord event_record(std::vector<double> times_s, std::vector<std::uint32_t> channels,
                              double duration_s = 0.0) {
  ear::EventRecord record;
  record.key = "k";
  record.label = "b";
  record.speaker = "ada";
  record.times_s = std::move(times_s);
  record.channels = std::move(channels);
  record.duration_s = duration_s;
  return record;
}

ear::ReadRecord item_of(const ear::EventRecord& record, const ear::ForeignParams& params = {}) {
  const auto source = ear::events_as_records(std::make_unique<Fixed>(std::vector{record}), params, "test");
  ear::ReadRecord item;
  REQUIRE(source->next(item));
  ear::ReadRecord none;
  CHECK_FALSE(source->next(none));
  return item;
}

}  // namespace

TEST_CASE("event_records: events fall into the steps that begin before them") {
  ear::ForeignParams params;
  params.dt_ms = 3.0;
  // 0.009 s is a multiple of the step as a person writes it, and begins step 3.
  const auto item = item_of(event_record({0.0, 0.0029, 0.003, 0.009}, {2, 0, 1, 1}), params);
  CHECK(samples::equal(item.record,
                       {"k", "b", {}, "ada", 4, 3.0, 1, std::vector<std::uint32_t>{0, 2, 0, 0, 1, 1, 3, 1}}));
  CHECK(item_of(event_record({0.001}, {0}, 0.030), params).record.n_steps == 10);
  CHECK(item_of(event_record({}, {}), params).record.n_steps == 1);
  const auto source = ear::events_as_records(std::make_unique<Fixed>(std::vector<ear::EventRecord>{}), params, "shd");
  CHECK(source->header().classes == std::vector<std::string>{"a", "b"});
  CHECK(source->header().n_channels == 3);
  CHECK(source->header().dt_ms == 3.0);
  CHECK(ear::get<std::string>(source->header().recipe.stages.at(0), "from") == "shd");
  CHECK(ear::get<double>(source->header().recipe.stages.at(0), "dt_ms") == 3.0);
  CHECK(source->notes() == std::vector<std::string>{"a note"});
}

TEST_CASE("event_records: a step of 1 us is the default") {
  const auto item = item_of(event_record({0.5}, {2}));
  CHECK(item.record.dt_ms == 0.001);
  CHECK(item.record.data == ear::Array(std::vector<std::uint32_t>{500'000, 2}));
}

TEST_CASE("event_records: errors and warnings keep their record") {
  auto bad = event_record({}, {});
  bad.error = "no events";
  CHECK(item_of(bad).error == "record k: no events");
  auto sorted = event_record({0.1}, {1});
  sorted.warning = "sorted";
  CHECK(item_of(sorted).warning == "record k: sorted");
  CHECK_THAT(item_of(event_record({3000.0}, {1})).error,
             Contains("record k: 3000 s are more than") && Contains("--dt-ms"));
  CHECK_THAT(item_of(event_record({1e300}, {1})).error, Contains("--dt-ms"));
  auto label = event_record({0.1}, {1});
  label.label = "c";
  CHECK_THAT(item_of(label).error, Contains("record k: label c"));
}

TEST_CASE("event_records: params that do not fit are refused") {
  const auto open = [](const ear::ForeignParams& params) {
    return error_of(
        [&] { ear::events_as_records(std::make_unique<Fixed>(std::vector<ear::EventRecord>{}), params, "test"); });
  };
  CHECK_THAT(open({0.0, {}, {}}), Contains("step of 0 ms"));
  CHECK_THAT(open({{}, ear::Kind::kCounts, {}}), Contains("ossicle-rebin"));
  CHECK_THAT(open({{}, {}, {"x"}}), Contains("leave --classes out"));
}
