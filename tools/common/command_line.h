#pragma once
// What the tools' command lines do otherwise than CLI11 by itself.
#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace tools {

/// What an option takes.
enum class ValueKind { kFlag, kWholeNumber, kNumber, kText };
ValueKind kind_of(const CLI::Option& option);

/// Makes every option of `app` refuse what is not of its kind, an empty number included, and read numbers as decimal: CLI11
/// takes 010 for 8, 0x10 for 16, and numbers beyond 64 bits for the largest one. Call it when all options are there.
void require_kinds(CLI::App& app);

/// Refuses a list that stands on the command line more than once, which CLI11 would join. An option with take_all() may do so.
/// Throws CLI::ValidationError. Call it when `app` has parsed.
void require_once(const CLI::App& app);

/// "; did you mean --epochs?" if `unknown`, with or without dashes before it and a value behind it, is nearly the name of an
/// option; else empty.
std::string did_you_mean(const CLI::App& app, std::string_view unknown);

}  // namespace tools
