#pragma once
// How --help shows an option: as GNU programs do, which help2man and the makers of shell completion understand.
#include <CLI/CLI.hpp>
#include <string>

namespace tools {

/// "  -o, --output STREAM    What for [default] (with --list)": the names, what the value is (a type, or {the,few,choices}), then,
/// two blanks away or on the next line, the help.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { label("Positionals", "Arguments"); }
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace tools
