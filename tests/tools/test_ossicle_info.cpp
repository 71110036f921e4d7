#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "frontend/lyon/front_end.h"
#include "frontend/stream/stream.h"
#include "snn/files/model_file.h"
#include "snn/model/parameter_list.h"
#include "tests/frontend/stream/samples.h"
#include "tests/pipe/run.h"
#include "tests/snn/sample_model.h"

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using pipe_support::Result;
using pipe_support::TempFolder;
using Json = nlohmann::json;

namespace {

constexpr ear::Kind kKind = ear::Kind::kCochleagram;

std::string stream() {
  return samples::write(samples::header(kKind), {samples::record(kKind, "a", 4), samples::record(kKind, "b", 2)});
}

ear::Recipe lyon_recipe(const ear::FrontEndParams& params) {
  return {{ear::to_stage(params)}};
}

Result info(std::vector<std::string> args, const std::string& input = {}, const pipe_support::Where& where = {}) {
  args.insert(args.begin(), "ossicle-info");
  return pipe_support::run(args, input, where);
}

}  // namespace

TEST_CASE("ossicle-info prints what a stream holds") {
  const Result result = info({}, stream());
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK(result.out ==
        "stream: standard input\nversion: 2\nkind: cochleagram\nn_records: 2\nn_channels: 3\n"
        "n_steps:\n  min: 2\n  median: 3.0\n  max: 4\ndt_ms: none\nmemory_mb: 7.2e-05\n"
        // The mean of 0.1 * (0 + ... + 11) and 0.1 * (0 + ... + 5) over 18 elements.
        "values:\n  min: 0\n  mean: 0.45\n  max: 1.1\n"
        "recipe:\n  tool: ossicle-lyon\n  params:\n    sample_rate_hz: 12500.0\n    n_steps: 100\n    agc: true\n"
        "    window: none\nmade_by:\n  ossicle-lyon 0.1.0\nclasses:\n  0: 0\n  1: 2\nn_unlabelled: 0\nn_sequences: 0\n"
        "speakers:\n  ada: 2\n");
}

TEST_CASE("ossicle-info prints a stream's figures as JSON, from a file as from a pipe") {
  const TempFolder folder;
  pipe_support::spill(folder.path() / "s.tar", stream());
  const Result file = info({"--json", folder.file("s.tar")});
  const Json report = Json::parse(file.out);
  CHECK(report["stream"] == folder.file("s.tar"));
  CHECK(report["n_records"] == 2);
  CHECK(report["n_steps"] == Json{{"min", 2}, {"median", 3.0}, {"max", 4}});
  CHECK(report["classes"] == Json{{"0", 0}, {"1", 2}});
  Json piped = Json::parse(info({"--json", "-"}, stream()).out);
  piped["stream"] = folder.file("s.tar");
  CHECK(piped == report);
}

TEST_CASE("ossicle-info prints what a model holds") {
  const TempFolder folder;
  snn::Model model = snn::sample_model();
  model.recipe_json = to_json(lyon_recipe({}));
  pipe_support::spill(folder.path() / "m.model", snn::serialise(model));
  const Json report = Json::parse(info({"--json", folder.file("m.model")}).out);
  CHECK(report["classes"].size() == model.classes.size());
  CHECK(report["epoch"]["which"] == model.which);
  CHECK(report["training"]["network"]["sizes"] == model.training.network.sizes);
  CHECK(report["parameters"]["w_0_1"] == Json{4, 3});
  CHECK(report["recipe"][0]["params"]["sample_rate_hz"] == 12500);
  // Connections 12 + 16 + 16 + 8, skips 16 + 12, self-connections 3 x 4, thetas 3 x 4 + 2.
  CHECK(report["n_parameters"] == 106);
  CHECK(report["memory_mb"]["steps"] == 100);
  CHECK(report["memory_mb"]["predict"] > 1.0);
  CHECK(report["memory_mb"]["train"] >= report["memory_mb"]["predict"]);
  CHECK_THAT(info({folder.file("m.model")}).out,
             StartsWith("model: " + folder.file("m.model")) && Contains("\n  w_0_1: 4 3\n"));
}

TEST_CASE("ossicle-info prints what a training used at its default, where that has an effect") {
  snn::Model model = snn::sample_model();
  model.recipe_json = to_json(lyon_recipe({}));
  const std::string plain = info({}, snn::serialise(model)).out;
  CHECK_THAT(plain, Contains("bias: false\n") && Contains("input_delays: 0\n") && Contains("output_layer: spiking\n"));
  for (const char* idle : {"logit_gain", "label_smoothing", "tau_a", "adaptation"}) CHECK_THAT(plain, !Contains(idle));
  model.training.loss.kind = snn::LossKind::kMeanSoftmax;
  model.training.network.adaptive = {1, 2, 3};
  for (const snn::ParameterInfo& array : snn::parameter_list(model.training.network)) {
    const auto n = static_cast<std::size_t>(array.n_values());
    model.parameters.emplace(array.name, snn::Tensor{array.shape, std::vector<float>(n, 0.5F)});
  }
  const std::string bytes = snn::serialise(model);
  CHECK_THAT(bytes, !Contains("logit_gain"));
  const Result result = info({"--json"}, bytes);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  const Json training = Json::parse(result.out)["training"];
  CHECK(training["loss"]["logit_gain"] == 3.0);
  CHECK(training["loss"]["label_smoothing"] == 0.0);
  CHECK(training["network"]["tau_a"] == 30.0);
  CHECK(training["init"]["adaptation"] == 0.08);
}

