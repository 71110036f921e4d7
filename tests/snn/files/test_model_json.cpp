#include "snn/files/model_json.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "snn/model/params_fields.h"
#include "tests/snn/sample_model.h"

using namespace snn;
using Catch::Matchers::Contains;

namespace {

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// Changes one field to another value of its type.
void change(std::vector<int>& field) {
  field.push_back(1);
}
void change(std::vector<Skip>& field) {
  field.push_back({1, 4});
}
void change(double& field) {
  field += 0.1;
}
void change(int& field) {
  ++field;
}
void change(std::uint64_t& field) {
  --field;
}
void change(std::optional<double>& field) {
  field = field ? std::optional<double>() : 0.25;
}
void change(Rule& field) {
  field = Rule::kStep;
}
void change(LossKind& field) {
  field = LossKind::kKernel;
}
void change(Schedule& field) {
  field = Schedule::kConstant;
}
void change(ClipScope& field) {
  field = ClipScope::kArray;
}
void change(bool& field) {
  field = !field;
}
void change(OutputLayer& field) {
  field = OutputLayer::kMean;
}

}  // namespace

TEST_CASE("model json: training parameters come back to the last bit, whatever field differs") {
  const TrainingParams sample = sample_model().training;
  CHECK(training_from_json(training_to_json(sample)) == sample);
  int n_fields = 0;
  TrainingParams probe = sample;
  visit_fields(probe, [&](const Section&, const Field&, auto&) { ++n_fields; });
  CHECK(n_fields == 70);
  for (int changed = 0; changed < n_fields; ++changed) {
    TrainingParams params = sample;
    int index = 0;
    std::string name;
    visit_fields(params, [&](const Section& section, const Field& field, auto& value) {
      if (index++ != changed) return;
      change(value);
      name = std::string(section.name) + "." + field.name;
    });
    INFO(name);
    CHECK_FALSE(params == sample);
    CHECK(training_from_json(training_to_json(params)) == params);
    CHECK_THAT(first_difference(sample, params), Catch::Matchers::StartsWith(name + ": "));
  }
  CHECK(first_difference(sample, sample).empty());
}

TEST_CASE("model json: a field that may lack is left out at its default, and read as that") {
  TrainingParams params = sample_model().training;
  std::string names;
  visit_fields(params, [&](const Section&, const Field& field, const auto&) {
    if (field.may_lack) names += std::string(field.name) + " ";
  });
  CHECK(names ==
        "adaptive recurrent frozen input_delays forward_delays skip_delays direct_input bias normalised output_layer "
        "tau_a recurrent_density logit_gain label_smoothing adaptation w_rec_scale spectral_radius inhibitory_share "
        "warm_up tempo mixup noise ");
  std::string text = training_to_json(params);
  for (const char* name : {"adaptive", "delays", "bias", "normalised", "output_layer", "tau_a", "logit_gain",
                           "label_smoothing", "adaptation"}) {
    INFO(name);
    CHECK_THAT(text, !Contains(name));
  }
  CHECK(training_from_json(with(text, "\"tau_s\":8.0,", "\"tau_s\":8.0,\"bias\":false,")) == params);
  params.network.skip_delays = {0, 5};
  params.network.output_layer = OutputLayer::kLeaky;
  params.loss.label_smoothing = 0.1;
  text = training_to_json(params);
  CHECK_THAT(text, Contains("\"skip_delays\":[0,5]") && Contains("\"output_layer\":\"leaky\"") &&
                       Contains("\"label_smoothing\":0.1") && !Contains("input_delays") && !Contains("bias"));
  CHECK(training_from_json(text) == params);
  CHECK(first_difference(sample_model().training, params) == "network.skip_delays: [0] in the checkpoint, [0,5] now");
}

TEST_CASE("model json: a difference shows both values") {
  const TrainingParams a = sample_model().training;
  TrainingParams b = a;
  b.optimiser.lr = 0.25;
  b.gradient.rule = Rule::kLayer;
  CHECK(first_difference(a, b) == "gradient.rule: \"surrogate\" in the checkpoint, \"layer\" now");
  b.gradient.rule = a.gradient.rule;
  CHECK(first_difference(a, b) == "optimiser.lr: 0.004 in the checkpoint, 0.25 now");
}

