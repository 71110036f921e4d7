#pragma once
// The file of --config: a tool's options as TOML, all at its top level.
#include <CLI/CLI.hpp>
#include <string>

namespace tools {

/// Adds --config FILE; `path` gets the file's name. The file holds lines KEY = VALUE: KEY is a long option name without its
/// dashes, VALUE a number, true or false, a quoted text, or a list of them in brackets, which may span lines. Numbers are read
/// as require_kinds() reads them. An option on the command line, or one that excludes the key, wins over the file. Whatever
/// else the file holds is an error that names file, line and key: CLI::ConfigError, thrown while `app` parses.
void add_config(CLI::App& app, std::string& path);

}  // namespace tools
