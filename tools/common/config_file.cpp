#include "tools/common/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "frontend/base/text.h"
#include "tools/common/command_line.h"

namespace tools {

namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

enum class Type { kNumber, kBoolean, kText };

struct Value {
  Type type;
  std::string text;
};

struct Item {
  std::string key;
  int line = 0;
  std::vector<Value> values;
};

/// Takes a file apart, item by item. By hand: CLI11's own reader takes what it does not understand for something else, and readers
/// of all of TOML refuse a number with zeros in front, and tell what is wrong without the option's name.
class TomlReader {
 public:
  TomlReader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);  // a byte order mark
  }

  std::optional<Item> next() {
    skip_lines();
    if (text_.empty()) return std::nullopt;
    Item item{.key = {}, .line = line_, .values = {}};
    if (text_.front() == '[') fail(item, "there are no sections here: all keys stand at the top, without [...] lines");
    item.key = take_key();
    if (item.key.empty() || !take('=')) fail(item, "wanted KEY = VALUE, KEY a long option name without its dashes");
    if (text_.starts_with('[')) {
      item.values = take_list(item);
    } else {
      item.values = {take_value(item)};
    }
    skip_comment();
    if (!text_.empty() && text_.front() != '\n') fail(item, fmt::format("'{}' behind the value", rest_of_line()));
    return item;
  }

  /// Throws CLI::ConfigError.
  [[noreturn]] void fail(const Item& item, const std::string& what) const {
    const std::string key = item.key.empty() ? "" : item.key + ": ";
    throw CLI::ConfigError(
        ear::printable(fmt::format("{}: line {}: {}{}", name_, item.line, key, what)));  // what() ends at a NUL
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  std::string take_while(const auto& wanted) {
    const auto n = static_cast<std::size_t>(std::ranges::find_if_not(text_, wanted) - text_.begin());
    const std::string taken(text_.substr(0, n));
    text_.remove_prefix(n);
    return taken;
  }

  std::string_view rest_of_line() const { return text_.substr(0, text_.find('\n')); }

  void skip_comment() {
    take_while(is_blank);
    if (text_.starts_with('#')) text_.remove_prefix(rest_of_line().size());
  }

  void skip_lines() {
    for (skip_comment(); text_.starts_with('\n'); skip_comment()) {
      text_.remove_prefix(1);
      ++line_;
    }
  }

  /// Takes `c` and the blanks around it, if it is next.
  bool take(char c) {
    take_while(is_blank);
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    take_while(is_blank);
    return true;
  }

  std::string take_key() {
    const Item here{.key = {}, .line = line_, .values = {}};
    if (text_.front() == '"' || text_.front() == '\'') return take_quoted(here).text;
    return take_while([](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
  }

  Value take_quoted(const Item& item) {
    const char quote = text_.front();
    text_.remove_prefix(1);
    std::string taken;
    while (!text_.empty() && text_.front() != quote && text_.front() != '\n') {
      if (text_.front() == '\0') fail(item, "the text holds a zero byte");
      if (quote == '"' && text_.front() == '\\') {
        text_.remove_prefix(1);
        if (!text_.starts_with('"') && !text_.starts_with('\\'))
          fail(item, "a \\ in \"...\" must stand before \" or \\; '...' takes a text as it is");
      }
      taken += text_.front();
      text_.remove_prefix(1);
    }
    if (!text_.starts_with(quote)) fail(item, fmt::format("the text has no {} at its end", quote));
    text_.remove_prefix(1);
    return {Type::kText, taken};
  }

  Value take_value(const Item& item) {
    if (text_.starts_with('"') || text_.starts_with('\'')) return take_quoted(item);
    const std::string word = take_while(
        [](char c) { return !is_blank(c) && std::string_view("\n,[]{}#\"'=").find(c) == std::string::npos; });
    if (word.empty()) fail(item, "has no value");
    if (word == "true" || word == "false") return {Type::kBoolean, word};
    double number = 0.0;
    const char* const begin = word.data() + (word.starts_with('+') ? 1 : 0);
    const char* const end = word.data() + word.size();
    const auto [rest, error] = std::from_chars(begin, end, number);
    if (rest == end && error != std::errc::invalid_argument) return {Type::kNumber, word};
    fail(item, fmt::format("{0} is neither a number nor true or false; a text stands in quotes: \"{0}\"", word));
  }

  std::vector<Value> take_list(const Item& item) {
    std::vector<Value> values;
    text_.remove_prefix(1);
    for (bool is_first = true;; is_first = false) {
      skip_lines();
      if (!is_first && !text_.starts_with(']')) {
        if (!take(',')) fail(item, "wanted , or ] in the list");
        skip_lines();
      }
      if (take(']')) break;
      values.push_back(take_value(item));
    }
    if (values.empty()) fail(item, "has no value");
    return values;
  }

  std::string_view text_;
  std::string name_;
  int line_ = 1;
};

/// Why the option cannot have these values; empty if it can.
std::string mismatch(const CLI::Option& option, const std::vector<Value>& values) {
  const auto all = [&](const auto& fits) { return std::ranges::all_of(values, fits); };
  switch (kind_of(option)) {
    case ValueKind::kFlag:
      return values.size() == 1 && values[0].type == Type::kBoolean ? "" : "wanted true or false";
    case ValueKind::kWholeNumber:
    case ValueKind::kNumber:
      return all([](const Value& value) { return value.type == Type::kNumber; }) ? "" : "wanted a number";
    case ValueKind::kText:
      break;
  }
  const bool fits = all([](const Value& value) { return value.type != Type::kBoolean && !value.text.empty(); });
  return fits ? "" : "wanted a text in quotes that is not empty";
}

/// What CLI11 calls for the file behind --config, when it has read the command line. It gives the values to the options itself,
/// since CLI11 would lose the lines.
class ConfigFile : public CLI::ConfigBase {
 public:
  explicit ConfigFile(CLI::App& app) : app_(app) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    const std::string name = app_.get_config_ptr()->results().back();
    const std::string text = read(input, name);
    TomlReader reader(text, name);
    std::map<std::string, int> lines;
    const auto given = app_.get_options([](CLI::Option* option) { return option->count() > 0; });
    while (const std::optional<Item> item = reader.next()) {
      CLI::Option* option = app_.get_option_no_throw("--" + item->key);
      if (option == nullptr || !option->get_configurable()) {
        reader.fail(*item, "no such option; in a configuration file, keys are long option names without their dashes" +
                               did_you_mean(app_, item->key));
      }
      const auto [before, is_new] = lines.emplace(option->get_name(), item->line);
      if (!is_new) reader.fail(*item, fmt::format("stands on line {} already", before->second));
      const std::string wrong = mismatch(*option, item->values);
      if (!wrong.empty()) reader.fail(*item, wrong);
      if (is_decided(*option, given)) continue;
      try {
        give(*option, *item);
      } catch (const CLI::ParseError& error) {
        reader.fail({.key = {}, .line = item->line, .values = {}}, error.what());  // which names the option
      }
    }
    return {};
  }

 private:
  static std::string read(std::istream& input, const std::string& name) {
    std::string text(kMaxBytes + 1, '\0');
    input.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (input.bad()) throw CLI::ConfigError(name + ": cannot be read");
    text.resize(static_cast<std::size_t>(input.gcount()));
    if (text.size() > kMaxBytes) {
      throw CLI::ConfigError(fmt::format("{}: longer than {} bytes, which no configuration file is", name, kMaxBytes));
    }
    return text;
  }

  /// Whether the command line has the option, or one that cannot stand beside it or beside what it needs.
  static bool is_decided(const CLI::Option& option, const std::vector<CLI::Option*>& given) {
    const std::set<CLI::Option*> excluded = option.get_excludes();
    const std::set<CLI::Option*> needed = option.get_needs();
    return std::ranges::any_of(given, [&](CLI::Option* o) { return o == &option || excluded.contains(o); }) ||
           std::ranges::any_of(needed, [&](CLI::Option* o) { return o->count() == 0 && is_decided(*o, given); });
  }

  static void give(CLI::Option& option, const Item& item) {
    for (const Value& value : item.values) {
      const bool is_flag = kind_of(option) == ValueKind::kFlag;
      option.add_result(is_flag ? option.get_flag_value(item.key, value.text) : value.text);
    }
    option.run_callback();
  }

  CLI::App& app_;
};

}  // namespace

void add_config(CLI::App& app, std::string& path) {
  const auto keep = [&path](const std::string& given) {
    path = given;
    return std::string(given.empty() ? "the name of the file is empty" : "");
  };
  app.set_config("--config", "", "TOML file with any of these options")->type_name("FILE")->check(keep);
  app.config_formatter(std::make_shared<ConfigFile>(app));
}

}  // namespace tools
