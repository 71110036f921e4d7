#include "tools/options/encode_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "tools/options/choice_option.h"

namespace tools {

namespace {

constexpr const char* kCommon = "Options";  // heading of the flags that all methods have

std::string flag_of(std::string name) {
  std::ranges::replace(name, '_', '-');
  return "--" + name;
}

/// A flag that two methods have is theirs in turn, and says so.
template <class Params>
void add_fields(CLI::App& app, const Params& params, const std::string& group, EncodeOptions& o) {
  visit_fields(params, [&]<class T>(const ear::Field& field, const T& usual) {
    const std::string flag = flag_of(field.name);
    const std::string help = fmt::format("{}; {} [{}]", field.help, range_text(field.range), usual);
    CLI::Option* const there = app.get_option_no_throw(flag);
    if (there == nullptr) {
      const auto set = [&o, name = field.name](const T& value) { o.given[name] = value; };
      app.add_option_function<T>(flag, set, help)->group(group);
    } else if (there->get_group() != kCommon) {
      there->description(fmt::format("{}. With {}: {}", there->get_description(), group, help));
    }
  });
}

std::vector<std::string> methods_with(const std::string& name) {
  std::vector<std::string> methods;
  for (const ear::EncodeParams& method : ear::encode_methods()) {
    const auto look = [&](const ear::Field& field, const auto&) {
      if (field.name == name) methods.emplace_back(method_name(method));
    };
    std::visit([&look](const auto& params) { visit_fields(params, look); }, method);
  }
  return methods;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const ear::EncodeParams& method : ear::encode_methods()) names.emplace_back(method_name(method));
  return names;
}

}  // namespace

void add_encode_options(CLI::App& app, EncodeOptions& o) {
  app.add_option("--method", o.method, "How spikes are made")
      ->type_name(choices_type(method_names()))
      ->capture_default_str();
  add_fields(app, ear::RasterSteps(), kCommon, o);
  for (const ear::EncodeParams& method : ear::encode_methods()) {
    const std::string group = fmt::format("--method {}", method_name(method));
    std::visit([&](const auto& params) { add_fields(app, params, group, o); }, method);
  }
}

ear::EncodeParams encode_params(const EncodeOptions& options) {
  std::optional<ear::EncodeParams> params = ear::encode_method(options.method);
  if (!params) {
    throw std::invalid_argument(fmt::format("--method {}: wanted {}", options.method, fmt::join(method_names(), ", ")));
  }
  auto left = options.given;
  const auto take = [&left]<class T>(const ear::Field& field, T& value) {
    const auto found = left.find(field.name);
    if (found == left.end()) return;
    value = std::get<T>(found->second);
    left.erase(found);
  };
  std::visit([&take](auto& p) { visit_fields(p, take); }, *params);
  if (!left.empty()) {
    const std::string& name = left.begin()->first;
    throw std::invalid_argument(fmt::format("{}: a parameter of {}, and the method is {}", flag_of(name),
                                            fmt::join(methods_with(name), " "), options.method));
  }
  ear::validate(*params);
  return *params;
}

std::string first_given(const EncodeOptions& options) {
  return options.given.empty() ? "" : flag_of(options.given.begin()->first);
}

std::string encode_command(const ear::EncodeParams& params) {
  const ear::RecipeStage stage = ear::to_stage(params);
  std::string line = stage.tool;
  for (const auto& [name, value] : stage.params) {
    line += std::visit([&name](const auto& v) { return fmt::format(" {} {}", flag_of(name), v); }, value);
  }
  return line;
}

}  // namespace tools
