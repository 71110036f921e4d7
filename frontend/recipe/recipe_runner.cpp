#include "frontend/recipe/recipe_runner.h"

#include <utility>

#include "frontend/base/require.h"

namespace ear {

namespace {

constexpr const char* kRemedy =
    "give a stream of the same recipe instead (ossicle-info --pipeline says how to make one)";

const RecipeStage& first_of(const Recipe& recipe) {
  demand(!recipe.stages.empty(), "the model's recipe is empty, which cannot be run on a recording; {}", kRemedy);
  demand(recipe.stages.front().tool == kLyonTool,
         "the model's input came from {}, which does not begin with a recording; {}", recipe.stages.front().tool,
         kRemedy);
  return recipe.stages.front();
}

}  // namespace

RecipeRunner::RecipeRunner(const Recipe& recipe, const std::string& input_kind, const std::string& isa)
    : front_end_(front_end_params(first_of(recipe)), isa), n_channels_(front_end_.coeffs().n_channels) {
  Header header;
  header.kind = Kind::kCochleagram;
  header.n_channels = n_channels_;
  header.recipe.stages = {recipe.stages.front()};
  for (std::size_t i = 1; i < recipe.stages.size(); ++i) {
    const RecipeStage& stage = recipe.stages[i];
    demand(stage.tool == kEncodeTool, "stage {} of the model's recipe cannot be run on a recording; {}", stage.tool,
           kRemedy);
    encoders_.push_back(StreamEncoder::of_stage(header, stage));
    header = encoders_.back().output();
  }
  n_channels_ = header.n_channels;
  demand(input_kind == kind_name(header.kind), "the model was trained on a stream of kind {}, its recipe gives {}; {}",
         input_kind, kind_name(header.kind), kRemedy);
}

Record RecipeRunner::operator()(Sound sound, const std::string& key, std::vector<std::string>& warnings) const {
  Cochleagram cochleagram = front_end_(std::move(sound));
  Record record;
  record.key = key;
  record.n_steps = cochleagram.n_steps;
  record.dt_ms = cochleagram.dt_ms;
  record.decimation = cochleagram.decimation;
  record.data = std::move(cochleagram.values);
  warnings = std::move(cochleagram.warnings);
  for (const StreamEncoder& encoder : encoders_) record = encoder(std::move(record));
  return record;
}

}  // namespace ear
