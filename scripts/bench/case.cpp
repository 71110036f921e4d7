#include "scripts/bench/case.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

namespace bench {

namespace {

template <class Number>
std::vector<Number> parse_list(const std::string& name, std::string_view text) {
  std::vector<Number> values;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    Number value{};
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), value);
    if (error != std::errc() || end != item.data() + item.size()) {
      throw std::invalid_argument("--" + name + ": '" + std::string(item) + "' is not a number");
    }
    values.push_back(value);
    text.remove_prefix(std::min(item.size() + 1, text.size()));
  }
  return values;
}

}  // namespace

Flags::Flags(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (!arguments[i].starts_with("--") || i + 1 == arguments.size()) {
      throw std::invalid_argument(arguments[i] + ": wanted --name value");
    }
    values_[arguments[i].substr(2)] = arguments[i + 1];
  }
}

std::string Flags::text(const std::string& name, const std::string& otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? otherwise : found->second;
}

std::vector<int> Flags::integers(const std::string& name) const {
  return parse_list<int>(name, text(name));
}
std::vector<double> Flags::numbers(const std::string& name) const {
  return parse_list<double>(name, text(name));
}
int Flags::integer(const std::string& name, int otherwise) const {
  const std::vector<int> values = integers(name);
  if (values.size() > 1) throw std::invalid_argument("--" + name + ": wanted one number");
  return values.empty() ? otherwise : values.front();
}

Case parse_case(const Flags& flags) {
  Case made;
  made.network.sizes = flags.integers("sizes");
  made.n_steps = flags.integer("steps", made.n_steps);
  made.n_batch = flags.integer("batch", made.n_batch);
  if (made.n_steps < 1 || made.n_batch < 1) throw std::invalid_argument("--steps and --batch: wanted 1 or more");
  const std::string variant = flags.text("variant");
  if (variant == "srsc-bip") {
    made.network.self_recurrent = {1, 2, 3};
    made.network.bip = {1, 2, 3};
    made.network.skips = {{1, 3}};
  } else if (!variant.empty() && variant != "feed-forward") {
    throw std::invalid_argument("--variant " + variant + ": wanted feed-forward or srsc-bip");
  }
  made.network.input_scale = 2.0;  // as the recipe "best"
  snn::validate(made.network);
  return made;
}

}  // namespace bench