TEST_CASE("model json: a field that is missing, unknown or of another type is named") {
  const std::string text = training_to_json(sample_model().training);
  struct Edit {
    const char *from, *to, *message;
  };
  const auto edit = GENERATE(values<Edit>({
      {"\"tau_s\":8.0,", "", "training.network has no \"tau_s\""},
      {"\"tau_s\":8.0,", "\"tau_s\":8.0,\"tau_x\":1,", "a field that this version does not know, /network/tau_x; use"},
      {"\"tau_s\":8.0", "\"tau_s\":\"8\"", "training.network.tau_s is not a number"},
      {"\"tau_s\":8.0", "\"tau_s\":null", "training.network.tau_s is not a number"},
      {"\"tau_s\":8.0", "\"tau_s\":1e999", "holds a number too large for a double"},
      {"\"n_epochs\":60", "\"n_epochs\":30.5", "training.run.n_epochs is not an integer"},
      {"\"n_epochs\":60", "\"n_epochs\":2147483648", "training.run.n_epochs is not an integer of 32 bits"},
      {"\"n_epochs\":60", "\"n_epochs\":-2147483649", "training.run.n_epochs is not an integer of 32 bits"},
      {"\"seed\":18446744073709551615", "\"seed\":-1", "training.run.seed is not an unsigned integer"},
      {"\"rule\":\"surrogate\"", "\"rule\":\"none\"", "rule is \"none\""},
      {"\"rule\":\"surrogate\"", "\"rule\":1", "training.gradient.rule is not a string"},
      {"\"sizes\":[3,4,4,4,2]", "\"sizes\":3", "training.network.sizes is not a list"},
      {"\"skips\":[[1,3],[0,2]]", "\"skips\":[[1,3,5]]", "training.network.skips is not a list of pairs"},
      {"\"tau_s\":8.0,", "\"tau_s\":8.0,\"biased\":true,", "a field that this version does not know"},
      {"\"tau_s\":8.0,", "\"tau_s\":8.0,\"bias\":1,", "training.network.bias is not true or false"},
      {"\"tau_s\":8.0,", "\"tau_s\":8.0,\"skip_delays\":5,", "training.network.skip_delays is not a list"},
      {"\"tau_s\":8.0,", "\"tau_s\":8.0,\"output_layer\":\"loud\",", "output layer is \"loud\""},
      {"\"lr_theta\":0.001", "\"lr_theta\":true", "training.optimiser.lr_theta is not a number"},
  }));
  INFO(edit.to);
  CHECK_THROWS_WITH(training_from_json(with(text, edit.from, edit.to)), Contains(edit.message));
}

TEST_CASE("model json: malformed text is refused") {
  for (const char* text : {"", "{", "[1", "{\"a\":}", "\xff", "{} x", "1"}) {
    INFO(text);
    CHECK_THROWS_AS(training_from_json(text), std::runtime_error);
    CHECK_THROWS_AS(header_from_json(text), std::runtime_error);
    CHECK_THROWS_AS(sums_from_json(text), std::runtime_error);
    CHECK_THROWS_AS(strings_from_json(text), std::runtime_error);
  }
  CHECK_THROWS_WITH(header_from_json(std::string(1000000, '[')), Contains("nested too deeply"));
  CHECK(header_from_json(R"({"__metadata__":{"a":"[[[[[[{{{{{{\"[[[[[[","]]":"\\"}})").metadata.at("]]") == "\\");
}

TEST_CASE("model json: a header comes back") {
  const FileHeader header{{{"a", "\"\\\n"}, {"b", ""}}, {{"w", "F32", {2, 3}, 0, 24}, {"x", "F32", {1}, 24, 28}}};
  const FileHeader found = header_from_json(header_to_json(header));
  CHECK(found.metadata == header.metadata);
  REQUIRE(found.tensors.size() == 2);
  CHECK(found.tensors[1].name == "x");
  CHECK(found.tensors[0].shape == std::vector<std::uint64_t>{2, 3});
  CHECK(found.tensors[1].begin == 24);
  CHECK(found.tensors[1].end == 28);
  for (const char* text :
       {R"({"__metadata__":1})", R"({"__metadata__":{"a":1}})", R"({"w":1})", R"({"w":{"dtype":"F32","shape":[1]}})",
        R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
        R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}})",
        R"({"w":{"dtype":4,"shape":[1],"data_offsets":[0,4]}})"}) {
    INFO(text);
    CHECK_THROWS_AS(header_from_json(text), std::runtime_error);
  }
}

TEST_CASE("model json: sums and names come back to the last bit, what JSON cannot hold is refused") {
  const auto sums = sample_checkpoint().sums;
  CHECK(sums_from_json(sums_to_json(sums)) == sums);
  CHECK(std::signbit(sums_from_json(sums_to_json(sums)).at("spikes")[1]));
  CHECK_THROWS_AS(sums_to_json({{"x", {std::numeric_limits<double>::infinity()}}}), std::invalid_argument);
  CHECK(strings_from_json(strings_to_json({"", "\"", "j\xc3\xa4"})) == std::vector<std::string>{"", "\"", "j\xc3\xa4"});
  CHECK_THROWS_WITH(strings_to_json({"\xff"}), Contains("not UTF-8"));
  CHECK(is_utf8("j\xc3\xa4"));
  CHECK_FALSE(is_utf8("j\xc3"));
}

TEST_CASE("model json: a header of many arrays is read at once") {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) {
    text += (i > 0 ? ",\"a" : "\"a") + std::to_string(i) + R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  }
  CHECK(header_from_json(text + "}").tensors.size() == 100'000);  // a square of that would run into ctest's limit
}
