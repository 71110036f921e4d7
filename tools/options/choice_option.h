#pragma once
// Options that take one of a few texts, which --help and completion show.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <stdexcept>
#include <string>

namespace tools {

/// "TEXT:{step,surrogate,layer,spike-train}", as CLI::IsMember names its type: for options whose text is checked elsewhere.
std::string choices_type(const auto& names) {
  return fmt::format("TEXT:{{{}}}", fmt::join(names, ","));
}

/// An option for `set`, which throws std::invalid_argument for a text that is not among `names`.
template <class Set>
CLI::Option* add_choice(CLI::App& app, const std::string& flag, const auto& names, const Set& set,
                        const std::string& help) {
  const auto checked = [flag, set](const std::string& text) {
    try {
      set(text);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError(flag, error.what());
    }
  };
  return app.add_option_function<std::string>(flag, checked, help)->type_name(choices_type(names));
}

}  // namespace tools
