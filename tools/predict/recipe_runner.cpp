#include "tools/predict/recipe_runner.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace tools {

namespace {

constexpr const char* kRemedy =
    "give a stream of the same recipe instead (ossicle-info --pipeline says how to make one)";

const ear::RecipeStage& first_of(const ear::Recipe& recipe) {
  if (recipe.stages.empty()) {
    throw std::runtime_error(
        fmt::format("the model's recipe is empty, which cannot be run on a recording; {}", kRemedy));
  }
  if (recipe.stages.front().tool != "ossicle-lyon") {
    throw std::runtime_error(fmt::format("the model's input came from {}, which does not begin with a recording; {}",
                                         recipe.stages.front().tool, kRemedy));
  }
  return recipe.stages.front();
}

}  // namespace

RecipeRunner::RecipeRunner(const ear::Recipe& recipe, const std::string& input_kind, const std::string& isa)
    : front_end_(ear::front_end_params(first_of(recipe)), isa), n_channels_(front_end_.coeffs().n_channels) {
  ear::Header header;
  header.kind = ear::Kind::kCochleagram;
  header.n_channels = n_channels_;
  header.recipe.stages = {recipe.stages.front()};
  for (std::size_t i = 1; i < recipe.stages.size(); ++i) {
    const ear::RecipeStage& stage = recipe.stages[i];
    if (!ear::is_encode_stage(stage)) {
      throw std::runtime_error(
          fmt::format("stage {} of the model's recipe cannot be run on a recording; {}", stage.tool, kRemedy));
    }
    encoders_.push_back(ear::StreamEncoder::of_stage(header, stage));
    header = encoders_.back().output();
  }
  n_channels_ = header.n_channels;
  if (input_kind != ear::kind_name(header.kind)) {
    throw std::runtime_error(fmt::format("the model was trained on a stream of kind {}, its recipe gives {}; {}",
                                         input_kind, ear::kind_name(header.kind), kRemedy));
  }
}

ear::Record RecipeRunner::operator()(ear::Sound sound, const std::string& key,
                                     std::vector<std::string>& warnings) const {
  ear::Cochleagram cochleagram = front_end_(std::move(sound));
  ear::Record record;
  record.key = key;
  record.n_steps = cochleagram.n_steps;
  record.dt_ms = cochleagram.dt_ms;
  record.decimation = cochleagram.decimation;
  record.data = std::move(cochleagram.values);
  warnings = std::move(cochleagram.warnings);
  for (const ear::StreamEncoder& encoder : encoders_) record = encoder(record);
  return record;
}

}  // namespace tools
