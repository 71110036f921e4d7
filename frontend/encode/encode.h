#pragma once
// The encoders as stages of a stream: cochleagrams to rasters, and back where the method has a decoder.
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "frontend/encode/bsa.h"
#include "frontend/encode/level_crossing.h"
#include "frontend/encode/lif_encoder.h"
#include "frontend/encode/poisson.h"
#include "frontend/stream/stream.h"

namespace ear {

/// The method and what a person sets of it.
using EncodeParams = std::variant<BsaParams, LevelCrossingParams, LifEncoderParams, PoissonParams>;

/// "bsa", "level-crossing", "lif", "poisson".
const char* method_name(const EncodeParams& params);
/// Each method with its defaults; and that of one name, if there is one.
const std::vector<EncodeParams>& encode_methods();
std::optional<EncodeParams> encode_method(const std::string& name);
/// Of any of the methods.
const RasterSteps& steps_of(const EncodeParams& params);

/// Throws std::invalid_argument naming the field, the range and the value found.
void validate(const EncodeParams& params);

/// The recipe stage "ossicle-encode": the method and every parameter of it.
RecipeStage to_stage(const EncodeParams& params);

/// Back from a stage; to_stage(encode_params(stage)) equals stage. Throws std::runtime_error if the stage is another
/// tool's or one of decoding, or if a parameter is absent or out of range.
EncodeParams encode_params(const RecipeStage& stage);

/// The recipe stage of decoding, whose parameters are those of the encoding stage before it; and whether one is that.
RecipeStage decode_stage();
bool is_decode_stage(const RecipeStage& stage);

/// Ossicle-encode as a map from stream to stream. Several threads may use one.
class StreamEncoder {
 public:
  /// Cochleagrams to rasters. Throws std::invalid_argument for params out of range, std::runtime_error if the input is not
  /// of cochleagrams.
  static StreamEncoder encoder(const Header& input, const EncodeParams& params);
  /// Back again, with the parameters of the last stage of the input's recipe. Throws std::runtime_error if the input is
  /// no raster, if that stage is not of this tool, or if its method has no decoder.
  static StreamEncoder decoder(const Header& input);
  /// What the stage of a recipe says, either direction. Throws as above.
  static StreamEncoder of_stage(const Header& input, const RecipeStage& stage);

  /// Of the stream that comes out: recipe with the new stage, kind, channels, dt_ms; nothing added to made_by.
  const Header& output() const { return output_; }
  const EncodeParams& params() const { return params_; }

  /// A record of the input as one of the output; key, label, sequence and speaker stay. Subnormal numbers count as 0.
  /// Throws std::invalid_argument for a value that the method cannot take, and for a raster that is too large.
  Record operator()(Record record) const;

 private:
  StreamEncoder(const Header& input, const EncodeParams& params, bool decodes);
  void encode(Record& record) const;  // all but n_steps
  void decode(Record& record) const;

  EncodeParams params_;
  bool decodes_;
  int n_channels_;  // of the input
  std::optional<int> sample_rate_hz_;
  Header output_;
};

/// Whether spikes of the method can be decoded.
bool has_decoder(const EncodeParams& params);

/// Signal-to-noise ratio of `found` [T'][C] against `wanted` [T][C] in dB: 10 log10(sum x^2 / sum (x - y)^2); y counts as 0
/// where `found` is shorter. Infinite if they are equal; none if `wanted` is 0 throughout.
std::optional<double> snr_db(std::span<const float> wanted, std::span<const float> found);

}  // namespace ear
