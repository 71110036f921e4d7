#include "tools/options/encode_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace tools {

namespace {

struct Flag {
  const char* name;
  std::string_view methods;  // that have it, each between blanks
  bool given;
};

std::vector<Flag> flags_of(const EncodeOptions& o) {
  constexpr const char* kAll = " bsa level-crossing lif poisson ";
  return {{"--scale", " bsa ", o.scale.has_value()},
          {"--taps", " bsa ", o.taps.has_value()},
          {"--kernel-width", " bsa ", o.kernel_width.has_value()},
          {"--threshold", " bsa lif ", o.threshold.has_value()},
          {"--delta", " level-crossing ", o.delta.has_value()},
          {"--initial", " level-crossing ", o.initial.has_value()},
          {"--gain", " lif ", o.gain.has_value()},
          {"--tau-ms", " lif ", o.tau_ms.has_value()},
          {"--refractory-ms", " lif ", o.refractory_ms.has_value()},
          {"--rate-hz", " poisson ", o.rate_hz.has_value()},
          {"--seed", " poisson ", o.seed.has_value()},
          {"--hold", kAll, o.hold.has_value()},
          {"--max-steps", kAll, o.max_steps.has_value()}};
}

void refuse_foreign(const EncodeOptions& o) {
  for (const Flag& flag : flags_of(o)) {
    if (flag.given && flag.methods.find(fmt::format(" {} ", o.method)) == std::string_view::npos) {
      const auto of = flag.methods.substr(1, flag.methods.size() - 2);
      throw std::invalid_argument(fmt::format("{}: a parameter of {}, and the method is {}", flag.name, of, o.method));
    }
  }
}

template <class T>
void set(T& field, const std::optional<T>& given) {
  if (given) field = *given;
}

ear::EncodeParams params_of(const EncodeOptions& o) {
  if (o.method == "bsa") {
    ear::BsaParams p;
    set(p.scale, o.scale);
    set(p.taps, o.taps);
    set(p.kernel_width, o.kernel_width);
    set(p.threshold, o.threshold);
    return p;
  }
  if (o.method == "level-crossing") {
    ear::LevelCrossingParams p;
    set(p.delta, o.delta);
    set(p.initial, o.initial);
    return p;
  }
  if (o.method == "lif") {
    ear::LifEncoderParams p;
    set(p.gain, o.gain);
    set(p.tau_ms, o.tau_ms);
    set(p.threshold, o.threshold);
    set(p.refractory_ms, o.refractory_ms);
    return p;
  }
  if (o.method == "poisson") {
    ear::PoissonParams p;
    set(p.rate_hz, o.rate_hz);
    set(p.seed, o.seed);
    return p;
  }
  throw std::invalid_argument(fmt::format("--method {}: wanted bsa, level-crossing, lif or poisson", o.method));
}

void add_bsa(CLI::App& app, EncodeOptions& o) {
  const ear::BsaParams p;
  const std::string group = "Ben's Spiker Algorithm (bsa)";
  app.add_option("--scale", o.scale,
                 fmt::format("Factor before encoding [{}]; the TI46 recipe has 2000 and --hold 10, after ossicle-lyon "
                             "--decimation 200 --scale 1",
                             p.scale))
      ->group(group);
  app.add_option("--taps", o.taps, fmt::format("Steps of the kernel [{}]", p.taps))->group(group);
  app.add_option("--kernel-width", o.kernel_width, fmt::format("Width of its bell in steps [{}]", p.kernel_width))
      ->group(group);
  app.add_option("--threshold", o.threshold,
                 fmt::format("By how much a spike must lessen the error [{}]; of lif: potential of a spike [{}]",
                             p.threshold, ear::LifEncoderParams().threshold))
      ->group(group);
}

void add_others(CLI::App& app, EncodeOptions& o) {
  const ear::LevelCrossingParams level;
  const ear::LifEncoderParams lif;
  const ear::PoissonParams poisson;
  std::string group = "Level crossing: up channels, then down channels (level-crossing)";
  app.add_option("--delta", o.delta, fmt::format("Distance of levels in units of the cochleagram [{}]", level.delta))
      ->group(group);
  app.add_option("--initial", o.initial, fmt::format("Level before the first step [{}]", level.initial))->group(group);
  group = "Leaky integrate-and-fire (lif; also --threshold)";
  app.add_option("--gain", o.gain, fmt::format("Factor on the intensity [{}]", lif.gain))->group(group);
  app.add_option("--tau-ms", o.tau_ms, fmt::format("Time constant of the membrane in ms [{}]", lif.tau_ms))
      ->group(group);
  app.add_option("--refractory-ms", o.refractory_ms, fmt::format("Silence after a spike in ms [{}]", lif.refractory_ms))
      ->group(group);
  group = "Poisson spikes (poisson)";
  app.add_option("--rate-hz", o.rate_hz, fmt::format("Spikes in a second at intensity 1 [{}]", poisson.rate_hz))
      ->group(group);
  app.add_option("--seed", o.seed, fmt::format("Of the random numbers [{}]", poisson.seed))->group(group);
}

}  // namespace

void add_encode_options(CLI::App& app, EncodeOptions& o) {
  app.add_option("--method", o.method, "bsa, level-crossing, lif or poisson")->capture_default_str();
  app.add_option("--hold", o.hold,
                 fmt::format("Steps of the raster for each step of the cochleagram [{}]", ear::RasterSteps().hold));
  app.add_option("--max-steps", o.max_steps, "Steps of the raster that are kept, the first ones [0: all]");
  add_bsa(app, o);
  add_others(app, o);
}

ear::EncodeParams encode_params(const EncodeOptions& options) {
  ear::EncodeParams params = params_of(options);
  refuse_foreign(options);
  std::visit(
      [&](auto& p) {
        set(p.steps.hold, options.hold);
        set(p.steps.max_steps, options.max_steps);
      },
      params);
  ear::validate(params);
  return params;
}

std::string first_given(const EncodeOptions& options) {
  for (const Flag& flag : flags_of(options)) {
    if (flag.given) return flag.name;
  }
  return "";
}

std::string encode_command(const ear::EncodeParams& params) {
  // The flags are the names of the recipe with dashes.
  std::string line = "ossicle-encode";
  for (const auto& [name, value] : ear::to_stage(params).params) {
    std::string flag = name;
    std::ranges::replace(flag, '_', '-');
    line += fmt::format(" --{} ", flag);
    line += std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
  }
  return line;
}

}  // namespace tools
