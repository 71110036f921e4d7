#include "tools/options/reject_option.h"

#include <fmt/format.h>

#include <stdexcept>

namespace tools {

void add_reject_option(CLI::App& app, std::optional<double>& reject, const std::string& help) {
  app.add_option("--reject", reject, "Answer (unknown) where the confidence is below this, 0 to 1" + help);
}

void check_reject(const std::optional<double>& reject) {
  if (reject && !(*reject >= 0.0 && *reject <= 1.0)) {
    throw std::invalid_argument(fmt::format("--reject {}: wanted 0 to 1", *reject));
  }
}

}  // namespace tools
