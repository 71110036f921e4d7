#include "frontend/events/shd.h"

#include <catch2/catch.hpp>

#include "tests/frontend/events/hdf5_samples.h"
#include "tests/support/temp_folder.h"

using Catch::Contains;

namespace {

class ShdFixture {
 public:
  ShdFixture() : path(folder_.path() / "shd train.v2.h5") {
    file.recordings = {{{0.0, 0.25}, {0, 699}}, {{0.125}, {350}}, {{0.5, 0.75, 1.0}, {1, 2, 3}}};
    file.labels = {1, 0, 1};
    file.keys = {"zero", "eins"};
    file.speakers = {4, 11, 0};
  }

  std::vector<ear::EventRecord> read(ear::Shard shard = {}, ear::Hdf5Type type = ear::Hdf5Type::kFloat16) {
    samples::write_shd(path, file, type);
    ear::Shd source(ear::Hdf5Reader(path), shard);
    info = source.info();
    std::vector<ear::EventRecord> records;
    for (ear::EventRecord record; source.next(record);) records.push_back(record);
    CHECK(source.info().n_records == records.size());
    return records;
  }

 private:
  support::TempFolder folder_;

 public:
  std::string path;
  samples::ShdFile file;
  ear::EventSourceInfo info;
};

}  // namespace

TEST_CASE("SHD: recordings in order, times of any float type") {
  ShdFixture shd;
  for (const auto type : {ear::Hdf5Type::kFloat16, ear::Hdf5Type::kFloat32, ear::Hdf5Type::kFloat64}) {
    const auto records = shd.read({}, type);
    CHECK(shd.info.n_channels == 700);
    CHECK(shd.info.name == shd.path);
    CHECK(shd.info.classes == std::vector<std::string>{"zero", "eins"});
    REQUIRE(records.size() == 3);
    CHECK(records[0].key == "shd_train_v2_000000");
    CHECK(records[0].label == "eins");
    CHECK(records[0].speaker == "4");
    CHECK(records[0].times_s == std::vector<double>{0.0, 0.25});
    CHECK(records[0].channels == std::vector<std::uint32_t>{0, 699});
    CHECK(records[1].label == "zero");
    CHECK(records[1].speaker == "11");
    CHECK(records[2].key == "shd_train_v2_000002");
    CHECK(records[2].times_s == std::vector<double>{0.5, 0.75, 1.0});
  }
}

TEST_CASE("SHD: without names and speakers the classes are numbers") {
  ShdFixture shd;
  shd.file.keys.clear();
  shd.file.speakers.clear();
  shd.file.labels = {1, 3, 0};
  const auto records = shd.read();
  CHECK(shd.info.classes == std::vector<std::string>{"0", "1", "2", "3"});
  CHECK_THAT(shd.info.notes.at(0), Contains("no /extra/keys"));
  CHECK(records.at(1).label == "3");
  CHECK(records.at(1).speaker.empty());
}

TEST_CASE("SHD: shards are contiguous and keep the keys of the whole") {
  ShdFixture shd;
  const auto second = shd.read({2, 2});
  REQUIRE(second.size() == 2);
  CHECK(shd.read({1, 2}).size() == 1);
  CHECK(second[0].key == "shd_train_v2_000001");
  CHECK(second[1].key == "shd_train_v2_000002");
}

TEST_CASE("SHD: a recording that cannot be used says why, and the others are read") {
  ShdFixture shd;
  shd.file.recordings = {{{}, {}}, {{0.5, 0.25}, {1, 2}}, {{0.1}, {1, 2}}, {{0.1}, {700}}, {{0.1}, {1}}, {{0.1}, {1}}};
  shd.file.labels = {0, 0, 0, 0, 2, -1};
  shd.file.speakers.clear();
  const auto records = shd.read();
  REQUIRE(records.size() == 6);
  CHECK_THAT(records[0].error, Contains("not a single event"));
  CHECK(records[1].error.empty());
  CHECK_THAT(records[1].warning, Contains("sorted"));
  CHECK(records[1].channels == std::vector<std::uint32_t>{2, 1});
  CHECK_THAT(records[2].error, Contains("1 times and 2 channels"));
  CHECK_THAT(records[3].error, Contains("channel 700"));
  CHECK_THAT(records[4].error, Contains("label 2 has no class; there are 2"));
  CHECK_THAT(records[5].error, Contains("label -1"));
}

TEST_CASE("SHD: lists of other sizes than the labels, and bad class names, are errors of the file") {
  ShdFixture shd;
  shd.file.labels.pop_back();
  CHECK_THROWS_WITH(shd.read(), Contains("/spikes/times has the shape (3), but there are 2 labels"));
  shd.file.labels = {0, 0, 0};
  shd.file.keys = {"a", "a"};
  CHECK_THROWS_WITH(shd.read(), Contains("class name 'a' is there twice"));
  shd.file.keys = {"a", ""};
  CHECK_THROWS_WITH(shd.read(), Contains("is empty"));
  shd.file = {};
  CHECK_THROWS_WITH(shd.read(), Contains("holds no recording"));
}

TEST_CASE("SHD: speakers of another number than the recordings are left out and said") {
  ShdFixture shd;
  shd.file.speakers = {1};
  CHECK(shd.read().at(0).speaker.empty());
  CHECK_THAT(shd.info.notes.at(0), Contains("1 speakers for 3 recordings"));
}
