#include "snn/data/dataset_split.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using Catch::Matchers::Contains;

namespace {

/// n_each utterances of each of 3 labels and `speakers`.
snn::Dataset recordings(const std::vector<std::string>& speakers, int n_each) {
  snn::Dataset dataset{.n_channels = 1, .classes = {"a", "b", "c"}, .utterances = {}};
  for (int label = 0; label < 3; ++label) {
    for (const std::string& speaker : speakers) {
      for (int i = 0; i < n_each; ++i) {
        const std::string& name = dataset.classes[static_cast<std::size_t>(label)];
        dataset.utterances.push_back({.key = name + speaker + std::to_string(i),
                                      .speaker = speaker,
                                      .label = label,
                                      .label_name = name,
                                      .n_steps = 1,
                                      .values = std::vector<std::uint8_t>{static_cast<std::uint8_t>(i % 2)}});
      }
    }
  }
  return dataset;
}

std::set<std::string> keys(const snn::Dataset& dataset) {
  std::set<std::string> found;
  for (const snn::Utterance& utterance : dataset.utterances) found.insert(utterance.key);
  return found;
}

std::set<std::string> speakers_of(const snn::Dataset& dataset) {
  std::set<std::string> found;
  for (const snn::Utterance& utterance : dataset.utterances) found.insert(utterance.speaker);
  return found;
}

/// Cuts the set and returns the validation part.
snn::Dataset cut(snn::Dataset& dataset, const snn::SplitParams& params) {
  return take_utterances(dataset, draw_validation(dataset, params));
}

}  // namespace

TEST_CASE("split: both parts together are the set, none stands in both, and order is kept") {
  for (const snn::SplitBy by : {snn::SplitBy::kToken, snn::SplitBy::kSpeaker}) {
    const snn::Dataset all = recordings({"x", "y", "z", "w"}, 20);
    snn::Dataset train = all;
    const snn::Dataset valid = cut(train, {.fraction = 0.3, .by = by});
    CHECK(train.utterances.size() + valid.utterances.size() == all.utterances.size());
    std::set<std::string> both = keys(train);
    both.merge(keys(valid));
    CHECK(both == keys(all));
    for (const snn::Dataset* part : std::initializer_list<const snn::Dataset*>{&train, &valid}) {
      CHECK(part->classes == all.classes);
      CHECK(part->n_channels == 1);
      auto place = all.utterances.begin();
      for (const snn::Utterance& utterance : part->utterances) {
        place = std::find_if(place, all.utterances.end(), [&](const auto& u) { return u.key == utterance.key; });
        REQUIRE(place != all.utterances.end());
        CHECK(place->values == utterance.values);
      }
    }
  }
}

TEST_CASE("split by token: of every label and speaker its share, rounded up or down, never all") {
  snn::Dataset train = recordings({"x", "y", "z", "w", "v", "u"}, 45);
  const snn::Dataset valid = cut(train, {.fraction = 0.1});
  std::map<std::pair<std::string, std::string>, int> counts;
  for (const snn::Utterance& utterance : valid.utterances) ++counts[{utterance.label_name, utterance.speaker}];
  REQUIRE(counts.size() == 18);
  std::set<int> sizes;
  for (const auto& [group, n] : counts) sizes.insert(n);
  CHECK(sizes == std::set<int>{4, 5});  // of 4.5

  // Where speakers are empty, of every label.
  snn::Dataset nameless = recordings({""}, 20);
  CHECK(cut(nameless, {.fraction = 0.25}).utterances.size() == 15);
  // Of one recording nothing, of two at most one.
  snn::Dataset few = recordings({"x", "y"}, 2);
  CHECK(cut(few, {.fraction = 0.99}).utterances.size() <= 6);
  std::map<std::pair<std::string, std::string>, int> left;
  for (const snn::Utterance& utterance : few.utterances) ++left[{utterance.label_name, utterance.speaker}];
  CHECK(left.size() == 6);
  CHECK_THROWS_WITH(draw_validation(recordings({"x"}, 1), {.fraction = 0.9}),
                    Contains("from 3 utterances") && Contains("whole speakers"));
}

