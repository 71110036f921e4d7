#include "tools/common/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace tools {

namespace {

/// Of a whole number the text that CLI11 understands as it was meant.
template <class T>
std::string plain_digits(const std::string& text) {
  const bool has_plus = text.starts_with('+') && !text.starts_with("+-");
  const char* const end = text.data() + text.size();
  T value = 0;
  const auto [rest, error] = std::from_chars(text.data() + (has_plus ? 1 : 0), end, value);
  if (error != std::errc() || rest != end) {
    const char* range = std::is_unsigned_v<T> ? " that is not negative" : "";
    throw CLI::ValidationError(error == std::errc::result_out_of_range
                                   ? fmt::format("{}: beyond {}", text, std::numeric_limits<T>::max())
                                   : fmt::format("{}: wanted a whole number{}", text, range));
  }
  return fmt::format("{}", value);
}

std::string refuse_number(const std::string& text) {
  if (text.find(',') != std::string::npos) return text + ": wanted one number, with a point as in 0.5";
  // The rest CLI11 sees itself.
  const bool wrong = text.empty() || text.find_first_of("xX") != std::string::npos;
  return wrong ? text + ": wanted a number in decimal digits" : "";
}

std::string refuse_flag(const std::string& text) {
  return text == "true" || text == "false" ? "" : fmt::format("{}: wanted true or false, or no value", text);
}

/// How many letters must be changed, added or left out to make `b` of `a` (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

ValueKind kind_of(const CLI::Option& option) {
  if (option.get_expected_min() == 0) return ValueKind::kFlag;
  const std::string type = option.get_type_name();
  if (type.starts_with("INT") || type.starts_with("UINT")) return ValueKind::kWholeNumber;
  if (type.starts_with("FLOAT")) return ValueKind::kNumber;
  return ValueKind::kText;
}

void require_kinds(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    switch (kind_of(*option)) {
      case ValueKind::kFlag:
        option->check(refuse_flag);
        break;
      case ValueKind::kWholeNumber:
        option->transform(option->get_type_name().starts_with("U") ? plain_digits<std::uint64_t>
                                                                   : plain_digits<std::int64_t>);
        break;
      case ValueKind::kNumber:
        option->check(refuse_number);
        break;
      case ValueKind::kText:
        break;
    }
  }
}

void require_once(const CLI::App& app) {
  const std::vector<CLI::Option*>& given = app.parse_order();
  for (const CLI::Option* option : given) {
    const bool may_repeat = option->get_positional() || kind_of(*option) == ValueKind::kFlag ||
                            option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
    const auto n = std::ranges::count(given, option);
    if (may_repeat || n <= option->get_items_expected_min()) continue;
    throw CLI::ValidationError(option->get_name(),
                               fmt::format("given {} times, wanted once; put commas between its values", n));
  }
}

std::string did_you_mean(const CLI::App& app, std::string_view unknown) {
  constexpr std::size_t kShortest = 3;  // anything is near to less
  constexpr std::size_t kMostWrong = 2;
  unknown = unknown.substr(0, unknown.find('='));
  unknown.remove_prefix(std::min(unknown.find_first_not_of('-'), unknown.size()));
  if (unknown.size() < kShortest) return "";
  std::size_t least = std::min((unknown.size() + 1) / kShortest, kMostWrong) + 1;
  std::string nearest;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      const std::size_t wrong = name.starts_with(unknown) ? 1 : distance(unknown, name);
      if (wrong < least) {
        least = wrong;
        nearest = name;
      }
    }
  }
  return nearest.empty() ? "" : fmt::format("; did you mean --{}?", nearest);
}

}  // namespace tools
