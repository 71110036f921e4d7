#include "tools/common/help_formatter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string>
#include <vector>

namespace tools {

namespace {

constexpr std::size_t kWidthOfNames = 28;  // with two blanks or more behind them

/// "TEXT:{a,b}" is {a,b}, and "INT:POSITIVE" is INT: the ranges are in the help's words and in the message.
std::string value_of(const CLI::Option& option) {
  if (option.get_type_size() == 0) return "";
  const std::string type = option.get_type_name();
  const std::size_t colon = type.find(':');
  const bool has_choices = colon != std::string::npos && type.find('{', colon) == colon + 1;
  std::string value = has_choices ? type.substr(colon + 1) : type.substr(0, colon);
  if (option.get_expected_min() > 1) value += fmt::format(" x {}", option.get_expected_min());
  return value;
}

std::string names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// " (WORD --a, --b)", or nothing where there are no others.
std::string note(const char* word, const std::set<CLI::Option*>& others) {
  std::set<std::string> names;  // in an order that is not that of their addresses
  for (const CLI::Option* other : others) names.insert(other->get_name());
  return names.empty() ? "" : fmt::format(" ({} {})", word, fmt::join(names, ", "));
}

}  // namespace

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  const bool is_list = option->get_expected_max() == CLI::detail::expected_max_vector_size;
  std::string head = is_positional ? option->get_name(true) : names_of(*option);
  // An argument's name says what it is.
  const std::string value = is_positional ? "" : value_of(*option);
  if (!value.empty()) head += " " + value;
  if (is_list) head += "...";
  std::string help = option->get_description();
  if (!option->get_default_str().empty()) help += fmt::format(" [{}]", option->get_default_str());
  help += note("with", option->get_needs()) + note("not with", option->get_excludes());
  if (head.size() + 2 > kWidthOfNames) return fmt::format("  {}\n{:{}}{}\n", head, "", kWidthOfNames + 2, help);
  return fmt::format("  {:{}}{}\n", head, kWidthOfNames, help);
}

}  // namespace tools