TEST_CASE("ossicle-info prints how far a checkpoint is") {
  snn::Checkpoint checkpoint = snn::sample_checkpoint();
  checkpoint.model.recipe_json = to_json(lyon_recipe({}));
  const std::string bytes = snn::serialise(checkpoint);
  const TempFolder folder;
  pipe_support::spill(folder.path() / "m.ckpt", bytes);
  const Result result = info({"--json", folder.file("m.ckpt")});
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  const Json report = Json::parse(result.out);
  CHECK(report["checkpoint"] == folder.file("m.ckpt"));
  CHECK(report["epochs"]["n_done"] == checkpoint.epoch);
  CHECK(report["epochs"]["n_all"] == checkpoint.model.training.n_epochs);
  CHECK(report["epochs"]["n_batches_of_next"] == checkpoint.next_batch);
  CHECK(report["best"]["epoch"] == checkpoint.best_epoch + 1);
  CHECK(report["best"]["valid_accuracy"] == *checkpoint.best_accuracy);
  CHECK(report["n_parameters"] == 106);
  CHECK_FALSE(report.contains("model"));
  CHECK_THAT(info({}, bytes).out, StartsWith("checkpoint: standard input\nepochs:\n  n_done: "));
}

TEST_CASE("ossicle-info reports a checkpoint of a normalised network, which itself cannot predict") {
  snn::Checkpoint checkpoint = snn::sample_checkpoint();
  checkpoint.model.recipe_json = to_json(lyon_recipe({}));
  checkpoint.model.training.network.normalised = true;
  for (const snn::ParameterInfo& array : snn::parameter_list(checkpoint.model.training.network)) {
    const snn::Tensor ones{array.shape, std::vector<float>(static_cast<std::size_t>(array.n_values()), 1.0F)};
    checkpoint.model.parameters.emplace(array.name, ones);
    for (snn::Tensors* held : {&checkpoint.adam_m, &checkpoint.adam_v, &checkpoint.ema}) {
      if (array.trained && !held->empty()) held->emplace(array.name, ones);
    }
  }
  const Result result = info({"--json"}, snn::serialise(checkpoint));
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  const Json report = Json::parse(result.out);
  CHECK(report["training"]["network"]["normalised"] == true);
  CHECK(report["parameters"]["norm_var_1"] == Json{4});
  CHECK(report["memory_mb"]["predict"] > 1.0);
}

TEST_CASE("ossicle-info prints the line from a recording to a prediction") {
  const TempFolder folder;
  snn::Model model = snn::sample_model();
  ear::FrontEndParams params;
  params.lyon.agc = false;
  params.n_steps = 0;
  params.decimation = 125;
  params.tail_steps = 5;
  model.recipe_json = to_json(lyon_recipe(params));
  pipe_support::spill(folder.path() / "a b.model", snn::serialise(model));
  const Result result = info({"--pipeline", "a b.model"}, "", {folder.path(), false, false});
  CHECK(result.exit_code == 0);
  CHECK(result.out ==
        "ossicle-lyon --sample-rate 12500 --ear-q 8 --step-factor 0.25 --tau-factor 3 --no-agc --decimation 125 "
        "--tail-steps 5 --scale 2500 recording.wav | ossicle-predict 'a b.model' -\n");
}

TEST_CASE("ossicle-info refuses what is neither") {
  const TempFolder folder;
  const auto message = [&](const std::string& bytes) {
    pipe_support::spill(folder.path() / "x", bytes);
    const Result result = info({"x"}, "", {folder.path(), false, false});
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    return result.err;
  };
  CHECK(message("") == "ossicle-info: x: is empty, wanted a stream, a model or a checkpoint\n");
  CHECK(message("RIFF1234WAVEfmt ") == "ossicle-info: x: is a recording, wanted a stream, a model or a checkpoint\n");
  CHECK_THAT(message(stream().substr(0, 3000)), StartsWith("ossicle-info: x: ") && Contains("cut"));
  CHECK_THAT(message(snn::serialise(snn::sample_model()).substr(0, 900)), StartsWith("ossicle-info: x: "));
  CHECK(info({}, "").err == "ossicle-info: standard input: is empty, wanted a stream, a model or a checkpoint\n");
  CHECK_THAT(info({}, "", {{}, true, false}).err, Contains("standard input is a terminal") && EndsWith("one in\n"));
  CHECK(info({"--json", "--pipeline", "x"}).exit_code == 2);
}