TEST_CASE("split by speaker: whole speakers, at least one and not all") {
  const std::vector<std::string> names = {"p", "q", "r", "s", "t", "u"};
  for (const auto& [fraction, wanted] : std::map<double, std::size_t>{{0.01, 1}, {0.34, 2}, {0.5, 3}, {0.99, 5}}) {
    snn::Dataset train = recordings(names, 3);
    const snn::Dataset valid = cut(train, {.fraction = fraction, .by = snn::SplitBy::kSpeaker});
    CHECK(speakers_of(valid).size() == wanted);
    CHECK(valid.utterances.size() == wanted * 9);
    CHECK(speakers_of(train).size() == names.size() - wanted);
  }
  CHECK_THROWS_WITH(draw_validation(recordings({"x"}, 5), {.by = snn::SplitBy::kSpeaker}),
                    Contains("found 1 speaker,") && Contains("2 or more"));
}

// 40 speakers who said each label once, as in N-TIDIGITS, beside two who said it ten times.
TEST_CASE("split by token: what speakers said once is shared out label by label, and changes no other group") {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("once" + std::to_string(i));
  const snn::Dataset once = recordings(names, 1), often = recordings({"x", "y"}, 10);
  snn::Dataset train = once;
  const snn::Dataset valid = cut(train, {.fraction = 0.1});
  std::map<std::string, int> counts;
  for (const snn::Utterance& utterance : valid.utterances) ++counts[utterance.label_name];
  CHECK(counts == std::map<std::string, int>{{"a", 4}, {"b", 4}, {"c", 4}});
  snn::Dataset both = once, alone = often;
  both.utterances.insert(both.utterances.end(), often.utterances.begin(), often.utterances.end());
  std::set<std::string> wanted = keys(valid);
  wanted.merge(keys(cut(alone, {.fraction = 0.1})));
  CHECK(keys(cut(both, {.fraction = 0.1})) == wanted);
  // Never all of a label: the last one stays, whatever the share.
  snn::Dataset two = recordings({"x", "y"}, 1);
  CHECK(cut(two, {.fraction = 0.99}).utterances.size() == 3);
}

TEST_CASE("split: drawn from seed and names, whatever the order") {
  for (const snn::SplitBy by : {snn::SplitBy::kToken, snn::SplitBy::kSpeaker}) {
    const snn::Dataset all = recordings({"x", "y", "z", "w", "v", "u"}, 20);
    snn::Dataset forward = all, backward = all;
    std::reverse(backward.utterances.begin(), backward.utterances.end());
    const std::set<std::string> wanted = keys(cut(forward, {.fraction = 0.3, .by = by, .seed = 7}));
    CHECK(keys(cut(backward, {.fraction = 0.3, .by = by, .seed = 7})) == wanted);
    std::set<std::set<std::string>> others;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      snn::Dataset set = all;
      others.insert(keys(cut(set, {.fraction = 0.3, .by = by, .seed = seed})));
    }
    CHECK(others.size() >= 4);
  }
}

TEST_CASE("split: what is out of range is refused") {
  snn::Dataset set = recordings({"x", "y"}, 4);
  for (const double fraction : {0.0, 1.0, -0.5, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH(draw_validation(set, {.fraction = fraction}), Contains("above 0 and below 1"));
  }
  CHECK_THROWS_AS(take_utterances(set, {3, 3}), std::invalid_argument);
  CHECK_THROWS_AS(take_utterances(set, {24}), std::invalid_argument);
  CHECK(set.utterances.size() == 24);
  CHECK(snn::parse_name<snn::SplitBy>("speaker") == snn::SplitBy::kSpeaker);
  CHECK(to_string(snn::parse_name<snn::SplitBy>("token")) == "token");
  CHECK_THROWS_WITH(snn::parse_name<snn::SplitBy>("voice"), Contains("token, speaker"));
}
