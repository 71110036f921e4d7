#pragma once
// --reject: below which confidence an answer is none.
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace tools {

/// `help`: what else it does, or nothing.
void add_reject_option(CLI::App& app, std::optional<double>& reject, const std::string& help = "");

/// Throws std::invalid_argument for a number outside 0..1.
void check_reject(const std::optional<double>& reject);

}  // namespace tools
