// Options from a text: EMULATED_CUDA="devices=0,compute=6.1,memory=1000000,driver=0,seed=7".
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/emulated/include/emulated.h"

namespace emulated {

namespace {

template <typename Int>
Int parse_number(std::string_view text, std::string_view field) {
  Int value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) {
    throw std::invalid_argument("EMULATED_CUDA: " + std::string(field) + "=" + std::string(text) +
                                ": want a whole number from 0");
  }
  return value;
}

void set(Options& options, std::string_view field, std::string_view value) {
  if (field == "devices") {
    options.n_devices = parse_number<int>(value, field);
  } else if (field == "compute") {
    const std::size_t dot = value.find('.');
    options.compute_major = parse_number<int>(value.substr(0, dot), field);
    options.compute_minor = dot == value.npos ? 0 : parse_number<int>(value.substr(dot + 1), field);
  } else if (field == "memory") {
    options.memory = static_cast<std::size_t>(parse_number<std::int64_t>(value, field));
  } else if (field == "shared") {
    options.shared_memory = static_cast<std::size_t>(parse_number<std::int64_t>(value, field));
  } else if (field == "driver") {
    options.driver_version = parse_number<int>(value, field);
  } else if (field == "code") {
    options.has_code = parse_number<int>(value, field) != 0;
  } else if (field == "seed") {
    options.seed = static_cast<std::uint64_t>(parse_number<std::int64_t>(value, field));
  } else {
    throw std::invalid_argument("EMULATED_CUDA: '" + std::string(field) +
                                "' is not an option; there are devices, compute, memory, shared, driver, code, seed");
  }
}

}  // namespace

Options parse_options(const std::string& text) {
  Options options;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const std::size_t equals = one.find('=');
    if (equals == one.npos) throw std::invalid_argument("EMULATED_CUDA: '" + std::string(one) + "': want option=value");
    set(options, one.substr(0, equals), one.substr(equals + 1));
  }
  return options;
}

}  // namespace emulated
