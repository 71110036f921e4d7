// Options from a text: EMULATED_CUDA="devices=0,compute=6.1,memory=1000000,shared=0,driver=0,code=0,seed=7".
#include <charconv>
#include <stdexcept>
#include <string_view>

#include "tests/emulated/machine.h"

namespace emulated {

namespace {

struct Field {
  std::string_view name;
  void (*set)(Options& options, std::int64_t value);
};

constexpr Field kFields[] = {
    {"devices", [](Options& o, std::int64_t value) { o.n_devices = static_cast<int>(value); }},
    {"compute", [](Options& o, std::int64_t value) { o.compute_major = static_cast<int>(value), o.compute_minor = 0; }},
    {"memory", [](Options& o, std::int64_t value) { o.memory = static_cast<std::size_t>(value); }},
    {"shared", [](Options& o, std::int64_t value) { o.shared_memory = static_cast<std::size_t>(value); }},
    {"driver", [](Options& o, std::int64_t value) { o.driver_version = static_cast<int>(value); }},
    {"code", [](Options& o, std::int64_t value) { o.has_code = value != 0; }},
    {"seed", [](Options& o, std::int64_t value) { o.seed = static_cast<std::uint64_t>(value); }},
};

/// Sets what "name=value" says; false: it says nothing that is known. Behind a dot of "compute" stands the minor version.
bool set(Options& options, std::string_view setting) {
  const std::string_view name = setting.substr(0, setting.find('='));
  const auto* const field = std::ranges::find(kFields, name, &Field::name);
  std::int64_t value = -1, minor = 0;
  const char* const end = setting.data() + setting.size();
  const char* at = setting.data() + std::min(name.size() + 1, setting.size());
  at = std::from_chars(at, end, value).ptr;
  if (name == "compute" && at != end && *at == '.') at = std::from_chars(at + 1, end, minor).ptr;
  if (field == std::end(kFields) || value < 0 || minor < 0 || at != end || end[-1] == '.') return false;
  field->set(options, value);
  if (name == "compute") options.compute_minor = static_cast<int>(minor);
  return true;
}

}  // namespace

Options parse_options(const std::string& text) {
  Options options;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view setting = rest.substr(0, rest.find(','));
    if (!set(options, setting)) {
      throw std::invalid_argument(
          "EMULATED_CUDA: '" + std::string(setting) +
          "': want a whole number from 0 for devices, compute, memory, shared, driver, code or seed");
    }
    rest.remove_prefix(std::min(setting.size() + 1, rest.size()));
  }
  return options;
}

}  // namespace emulated
