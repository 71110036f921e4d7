#include "tools/info/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string_view>

#include "frontend/encode/encode.h"
#include "frontend/events/rebin.h"
#include "frontend/lyon/front_end.h"
#include "tools/options/encode_options.h"

namespace tools {

namespace {

constexpr int kMostSteps = 1'000'000;  // of a recipe that the front end takes

// A word of a shell line.
std::string quoted(const std::string& word) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string lyon_command(const ear::FrontEndParams& p) {
  std::string line = fmt::format("{} --sample-rate {} --ear-q {}", ear::kLyonTool, p.sample_rate_hz, p.lyon.ear_q);
  if (p.lyon.step_factor) line += fmt::format(" --step-factor {}", *p.lyon.step_factor);
  line += fmt::format(" --tau-factor {}", p.lyon.tau_factor);
  if (!p.lyon.agc) line += " --no-agc";
  if (!p.lyon.differ) line += " --no-differ";
  line += p.n_steps > 0 ? fmt::format(" --steps {}", p.n_steps) : fmt::format(" --decimation {}", p.decimation);
  if (p.tail_steps > 0) line += fmt::format(" --tail-steps {}", p.tail_steps);
  if (p.level_db) line += fmt::format(" --level-db {}", *p.level_db);
  return line + fmt::format(" --scale {}", p.scale);
}

std::string rebin_command(const ear::RebinParams& p) {
  std::string line = ear::kRebinTool;
  line += p.n_steps > 0 ? fmt::format(" --steps {}", p.n_steps) : fmt::format(" --bin-ms {}", p.bin_ms);
  if (p.max_steps > 0) line += fmt::format(" --max-steps {}", p.max_steps);
  if (p.fixed_steps) line += fmt::format(" --steps-fixed {}", *p.fixed_steps);
  line += fmt::format(" --channels {}", p.n_channels);
  return p.counts ? line + " --count" : line;
}

std::string command_of(const ear::RecipeStage& stage) {
  if (stage.tool == ear::kRebinTool) return rebin_command(ear::rebin_params(stage));
  if (ear::is_decode_stage(stage)) return fmt::format("{} --decode", ear::kEncodeTool);
  if (stage.tool == ear::kEncodeTool) return encode_command(ear::encode_params(stage));
  return lyon_command(ear::front_end_params(stage));
}

// What the first tool of a line reads.
std::string_view source_of(const ear::RecipeStage& stage) {
  if (stage.tool == ear::kRebinTool) return " EVENTS";
  return stage.tool == ear::kEncodeTool ? " STREAM" : " recording.wav";
}

// A number of steps that a stage sets; 0 where it sets none that can be.
int steps_in(const ear::RecipeStage& stage, std::string_view wanted) {
  for (const auto& [name, value] : stage.params) {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (name == wanted && number != nullptr && *number > 0 && *number <= kMostSteps) return static_cast<int>(*number);
  }
  return 0;
}

}  // namespace

std::string pipeline(const ear::Recipe& recipe, const std::string& model_path) {
  if (recipe.stages.empty()) {
    throw std::runtime_error(model_path + ": its recipe is empty, so no command line makes its input");
  }
  std::string line;
  for (const ear::RecipeStage& stage : recipe.stages) {
    line += command_of(stage);
    if (&stage == &recipe.stages.front()) line += source_of(stage);
    line += " | ";
  }
  return line + "ossicle-predict " + quoted(model_path) + " -";
}

int steps_of(const ear::Recipe& recipe, int usual) {
  long long n_steps = usual;
  int hold = 1;
  for (const ear::RecipeStage& stage : recipe.stages) {
    for (const char* name : {"n_steps", "fixed_steps"}) {
      if (const int own = steps_in(stage, name); own > 0) n_steps = own;
    }
    if (ear::is_decode_stage(stage)) {
      n_steps = (n_steps + hold - 1) / hold;
    } else if (stage.tool == ear::kEncodeTool) {
      hold = std::max(1, steps_in(stage, "hold"));
      n_steps *= hold;
    }
    const int most = steps_in(stage, "max_steps");
    n_steps = std::min<long long>(n_steps, most > 0 ? most : kMostSteps);
  }
  return static_cast<int>(n_steps);
}

}  // namespace tools
