#include "snn/files/checkpoint.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>

#include "snn/base/rng.h"
#include "tests/snn/sample_model.h"

using namespace snn;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

TEST_CASE("checkpoint: a training comes back to the last bit") {
  const Checkpoint checkpoint = sample_checkpoint();
  const std::string bytes = serialise(checkpoint);
  const Checkpoint found = parse_checkpoint(bytes, "c");
  CHECK(found == checkpoint);
  CHECK(std::signbit(found.sums.at("spikes")[1]));
  CHECK(serialise(found) == bytes);
  Checkpoint fresh;
  fresh.model = checkpoint.model;
  fresh.adam_m = checkpoint.adam_m;
  fresh.adam_v = checkpoint.adam_v;
  fresh.init_hash = 12345;
  CHECK(parse_checkpoint(serialise(fresh), "c") == fresh);
  Checkpoint averaged = checkpoint;
  averaged.model.training.optimiser.ema_decay = 0.99;
  averaged.ema = checkpoint.adam_m;
  CHECK(parse_checkpoint(serialise(averaged), "c") == averaged);
}

TEST_CASE("checkpoint: a model is not a checkpoint, nor the other way round") {
  CHECK_THROWS_WITH(parse_checkpoint(serialise(sample_model()), "c"),
                    StartsWith("c: holds \"ossicle-model\" where \"ossicle-checkpoint\" is wanted"));
  CHECK_THROWS_WITH(parse_model(serialise(sample_checkpoint()), "m"),
                    StartsWith("m: holds \"ossicle-checkpoint\" where \"ossicle-model\" is wanted"));
}

TEST_CASE("checkpoint: what could not be read back is not written") {
  struct Case {
    const char* message;
    std::function<void(Checkpoint&)> spoil;
  };
  const auto example = GENERATE(values<Case>({
      {"array adam_m.w_0_1 is missing", [](auto& c) { c.adam_m.erase("w_0_1"); }},
      {"array adam_v.theta_4 is not one of",
       [](auto& c) {
         c.adam_v["theta_4"] = {{2}, {0.0F, 0.0F}};
       }},
      {"array adam_v.w_0_1 has the shape [3, 4]",
       [](auto& c) {
         c.adam_v["w_0_1"].shape = {3, 4};
       }},
      {"array adam_v.w_0_1 holds -1 at index 0; wanted are finite values, none below 0",
       [](auto& c) { c.adam_v["w_0_1"].values[0] = -1.0F; }},
      {"array adam_m.w_0_1 holds nan at index 0",
       [](auto& c) { c.adam_m["w_0_1"].values[0] = std::numeric_limits<float>::quiet_NaN(); }},
      {"array w_0_1 is missing", [](auto& c) { c.model.parameters.erase("w_0_1"); }},
      {"array ema.w_0_1 is missing", [](auto& c) { c.model.training.optimiser.ema_decay = 0.5; }},
      {"there are arrays ema.*, but ema_decay is 0", [](auto& c) { c.ema = c.adam_m; }},
      {"update -1", [](auto& c) { c.n_updates = -1; }},
      {"epoch 61", [](auto& c) { c.epoch = 61; }},
      {"batch -1", [](auto& c) { c.next_batch = -1; }},
      {"best epoch 60", [](auto& c) { c.best_epoch = 60; }},
      {"best accuracy is 2", [](auto& c) { c.best_accuracy = 2.0; }},
      {"numbers must be finite", [](auto& c) { c.sums["loss"][0] = std::numeric_limits<double>::quiet_NaN(); }},
  }));
  Checkpoint checkpoint = sample_checkpoint();
  example.spoil(checkpoint);
  INFO(example.message);
  CHECK_THROWS_WITH(serialise(checkpoint), Contains(example.message));
}

TEST_CASE("checkpoint: every truncation is found and 3,000 flipped bits too") {
  const std::string good = serialise(sample_checkpoint());
  for (std::size_t n = 0; n < good.size(); ++n) {
    REQUIRE_THROWS_AS(parse_checkpoint(std::string_view(good).substr(0, n), "c"), std::runtime_error);
  }
  Rng rng(1, Purpose::kShift, 0);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = good;
    const std::size_t at = static_cast<std::size_t>(rng.below(bytes.size()));
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << rng.below(8));
    REQUIRE_THROWS_WITH(parse_checkpoint(bytes, "c"), StartsWith("c: "));
  }
}

TEST_CASE("checkpoint: contents out of range are refused by name behind a right checksum") {
  const std::string good = serialise(sample_checkpoint());
  struct Edit {
    const char *from, *to, *message;
  };
  const auto edit = GENERATE(values<Edit>({
      {"\"epoch\":\"7\"", "\"epoch\":\"61\"", "metadata \"epoch\" is \"61\""},
      {"\"next_batch\":\"3\"", "\"next_batch\":\"-3\"", "metadata \"next_batch\" is \"-3\""},
      {"\"best_accuracy\":\"0.6", "\"best_accuracy\":\"6.6", "metadata \"best_accuracy\""},
      {"\"train_hash\":\"00ff", "\"train_hash\":\"0off", "wanted is 16 hexadecimal digits"},
      {"\"sums\":", "\"sum\":", "metadata \"sums\" is missing"},
      {"\\\"loss\\\":[", "\\\"loss\\\":[null,", "sums.loss is not a number"},
      {"\"adam_v.w_0_1\"", "\"adam_v.w_0_9\"", "array adam_v.w_0_1 is missing"},
  }));
  INFO(edit.to);
  CHECK_THROWS_WITH(parse_checkpoint(edited(good, edit.from, edit.to), "c"),
                    StartsWith("c: ") && Contains(edit.message));
}

TEST_CASE("checkpoint: only the same training on the same data goes on") {
  const Checkpoint c = sample_checkpoint();
  Model wanted = c.model;
  wanted.parameters.clear();  // progress is not compared
  wanted.n_epochs_done = 0;
  wanted.which = "last";
  wanted.valid_accuracy.reset();
  CHECK(first_difference(c, wanted, c.train_hash, c.valid_hash).empty());
  CHECK(first_difference(c, wanted, 5, c.valid_hash) ==
        "training data: hash 00ff00ff00ff00ff in the checkpoint, 0000000000000005 now");
  CHECK(first_difference(c, wanted, c.train_hash, std::nullopt) ==
        "validation data: hash 0000000000000001 in the checkpoint, none now");
  CHECK(first_difference(c, wanted, c.train_hash, c.valid_hash, 5) ==
        "parameters to start from: hash none in the checkpoint, 0000000000000005 now");
  SECTION("schedule") {
    wanted.training.n_epochs = 40;
    CHECK(first_difference(c, wanted, c.train_hash, c.valid_hash) == "run.n_epochs: 60 in the checkpoint, 40 now");
  }
  SECTION("classes") {
    wanted.classes[0] = "no";
    CHECK_THAT(first_difference(c, wanted, c.train_hash, c.valid_hash),
               StartsWith("classes: [") && Contains("[\"no\","));
  }
  SECTION("recipe") {
    wanted.recipe_json = "[]";
    CHECK_THAT(first_difference(c, wanted, c.train_hash, c.valid_hash), StartsWith("recipe: ") && Contains(", [] now"));
  }
  SECTION("input") {
    wanted.input_kind = "raster";
    CHECK(first_difference(c, wanted, c.train_hash, c.valid_hash) ==
          "input: cochleagram in the checkpoint, raster now");
  }
}
