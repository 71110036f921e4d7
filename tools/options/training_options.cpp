#include "tools/options/training_options.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>
#include <stdexcept>

namespace tools {

namespace {

/// A flag whose text is turned into a value by `parse`, which throws std::invalid_argument.
template <class T, class Parse>
CLI::Option* add_parsed(CLI::App& app, const std::string& name, std::optional<T>& value, const Parse& parse,
                        const std::string& help) {
  const auto set = [&value, parse, name](const std::string& text) {
    try {
      value = parse(text);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError(name, error.what());
    }
  };
  return app.add_option_function<std::string>(name, set, help);
}

/// Sizes between commas or dashes.
std::vector<int> parse_sizes(const std::string& text) {
  std::vector<int> sizes;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;; ++at) {
    const auto [rest, error] = std::from_chars(at, end, sizes.emplace_back());
    const bool is_size = error == std::errc() && sizes.back() >= 0;
    if (is_size && rest == end) return sizes;
    if (!is_size || (*rest != ',' && *rest != '-')) {
      throw CLI::ValidationError("--hidden", text + ": wanted whole numbers, as 100,100,100 or 100-100-100");
    }
    at = rest;
  }
}

/// A switch and its opposite. Unset unless one of them is given (CLI11's own flag would set an optional to false).
CLI::Option* add_switch(CLI::App& app, const std::string& name, std::optional<bool>& value, const std::string& help) {
  const auto set = [&value](std::int64_t count) { value = count > 0; };  // the opposite counts -1
  return app.add_flag_function("--" + name + ",!--no-" + name, set, help);
}

void add_hidden(CLI::App& app, snn::TrainingChoices& c, const std::string& group) {
  const auto set_hidden = [&c](const std::vector<std::string>& texts) {
    c.hidden.emplace();
    for (const std::string& text : texts) std::ranges::copy(parse_sizes(text), std::back_inserter(*c.hidden));
  };
  app.add_option_function<std::vector<std::string>>("--hidden", set_hidden,
                                                    "Neurons of each hidden layer: 100,100,100 or 100-100-100")
      ->type_name("SIZES")
      ->allow_extra_args(false)
      ->group(group);
}

void add_topology(CLI::App& app, snn::TrainingChoices& c) {
  const std::string group = "Network";
  add_hidden(app, c, group);
  add_switch(app, "self-recurrent", c.self_recurrent, "Self-connections in the hidden layers")->group(group);
  const auto add_skips = [&c](const std::vector<std::string>& texts) {
    c.skips.emplace();
    for (const std::string& text : texts) {
      try {
        c.skips->push_back(snn::parse_skip(text));
      } catch (const std::invalid_argument& error) {
        throw CLI::ValidationError("--skip", error.what());
      }
    }
  };
  auto* no_skip = app.add_flag_callback(
                         "--no-skip", [&c] { c.skips.emplace(); }, "No skip connections")
                      ->group(group);
  app.add_option_function<std::vector<std::string>>(
         "--skip", add_skips, "Skip connections FROM:TO between populations (0: input), as 1:3 or 0:2,1:3")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->excludes(no_skip)
      ->group(group);
  add_switch(app, "bip", c.bip, "Train the membrane decay of each hidden neuron (BIP)")->group(group);
  add_switch(app, "bip-output", c.bip_output, "BIP at the output layer too")->group(group);
  add_network_constants(app, c, group);
  app.add_option("--w-scale", c.w_scale, "Initial weights: factor on sqrt(2 / fan-in)")->group(group);
  app.add_option("--w-self-mean", c.w_self_mean, "Initial self-weights: mean")->group(group);
  app.add_option("--w-self-std", c.w_self_std, "Initial self-weights: standard deviation")->group(group);
  app.add_option("--tau-m-spread", c.tau_m_spread,
                 "Start BIP from membrane time constants between tau-m over and tau-m times this factor")
      ->group(group);
}

void add_learning(CLI::App& app, snn::TrainingChoices& c) {
  const std::string group = "Learning";
  app.add_option("--epochs", c.n_epochs, "Number of epochs")->group(group);
  app.add_option("--batch", c.batch_size, "Utterances of a batch")->group(group);
  app.add_option("--seed", c.seed, "Seed of everything that is drawn, 0 to 2^64 - 1 [1]")->group(group);
  add_parsed(app, "--rule", c.rule, snn::parse_rule, "Gradient rule: step, surrogate or layer")->group(group);
  app.add_option("--bound", c.bound, "Bound of 1/du at a spike (rules step and layer)")->group(group);
  app.add_option("--slope", c.slope, "Width of the surrogate f(u)")->group(group);
  app.add_option("--self-gain", c.self_gain,
                 "Bound of a spike's slope times |self-weight| (rules step and layer); 0: none")
      ->group(group);
  app.add_option("--layer-rate", c.layer_rate, "Rule layer: firing rate above which a layer leaves the surrogate")
      ->group(group);
  add_parsed(app, "--loss", c.loss, snn::parse_loss, "Loss: kernel, count or softmax")->group(group);
  app.add_option("--target-passes", c.target_passes, "Kernel loss: how often the desired spikes are filtered, 1 or 2")
      ->group(group);
  const auto set_counts = [&c](const std::vector<double>& shares) {
    c.desired_share = shares.at(0);
    c.undesired_share = shares.at(1);
  };
  app.add_option_function<std::vector<double>>(
         "--count-targets", set_counts,
         "Count loss: summed PSC wanted of the labelled and allowed of other classes, as shares of the steps: 0.3,0.03")
      ->delimiter(',')
      ->expected(2)
      ->allow_extra_args(false)
      ->group(group);
}

void add_augment(CLI::App& app, snn::TrainingChoices& c) {
  const std::string group = "Augmentation (drawn for every utterance and epoch)";
  app.add_option("--shift-steps", c.shift_steps, "Later or earlier by up to this many steps")->group(group);
  app.add_option("--shift-channels", c.shift_channels, "Up or down by up to this many channels")->group(group);
  app.add_option("--warp", c.warp, "Channels stretched or pressed by up to this share, as vocal tracts differ: 0.1")
      ->group(group);
  app.add_option("--gain-db", c.gain_db, "Input louder or softer by up to this many dB")->group(group);
  app.add_option("--drop-channels", c.drop_channels, "Probability of a channel to be silent")->group(group);
  app.add_option("--mask-channels", c.mask_channels, "A band of up to this many channels is silent")->group(group);
  app.add_option("--mask-steps", c.mask_steps, "Up to this many steps in a row are silent")->group(group);
  app.add_option("--drop-neurons", c.drop_neurons, "Probability of a hidden neuron to be silent (dropout)")
      ->group(group);
}

void add_optimiser(CLI::App& app, snn::TrainingChoices& c) {
  const std::string group = "Optimiser (Adam)";
  app.add_option("--lr", c.lr, "Learning rate of weights")->group(group);
  app.add_option("--lr-self", c.lr_self, "Learning rate of self-weights (default: --lr)")->group(group);
  app.add_option("--lr-theta", c.lr_theta, "Learning rate of membrane decays (default: --lr)")->group(group);
  add_parsed(app, "--schedule", c.schedule, snn::parse_schedule, "Learning rate over the run: constant or cosine")
      ->group(group);
  app.add_option("--beta1", c.beta1, "Decay of the first moment")->group(group);
  app.add_option("--beta2", c.beta2, "Decay of the second moment")->group(group);
  app.add_option("--eps", c.eps, "Added to the root of the second moment")->group(group);
  app.add_option("--weight-decay", c.weight_decay, "Decoupled decay of weights")->group(group);
  app.add_option("--clip-norm", c.clip_norm, "Bound of the gradient norm; 0: none")->group(group);
  add_parsed(app, "--clip-scope", c.clip_scope, snn::parse_clip_scope,
             "Norm clip of all gradients (global) or of each array")
      ->group(group);
  app.add_option("--ema-decay", c.ema_decay, "Score and store an average over updates with this decay; 0: none")
      ->group(group);
  app.add_option("--clip-weight", c.clip_weight, "Bound of weights and self-weights")->group(group);
  app.add_option("--theta-min", c.theta_min, "Lower bound of the membrane decay theta")->group(group);
  app.add_option("--theta-max", c.theta_max, "Upper bound of the membrane decay theta")->group(group);
}

}  // namespace

void add_network_constants(CLI::App& app, snn::TrainingChoices& c, const std::string& group) {
  app.add_option("--tau-m", c.tau_m, "Membrane time constant in steps (start value under BIP)")->group(group);
  app.add_option("--tau-s", c.tau_s, "Synaptic time constant in steps")->group(group);
  app.add_option("--threshold", c.v_th, "Firing threshold")->group(group);
  app.add_option("--input-scale", c.input_scale, "Factor on the input")->group(group);
}

void add_training_options(CLI::App& app, snn::TrainingChoices& choices) {
  std::vector<std::string> names;
  for (const snn::Preset& preset : snn::presets()) names.push_back(preset.name);
  app.add_option(
         "--preset", choices.preset,
         "Setting to start from. What neither --config nor a flag gives is the preset's; ossicle-info shows it all")
      ->check(CLI::IsMember(names))
      ->capture_default_str()
      ->group("Learning");
  add_topology(app, choices);
  add_learning(app, choices);
  add_optimiser(app, choices);
  add_augment(app, choices);
}

}  // namespace tools
