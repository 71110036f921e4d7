// The parameters of the encoders, to the recipe and back.
#include <fmt/format.h>

#include <limits>
#include <stdexcept>

#include "frontend/encode/encode.h"

namespace ear {

namespace {

constexpr const char* kTool = "ossicle-encode";
constexpr const char* kMethods[] = {"bsa", "level-crossing", "lif", "poisson"};  // in the order of the variant
constexpr const char* kDecode = "decode";                                        // in place of a method

using Params = std::vector<std::pair<std::string, Value>>;

Params params_of(const BsaParams& p) {
  return {
      {"scale", p.scale}, {"taps", std::int64_t{p.taps}}, {"kernel_width", p.kernel_width}, {"threshold", p.threshold}};
}

Params params_of(const LevelCrossingParams& p) {
  return {{"delta", p.delta}, {"initial", p.initial}};
}

Params params_of(const LifEncoderParams& p) {
  return {{"gain", p.gain}, {"tau_ms", p.tau_ms}, {"threshold", p.threshold}, {"refractory_ms", p.refractory_ms}};
}

Params params_of(const PoissonParams& p) {
  return {{"rate_hz", p.rate_hz}, {"seed", p.seed}};
}

int get_small(const RecipeStage& stage, const char* name) {
  const std::int64_t value = get_int(stage, name);
  if (value < 0 || value > std::numeric_limits<int>::max()) {
    throw std::runtime_error(fmt::format("recipe of {}: {} {} is out of range", kTool, name, value));
  }
  return static_cast<int>(value);
}

EncodeParams method_params(const RecipeStage& stage) {
  const RasterSteps steps{.hold = get_small(stage, "hold"), .max_steps = get_small(stage, "max_steps")};
  const auto real = [&](const char* name) { return get_double(stage, name); };
  const std::string method = get_string(stage, "method");
  if (method == kMethods[0]) {
    return BsaParams{real("scale"), get_small(stage, "taps"), real("kernel_width"), real("threshold"), steps};
  }
  if (method == kMethods[1]) return LevelCrossingParams{real("delta"), real("initial"), steps};
  if (method == kMethods[2]) {
    return LifEncoderParams{real("gain"), real("tau_ms"), real("threshold"), real("refractory_ms"), steps};
  }
  if (method == kMethods[3]) return PoissonParams{real("rate_hz"), get_int(stage, "seed"), steps};
  throw std::runtime_error(fmt::format("recipe of {}: method {} is not known", kTool, method));
}

}  // namespace

const char* method_name(const EncodeParams& params) {
  return kMethods[params.index()];
}

const RasterSteps& steps_of(const EncodeParams& params) {
  return std::visit([](const auto& p) -> const RasterSteps& { return p.steps; }, params);
}

bool has_decoder(const EncodeParams& params) {
  return std::holds_alternative<BsaParams>(params) || std::holds_alternative<LevelCrossingParams>(params);
}

void validate(const EncodeParams& params) {
  std::visit([](const auto& p) { validate(p); }, params);
}

RecipeStage to_stage(const EncodeParams& params) {
  RecipeStage stage{kTool, {{"method", std::string(method_name(params))}}};
  const Params own = std::visit([](const auto& p) { return params_of(p); }, params);
  stage.params.insert(stage.params.end(), own.begin(), own.end());
  const RasterSteps& steps = steps_of(params);
  stage.params.emplace_back("hold", std::int64_t{steps.hold});
  stage.params.emplace_back("max_steps", std::int64_t{steps.max_steps});
  return stage;
}

EncodeParams encode_params(const RecipeStage& stage) {
  if (stage.tool != kTool) throw std::runtime_error(fmt::format("recipe stage {}: wanted {}", stage.tool, kTool));
  if (is_decode_stage(stage)) throw std::runtime_error("recipe stage ossicle-encode decodes; wanted one that encodes");
  const EncodeParams params = method_params(stage);
  try {
    validate(params);
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(fmt::format("recipe of {}: {}", kTool, error.what()));
  }
  return params;
}

RecipeStage decode_stage() {
  return {kTool, {{"method", std::string(kDecode)}}};
}

bool is_encode_stage(const RecipeStage& stage) {
  return stage.tool == kTool;
}

bool is_decode_stage(const RecipeStage& stage) {
  return stage == decode_stage();
}

}  // namespace ear
