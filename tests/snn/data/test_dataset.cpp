#include "snn/data/dataset.h"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>
#include <set>

using namespace snn;
using Catch::Matchers::Contains;

namespace {

Dataset good() {
  Dataset data{2, {"no", "yes"}, {}};
  data.utterances.push_back({"a", "ann", 0, "no", 2, std::vector<float>{0.0F, 1.5F, -2.0F, 0.0F}});
  data.utterances.push_back({"b", "", 1, "yes", 1, std::vector<std::uint8_t>{0, 1}});
  data.utterances.push_back({"c", "bob", -1, "maybe", 3, std::vector<std::uint16_t>{0, 9, 0, 0, 300, 1}});
  return data;
}

struct Case {
  const char* message;
  std::function<void(Dataset&)> spoil;
};

}  // namespace

TEST_CASE("dataset: arrays of every type pass") {
  CHECK_NOTHROW(validate(good()));
  CHECK_NOTHROW(validate(Dataset{1, {}, {}}));
}

TEST_CASE("dataset: a version of each utterance is put in the order of the first") {
  Dataset data = good();
  Dataset version = good();
  version.utterances[0].n_steps = 1;
  version.utterances[0].values = std::vector<float>{7.0F, 8.0F};
  std::swap(version.utterances[0], version.utterances[2]);
  add_version(data, std::move(version));
  CHECK(data.n_versions == 2);
  CHECK(data.n_distinct() == 3);
  REQUIRE(data.utterances.size() == 6);
  CHECK(data.utterances[3].key == "a");
  CHECK(std::get<0>(data.utterances[3].values) == std::vector<float>{7.0F, 8.0F});
  CHECK(std::get<0>(data.utterances[0].values).size() == 4);
  CHECK(data.utterances[5].key == "c");
  CHECK_NOTHROW(validate(data));
  CHECK(hash_of(data) != hash_of(good()));
  std::swap(data.utterances[3], data.utterances[4]);
  CHECK_THROWS_WITH(validate(data), Contains("utterance b (label yes) stands where a version of a (label no) is due"));
  data.n_versions = 4;
  CHECK_THROWS_WITH(validate(data), Contains("6 utterances are not 4 versions of each"));
}

TEST_CASE("dataset: what is no version is named with its key") {
  const auto example = GENERATE(values<Case>({
      {"3 channels, wanted 2", [](auto& d) { d.n_channels = 3; }},
      {"other classes", [](auto& d) { d.classes[1] = "perhaps"; }},
      {"key d is not in the training set", [](auto& d) { d.utterances[1].key = "d"; }},
      {"key b of the training set is missing", [](auto& d) { d.utterances.erase(d.utterances.begin() + 1); }},
      {"key b has label \"no\", in the training set \"yes\"", [](auto& d) { d.utterances[1].label_name = "no"; }},
  }));
  Dataset data = good(), version = good();
  example.spoil(version);
  CHECK_THROWS_WITH(add_version(data, std::move(version)), Contains(example.message));
}

TEST_CASE("dataset: what is wrong is named with its utterance") {
  const auto example = GENERATE(values<Case>({
      {"0 channels", [](auto& d) { d.n_channels = 0; }},
      {"a class has an empty name", [](auto& d) { d.classes[1] = ""; }},
      {"class no is there twice", [](auto& d) { d.classes[1] = "no"; }},
      {"the name of class 1 is not UTF-8", [](auto& d) { d.classes[1] = "\xff"; }},
      {"utterance 1 has an empty key", [](auto& d) { d.utterances[1].key = ""; }},
      {"utterance a is there twice", [](auto& d) { d.utterances[2].key = "a"; }},
      {"the key of utterance 2 is not UTF-8", [](auto& d) { d.utterances[2].key = "\xc3"; }},
      {"utterance b has 0 steps", [](auto& d) { d.utterances[1].n_steps = 0; }},
      {"utterance a holds 4 values; 3 steps of 2 channels want 6", [](auto& d) { d.utterances[0].n_steps = 3; }},
      {"utterance a: label 2 is out of -1..1", [](auto& d) { d.utterances[0].label = 2; }},
      {"utterance a: label -2 is out of -1..1", [](auto& d) { d.utterances[0].label = -2; }},
      {"utterance a: label 1 is class yes, but its name is no", [](auto& d) { d.utterances[0].label = 1; }},
      {"utterance a: step 1, channel 0 is nan",
       [](auto& d) { std::get<0>(d.utterances[0].values)[2] = std::numeric_limits<float>::quiet_NaN(); }},
  }));
  Dataset data = good();
  example.spoil(data);
  INFO(example.message);
  CHECK_THROWS_WITH(validate(data), Contains(example.message));
  CHECK_THROWS_AS(validate(data), std::invalid_argument);
}

TEST_CASE("dataset: training wants classes and labels") {
  Dataset data = good();
  CHECK_THROWS_WITH(validate_for_training(data), Contains("utterance c: label \"maybe\" is not one of the 2 classes"));
  data.utterances.pop_back();
  CHECK_NOTHROW(validate_for_training(data));
  data.utterances.clear();
  CHECK_THROWS_WITH(validate_for_training(data), Contains("holds no utterances"));
  data.classes.clear();
  CHECK_THROWS_WITH(validate_for_training(data), Contains("names no classes"));
}

TEST_CASE("dataset: labels are matched by name") {
  Dataset data = good();
  CHECK(match_labels(data, {"yes", "maybe"}) == 1);
  CHECK(data.utterances[0].label == -1);
  CHECK(data.utterances[1].label == 0);
  CHECK(data.utterances[2].label == 1);
  CHECK(data.classes == std::vector<std::string>{"yes", "maybe"});
  CHECK_NOTHROW(validate(data));
}

TEST_CASE("dataset: the hash sees every field") {
  const std::vector<std::function<void(Dataset&)>> changes = {
      [](auto&) {},
      [](auto& d) { d.n_channels = 3; },
      [](auto& d) { d.classes[0] = "on"; },
      [](auto& d) { d.classes.push_back("x"); },
      [](auto& d) { d.utterances[0].key = "A"; },
      [](auto& d) { d.utterances[0].speaker = "eve"; },
      [](auto& d) { d.utterances[0].label = 1; },
      [](auto& d) { d.utterances[0].label_name = "nay"; },
      [](auto& d) { d.utterances[0].n_steps = 1; },
      [](auto& d) { std::get<0>(d.utterances[0].values)[3] = 0.25F; },
      [](auto& d) { std::get<1>(d.utterances[1].values)[1] = 0; },
      [](auto& d) { std::get<2>(d.utterances[2].values)[4] = 44; },
      [](auto& d) { d.utterances[1].values = std::vector<std::uint16_t>{256}; },
      [](auto& d) { std::swap(d.utterances[0], d.utterances[1]); },
      [](auto& d) { d.utterances.pop_back(); },
  };
  std::set<std::uint64_t> hashes;
  for (const auto& change : changes) {
    Dataset data = good();
    change(data);
    hashes.insert(hash_of(data));
  }
  CHECK(hashes.size() == changes.size());
  CHECK(hash_of(good()) == hash_of(good()));
}

TEST_CASE("dataset: values that are not zero are counted") {
  const Dataset data = good();
  CHECK(count_nonzero(data.utterances[0]) == 2);
  CHECK(count_nonzero(data.utterances[1]) == 1);
  CHECK(count_nonzero(data.utterances[2]) == 3);
}
