#include "frontend/encode/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "frontend/base/require.h"
#include "frontend/base/units.h"
#include "frontend/lyon/flush_denormals.h"
#include "frontend/stream/stage_fields.h"

namespace ear {

namespace {

template <class... Bodies>
struct Overloaded : Bodies... {
  using Bodies::operator()...;
};

constexpr const char* kMethods[] = {"bsa", "level-crossing", "lif", "poisson"};  // in the order of the variant
constexpr const char* kDecode = "decode";                                        // in place of a method

// The rate of the ear that made the input, where one did.
std::optional<int> sample_rate_of(const Recipe& recipe) {
  for (const RecipeStage& stage : recipe.stages) {
    for (const auto& [name, value] : stage.params) {
      const auto* rate = std::get_if<std::int64_t>(&value);
      if (name == "sample_rate_hz" && rate != nullptr) return static_cast<int>(*rate);
    }
  }
  return std::nullopt;
}

void require_kind(const Header& header, Kind wanted) {
  demand(header.kind == wanted, "a stream of kind {}, wanted {}{}", kind_name(header.kind), kind_name(wanted),
         wanted == Kind::kRaster ? ", as ossicle-encode makes it" : "");
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
  demand(!is_decode_stage(stage), "recipe stage ossicle-encode decodes; wanted one that encodes");
  const std::string method = get<std::string>(stage, "method");
  std::optional<EncodeParams> params = encode_method(method);
  demand(params.has_value(), "recipe of {}: method {} is not known", kEncodeTool, method);
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

bool is_decode_stage(const RecipeStage& stage) {
  return stage == decode_stage();
}

StreamEncoder::StreamEncoder(const Header& input, const EncodeParams& params, bool decodes)
    : params_(params),
      decodes_(decodes),
      n_channels_(input.n_channels),
      sample_rate_hz_(sample_rate_of(input.recipe)),
      output_(input) {
  const int hold = steps_of(params).hold;
  const bool doubles = std::holds_alternative<LevelCrossingParams>(params);
  output_.kind = decodes ? Kind::kCochleagram : Kind::kRaster;
  if (doubles) output_.n_channels = decodes ? n_channels_ / 2 : 2 * n_channels_;
  if (input.dt_ms) output_.dt_ms = decodes ? *input.dt_ms * hold : *input.dt_ms / hold;
  output_.recipe.stages.push_back(decodes ? decode_stage() : to_stage(params));
}

StreamEncoder StreamEncoder::encoder(const Header& input, const EncodeParams& params) {
  validate(params);
  require_kind(input, Kind::kCochleagram);
  return {input, params, false};
}

StreamEncoder StreamEncoder::decoder(const Header& input) {
  require_kind(input, Kind::kRaster);
  demand(!input.recipe.stages.empty(), "the recipe is empty, so nothing says how to decode");
  const EncodeParams params = encode_params(input.recipe.stages.back());
  demand(has_decoder(params), "spikes of method {} have no decoder; bsa and level-crossing have one",
         method_name(params));
  demand(!std::holds_alternative<LevelCrossingParams>(params) || input.n_channels % 2 == 0,
         "{} channels, but level-crossing gives an even number", input.n_channels);
  return {input, params, true};
}

StreamEncoder StreamEncoder::of_stage(const Header& input, const RecipeStage& stage) {
  return is_decode_stage(stage) ? decoder(input) : encoder(input, encode_params(stage));
}

Record StreamEncoder::operator()(Record record) const {
  const FlushDenormals flush;
  decodes_ ? decode(record) : encode(record);
  const std::size_t n_values = std::visit([](const auto& data) { return data.size(); }, record.data);
  record.n_steps = static_cast<int>(n_values / static_cast<std::size_t>(output_.n_channels));
  return record;
}

void StreamEncoder::encode(Record& record) const {
  const auto& values = std::get<std::vector<float>>(record.data);
  record.data = std::visit(
      Overloaded{
          [&](const BsaParams& p) { return bsa_encode(values, n_channels_, p); },
          [&](const LevelCrossingParams& p) { return level_crossing_encode(values, n_channels_, p); },
          [&](const LifEncoderParams& p) { return lif_encode(values, n_channels_, record.dt_ms, p); },
          [&](const PoissonParams& p) { return poisson_encode(values, n_channels_, record.dt_ms, record.key, p); }},
      params_);
  const int hold = steps_of(params_).hold;
  record.dt_ms /= hold;
  // A step of the raster may be no whole number of samples; then it counts as not decimated.
  record.decimation = record.decimation % hold == 0 ? record.decimation / hold : 1;
}

void StreamEncoder::decode(Record& record) const {
  const auto& spikes = std::get<std::vector<std::uint8_t>>(record.data);
  const auto* bsa = std::get_if<BsaParams>(&params_);
  record.data = bsa != nullptr ? bsa_decode(spikes, n_channels_, *bsa)
                               : level_crossing_decode(spikes, n_channels_, std::get<LevelCrossingParams>(params_));
  record.dt_ms *= steps_of(params_).hold;
  const double n_samples = sample_rate_hz_ ? std::round(record.dt_ms * *sample_rate_hz_ / kMsPerSecond) : 1.0;
  record.decimation = n_samples >= 1.0 && n_samples < std::numeric_limits<int>::max() ? static_cast<int>(n_samples) : 1;
}

std::optional<double> snr_db(std::span<const float> wanted, std::span<const float> found) {
  double signal = 0.0, noise = 0.0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double x = wanted[i], error = x - (i < found.size() ? found[i] : 0.0F);
    signal += x * x;
    noise += error * error;
  }
  if (signal == 0.0) return std::nullopt;
  return 10.0 * std::log10(signal / noise);
}

}  // namespace ear
