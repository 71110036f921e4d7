#include "frontend/encode/encode.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "frontend/lyon/flush_denormals.h"

namespace ear {

namespace {

template <class... Bodies>
struct Overloaded : Bodies... {
  using Bodies::operator()...;
};

constexpr double kMsPerSecond = 1000.0;

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

Record with_data(const Record& record, Array data, std::size_t n_steps) {
  Record made{.key = record.key,
              .label = record.label,
              .sequence = record.sequence,
              .speaker = record.speaker,
              .n_steps = static_cast<int>(n_steps),
              .dt_ms = record.dt_ms,
              .decimation = record.decimation,
              .data = {}};
  made.data = std::move(data);
  return made;
}

void require_kind(const Header& header, Kind wanted) {
  if (header.kind == wanted) return;
  throw std::runtime_error(fmt::format("a stream of kind {}, wanted {}{}", kind_name(header.kind), kind_name(wanted),
                                       wanted == Kind::kRaster ? ", as ossicle-encode makes it" : ""));
}

}  // namespace

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
  if (input.recipe.stages.empty()) throw std::runtime_error("the recipe is empty, so nothing says how to decode");
  const EncodeParams params = encode_params(input.recipe.stages.back());
  if (!has_decoder(params)) {
    throw std::runtime_error(
        fmt::format("spikes of method {} have no decoder; bsa and level-crossing have one", method_name(params)));
  }
  if (std::holds_alternative<LevelCrossingParams>(params) && input.n_channels % 2 != 0) {
    throw std::runtime_error(fmt::format("{} channels, but level-crossing gives an even number", input.n_channels));
  }
  return {input, params, true};
}

StreamEncoder StreamEncoder::of_stage(const Header& input, const RecipeStage& stage) {
  return is_decode_stage(stage) ? decoder(input) : encoder(input, encode_params(stage));
}

Record StreamEncoder::operator()(const Record& record) const {
  const FlushDenormals flush;
  return decodes_ ? decode(record) : encode(record);
}

Record StreamEncoder::encode(const Record& record) const {
  const auto& values = std::get<std::vector<float>>(record.data);
  auto spikes = std::visit(
      Overloaded{
          [&](const BsaParams& p) { return bsa_encode(values, n_channels_, p); },
          [&](const LevelCrossingParams& p) { return level_crossing_encode(values, n_channels_, p); },
          [&](const LifEncoderParams& p) { return lif_encode(values, n_channels_, record.dt_ms, p); },
          [&](const PoissonParams& p) { return poisson_encode(values, n_channels_, record.dt_ms, record.key, p); }},
      params_);
  const int hold = steps_of(params_).hold;
  const std::size_t n_steps = spikes.size() / static_cast<std::size_t>(output_.n_channels);
  Record made = with_data(record, std::move(spikes), n_steps);
  made.dt_ms = record.dt_ms / hold;
  // A step of the raster may be no whole number of samples; then it counts as not decimated.
  made.decimation = record.decimation % hold == 0 ? record.decimation / hold : 1;
  return made;
}

Record StreamEncoder::decode(const Record& record) const {
  const auto& spikes = std::get<std::vector<std::uint8_t>>(record.data);
  const auto* bsa = std::get_if<BsaParams>(&params_);
  auto values = bsa != nullptr ? bsa_decode(spikes, n_channels_, *bsa)
                               : level_crossing_decode(spikes, n_channels_, std::get<LevelCrossingParams>(params_));
  const std::size_t n_steps = values.size() / static_cast<std::size_t>(output_.n_channels);
  Record made = with_data(record, std::move(values), n_steps);
  made.dt_ms = record.dt_ms * steps_of(params_).hold;
  const double n_samples = sample_rate_hz_ ? std::round(made.dt_ms * *sample_rate_hz_ / kMsPerSecond) : 1.0;
  made.decimation = n_samples >= 1.0 && n_samples < std::numeric_limits<int>::max() ? static_cast<int>(n_samples) : 1;
  return made;
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
