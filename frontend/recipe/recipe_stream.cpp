#include "frontend/recipe/recipe_stream.h"

#include "frontend/base/require.h"

namespace ear {

namespace {

const FrontEnd& checked(const RecipeRunner& runner) {
  const FrontEndParams& params = runner.front_end().params();
  require(params.n_steps == 0, "the model stretches every recording to {} steps, so it needs the whole of it",
          params.n_steps);
  require(!params.level_db, "the model sets every recording to one level, so it needs the whole of it");
  require(!runner.has_encoders(), "the model's spikes are encoded from whole recordings");
  return runner.front_end();
}

}  // namespace

RecipeStream::RecipeStream(const RecipeRunner& runner)
    : front_end_(checked(runner)),
      ear_(front_end_.ear(), front_end_.params().decimation, static_cast<float>(front_end_.params().scale)) {}

void RecipeStream::finish(std::vector<float>& steps) {
  ear_.finish(front_end_.count_steps(ear_.n_samples()), steps);
}

}  // namespace ear
