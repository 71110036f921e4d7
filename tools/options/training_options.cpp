#include "tools/options/training_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <type_traits>

#include "tools/options/choice_option.h"

namespace tools {

namespace {

/// The flag of a field, if it has one; its help says range and unit, and the preset's value if there is one.
template <class T>
void add_field(CLI::App& app, const snn::Field& field, const std::optional<T>& preset, snn::TrainingChoices& c,
               const std::string& group) {
  if (*field.help == '\0') return;
  const std::string flag = flag_of(field);
  std::string help = field.help;
  if constexpr (snn::Named<T>) {
    if (preset) help += fmt::format(" [{}]", to_string(*preset));
    const auto set = [&c, name = field.name](const std::string& text) { c.values[name] = snn::parse_name<T>(text); };
    add_choice(app, flag, snn::Names<T>::kAll, set, help)->group(group);
  } else if constexpr (std::is_same_v<T, bool>) {
    const auto set = [&c, name = field.name](std::int64_t count) { c.values[name] = count > 0; };
    app.add_flag_function(fmt::format("{},!--no-{}", flag, flag.substr(2)), set, help)->group(group);
  } else if constexpr (std::is_constructible_v<snn::FieldValue, T>) {
    const auto set = [&c, name = field.name](const T& value) { c.values[name] = value; };
    if (!std::is_same_v<T, std::uint64_t>) help += "; " + range_text(field);
    if (preset) help += fmt::format(" [{}]", *preset);
    app.add_option_function<T>(flag, set, help)->group(group);
  }
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

void add_hidden(CLI::App& app, snn::TrainingChoices& c) {
  const auto set_hidden = [&c](const std::vector<std::string>& texts) {
    c.hidden.emplace();
    for (const std::string& text : texts) std::ranges::copy(parse_sizes(text), std::back_inserter(*c.hidden));
  };
  app.add_option_function<std::vector<std::string>>("--hidden", set_hidden,
                                                    "Neurons of each hidden layer: 100,100,100 or 100-100-100")
      ->type_name("SIZES")
      ->allow_extra_args(false);
}

CLI::Option* add_list(CLI::App& app, const std::string& flag, std::optional<std::vector<int>>& list,
                      const std::string& help) {
  const auto set = [&list](const std::vector<int>& numbers) { list = numbers; };
  return app.add_option_function<std::vector<int>>(flag, set, help)->delimiter(',')->allow_extra_args(false);
}

void add_topology(CLI::App& app, snn::TrainingChoices& c) {
  app.option_defaults()->group("Network");
  add_hidden(app, c);
  add_switch(app, "self-recurrent", c.self_recurrent, "Self-connections in the hidden layers");
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
      "--no-skip", [&c] { c.skips.emplace(); }, "No skip connections");
  app.add_option_function<std::vector<std::string>>(
         "--skip", add_skips, "Skip connections FROM:TO between populations (0: input), as 1:3 or 0:2,1:3")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->excludes(no_skip);
  add_switch(app, "bip", c.bip, "Train the membrane decay of each hidden neuron (BIP)");
  add_switch(app, "bip-output", c.bip_output, "BIP at the output layer too");
  add_switch(app, "adaptive", c.adaptive, "Adaptation in the hidden layers: each spike works against the next ones");
  add_list(app, "--recurrent", c.recurrent,
           "Hidden layers whose neurons are all connected with each other, one step later, as 2 or 1,2");
  auto* no_freeze = app.add_flag_callback(
      "--no-freeze", [&c] { c.frozen.emplace(); }, "No frozen layers");
  add_list(app, "--freeze", c.frozen, "Layers that stay as they are drawn, or as --init brings them, as 1 or 1,2")
      ->excludes(no_freeze);
  add_list(app, "--delays", c.delays,
           "A copy of every connection for each of these delays in steps, ascending, as 0,5,10; without 0 nothing "
           "arrives undelayed [0,6,12,18]");
  add_list(app, "--input-delays", c.input_delays, "The same of the connection from the input [--delays]");
  add_list(app, "--forward-delays", c.forward_delays,
           "The same of the connections between layers that follow each other [--delays]");
  add_list(app, "--skip-delays", c.skip_delays, "The same of skip connections [--delays]");
}

void add_count_targets(CLI::App& app, snn::TrainingChoices& c) {
  const auto set = [&c](const std::vector<double>& shares) {
    c.values["desired_share"] = shares.at(0);
    c.values["undesired_share"] = shares.at(1);
  };
  const snn::LossParams usual;
  const std::string help = fmt::format(
      "Count loss: summed PSC wanted of the labelled and allowed of other classes, as shares of the steps [{},{}]",
      usual.desired_share, usual.undesired_share);
  app.add_option_function<std::vector<double>>("--count-targets", set, help)
      ->delimiter(',')
      ->expected(2)
      ->allow_extra_args(false);
}

}  // namespace

void add_network_constants(CLI::App& app, snn::TrainingChoices& c, const std::string& group) {
  const snn::NetworkParams any;
  visit_fields(any, [&]<class T>(const snn::Field& field, const T&) {
    if constexpr (!std::is_same_v<T, bool>) add_field<T>(app, field, std::nullopt, c, group);
  });
}

void add_training_options(CLI::App& app, snn::TrainingChoices& choices) {
  app.option_defaults()->group("Learning");
  std::vector<std::string> names;
  for (const snn::Preset& preset : snn::presets()) names.push_back(preset.name);
  app.add_option(
         "--preset", choices.preset,
         fmt::format("Setting to start from. What neither --config nor a flag gives is the preset's; ossicle-info "
                     "shows it all. Values in brackets are those of {}",
                     choices.preset))
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  add_topology(app, choices);
  visit_fields(snn::find_preset(choices.preset).base,
               [&]<class T>(const snn::Section& section, const snn::Field& field, const T& value) {
                 add_field<typename snn::GivenAs<T>::Type>(app, field, value, choices, section.title);
               });
  app.option_defaults()->group("Learning");
  add_count_targets(app, choices);
}

}  // namespace tools
