#include "frontend/events/ntidigits.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/frontend/events/hdf5_samples.h"
#include "tests/support/temp_folder.h"

using Catch::Contains;
using ear::NtidigitsParams;
using samples::NtidigitsPart;

namespace {

/// Four speakers, two of each group; each says o and 7 and 3z in both samples. A child among them.
class Corpus {
 public:
  Corpus() : path_(folder_.path() / "n-tidigits18.hdf5") {
    for (const char* speaker : {"man-im", "woman-ae"}) add(train, speaker);
    for (const char* speaker : {"man-bn", "boy-cc"}) add(test, speaker);
  }

  std::vector<ear::EventRecord> read(const NtidigitsParams& params, ear::Shard shard = {}) {
    samples::write_ntidigits(path_, train, test);
    ear::Ntidigits source(ear::Hdf5Reader(path_), params, shard);
    notes = source.info().notes;
    classes = source.info().classes;
    CHECK(source.info().n_channels == 64);
    CHECK(source.info().name == path_);
    std::vector<ear::EventRecord> records;
    for (ear::EventRecord record; source.next(record);) records.push_back(record);
    CHECK(source.info().n_records == records.size());
    return records;
  }

  NtidigitsPart train;
  NtidigitsPart test;
  std::vector<std::string> notes;
  std::vector<std::string> classes;

 private:
  static void add(NtidigitsPart& part, const std::string& speaker) {
    for (const char* sample : {"a", "b"}) {
      for (const char* digits : {"o", "7", "3z"}) {
        const double first_s = static_cast<double>(part.labels.size()) / 1024;  // exact in binary, its own for each
        part.add(speaker + "-" + sample + "-" + digits, {{first_s, 0.5, 0.75}, {0, 63, 5}});
      }
    }
  }

  support::TempFolder folder_;
  std::string path_;
};

std::vector<std::string> keys(const std::vector<ear::EventRecord>& records) {
  std::vector<std::string> found;
  for (const auto& record : records) found.push_back(record.key);
  return found;
}

}  // namespace

TEST_CASE("N-TIDIGITS: the official split gives a group's single digits, in the order of the labels") {
  Corpus corpus;
  const auto records = corpus.read({});
  CHECK(keys(records) == std::vector<std::string>{"man-im-a-o", "man-im-a-7", "man-im-b-o", "man-im-b-7",
                                                  "woman-ae-a-o", "woman-ae-a-7", "woman-ae-b-o", "woman-ae-b-7"});
  const auto& second = records[1];
  CHECK(second.label == "7");
  CHECK(second.sequence.empty());
  CHECK(second.speaker == "man-im");
  CHECK(second.times_s == std::vector<double>{1.0 / 1024, 0.5, 0.75});
  CHECK(second.channels == std::vector<std::uint32_t>{0, 63, 5});
  CHECK(second.error.empty());
  CHECK(corpus.classes == std::vector<std::string>{"o", "1", "2", "3", "4", "5", "6", "7", "8", "9", "z"});
  CHECK_THAT(corpus.notes.at(0), Contains("8 single digits where 2464 are published"));
  CHECK_THAT(corpus.notes.at(1), Contains("4 recordings of several digits left out"));
  CHECK(corpus.read({.part = "test"}).size() == 8);
  CHECK_THAT(corpus.notes.at(0), Contains("2486"));
}

TEST_CASE("N-TIDIGITS: the ab split trains on sample a of every adult and tests on b") {
  Corpus corpus;
  const auto train = corpus.read({.split = "ab"});
  CHECK(keys(train) == std::vector<std::string>{"man-im-a-o", "man-im-a-7", "woman-ae-a-o", "woman-ae-a-7",
                                                "man-bn-a-o", "man-bn-a-7"});
  CHECK_THAT(corpus.notes.at(0), Contains("2475"));
  const auto test = corpus.read({.part = "test", .split = "ab"});
  CHECK(keys(test) == std::vector<std::string>{"man-im-b-o", "man-im-b-7", "woman-ae-b-o", "woman-ae-b-7", "man-bn-b-o",
                                               "man-bn-b-7"});
}

TEST_CASE("N-TIDIGITS: sequences keep every recording, and one of a single digit has a label") {
  Corpus corpus;
  const auto records = corpus.read({.sequences = true});
  REQUIRE(records.size() == 12);
  CHECK(records[2].key == "man-im-a-3z");
  CHECK(records[2].label.empty());
  CHECK(records[2].sequence == std::vector<std::string>{"3", "z"});
  CHECK(records[0].label == "o");
  CHECK(records[0].sequence.empty());
  CHECK(corpus.notes.empty());
}

