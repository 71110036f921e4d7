// The parameters of the encoders, to the recipe and back.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/encode/encode.h"
#include "frontend/stream/stage_fields.h"
#include "frontend/stream/tool_names.h"

namespace ear {

namespace {

constexpr const char* kMethods[] = {"bsa", "level-crossing", "lif", "poisson"};  // in the order of the variant
constexpr const char* kDecode = "decode";                                        // in place of a method

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
  std::visit([](const auto& p) { check_fields(p); }, params);
}

const std::vector<EncodeParams>& encode_methods() {
  static const std::vector<EncodeParams> kAll = {BsaParams(), LevelCrossingParams(), LifEncoderParams(),
                                                 PoissonParams()};
  return kAll;
}

std::optional<EncodeParams> encode_method(const std::string& name) {
  const auto& all = encode_methods();
  const auto found = std::ranges::find(all, name, method_name);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

RecipeStage to_stage(const EncodeParams& params) {
  RecipeStage stage{kEncodeTool, {{"method", std::string(method_name(params))}}};
  std::visit([&stage](const auto& p) { write_fields(p, stage); }, params);
  return stage;
}

EncodeParams encode_params(const RecipeStage& stage) {
  require_tool(stage, kEncodeTool);
  if (is_decode_stage(stage)) throw std::runtime_error("recipe stage ossicle-encode decodes; wanted one that encodes");
  const std::string method = get_string(stage, "method");
  std::optional<EncodeParams> params = encode_method(method);
  if (!params) throw std::runtime_error(fmt::format("recipe of {}: method {} is not known", kEncodeTool, method));
  std::visit([&stage](auto& p) { read_fields(stage, p); }, *params);
  try {
    validate(*params);
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(fmt::format("recipe of {}: {}", kEncodeTool, error.what()));
  }
  return *params;
}

RecipeStage decode_stage() {
  return {kEncodeTool, {{"method", std::string(kDecode)}}};
}

bool is_encode_stage(const RecipeStage& stage) {
  return stage.tool == kEncodeTool;
}

bool is_decode_stage(const RecipeStage& stage) {
  return stage == decode_stage();
}

}  // namespace ear