TEST_CASE("N-TIDIGITS: the published counts are recognised") {
  Corpus corpus;
  corpus.train = {};
  for (int i = 0; i < 2464; ++i) corpus.train.labels.push_back("man-" + std::to_string(i) + "-a-1");
  CHECK(corpus.read({}).size() == 2464);
  CHECK(corpus.notes == std::vector<std::string>{"2464 single digits, as published"});
}

TEST_CASE("N-TIDIGITS: the class map is the caller's, of those eleven classes") {
  Corpus corpus;
  const std::vector<std::string> z_first = {"z", "1", "2", "3", "4", "5", "6", "7", "8", "9", "o"};
  corpus.read({.classes = z_first});
  CHECK(corpus.classes == z_first);
  CHECK_THROWS_AS(corpus.read({.classes = {"o", "1"}}), std::invalid_argument);
  CHECK_THROWS_AS(corpus.read({.classes = {"zo", "1", "2", "3", "4", "5", "6", "7", "8", "9"}}), std::invalid_argument);
}

TEST_CASE("N-TIDIGITS: shards are contiguous and together the whole") {
  Corpus corpus;
  const auto whole = keys(corpus.read({}));
  for (const int count : {1, 3, 8, 11}) {
    std::vector<std::string> parts;
    for (int index = 1; index <= count; ++index) {
      for (const auto& key : keys(corpus.read({}, {index, count}))) parts.push_back(key);
    }
    CHECK(parts == whole);
  }
}

TEST_CASE("N-TIDIGITS: a recording that cannot be used says why, and the others are read") {
  Corpus corpus;
  auto& train = corpus.train;
  const samples::Events good = {{0.1}, {1}};
  train.add("man-zz-a-1", good);
  train.times_s.erase("man-zz-a-1");
  train.add("man-zz-a-2", good);
  train.addresses.erase("man-zz-a-2");
  train.add("man-zz-a-3", {{0.1, 0.2}, {1}});
  train.add("man-zz-a-4", {{}, {}});
  train.add("man-zz-a-5", {{-0.1}, {1}});
  train.add("man-zz-a-6", {{0.1}, {64}});
  train.add("man-zz-a-8", {{0.2, 0.1}, {1, 2}});
  for (const char* label : {"man-zz-a-x", "man-zz-1", "man zz-a-1", "man-im-a-o", "man--a-1", "man-zz-a-"}) {
    train.labels.push_back(label);
  }
  const auto records = corpus.read({});
  REQUIRE(records.size() == 8 + 7 + 6);
  const auto check = [&](std::size_t i, const std::string& key, const std::string& error) {
    CHECK(records[8 + i].key == key);
    CHECK_THAT(records[8 + i].error, Contains(error));
    CHECK(records[8 + i].times_s.empty());
  };
  check(0, "man-zz-a-1", "there is no /train_timestamps/man-zz-a-1");
  check(1, "man-zz-a-2", "there is no /train_addresses/man-zz-a-2");
  check(2, "man-zz-a-3", "2 times and 1 channels");
  check(3, "man-zz-a-4", "not a single event");
  check(4, "man-zz-a-5", "its time is -0.1");
  check(5, "man-zz-a-6", "channel 64");
  CHECK(records[14].error.empty());
  CHECK_THAT(records[14].warning, Contains("sorted"));
  check(7, "man-zz-a-x", "unknown digit 'x'");
  check(8, "man-zz-1", "not of the form gender-speaker-sample-digits");
  check(9, "man zz-a-1", "cannot be a key");
  check(10, "man-im-a-o", "stands twice");
  check(11, "man--a-1", "not of the form");
  check(12, "man-zz-a-", "not of the form");
}

TEST_CASE("N-TIDIGITS: nothing selected, or a list missing, is an error of the file") {
  Corpus corpus;
  corpus.train = {};
  corpus.train.labels = {"man-im-a-12"};
  CHECK_THROWS_WITH(corpus.read({}), Contains("no recording is selected; 1 of several digits"));

  const support::TempFolder folder;
  const std::string path = folder.path() / "part.h5";
  {
    ear::Hdf5Writer writer(path);
    writer.strings("/train_labels", std::vector<std::string>{"man-im-a-1"});
    writer.group("/train_timestamps");
    writer.close();
  }
  CHECK_THROWS_WITH(ear::Ntidigits(ear::Hdf5Reader(path), {}, {}), Contains(path) && Contains("no /train_addresses"));
  CHECK_THROWS_WITH(ear::Ntidigits(ear::Hdf5Reader(path), {.part = "test"}, {}), Contains("no /test_labels"));
  CHECK_THROWS_WITH(ear::Ntidigits(ear::Hdf5Reader(path), {.part = "valid"}, {}), Contains("wanted train or test"));
  CHECK_THROWS_WITH(ear::Ntidigits(ear::Hdf5Reader(path), {.split = "a"}, {}), Contains("wanted official or ab"));
}
