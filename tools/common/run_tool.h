#pragma once
// What every tool's main shares: flags, messages, exit codes.
//
//   int main(int argc, char** argv) { return tools::run_tool<Options>(argc, argv, kInfo, define, check, run); }
//
// Exit codes: 0 done; 1 done, but records failed; 2 could not do the job, bad flags included. A
// closed standard output is a quiet end (0).
#include <CLI/CLI.hpp>
#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace tools {

struct ToolInfo {
  std::string name;         ///< "ossicle-lyon"; stands before every message
  std::string description;  ///< one sentence
  std::string example;      ///< one command line that can be pasted, shown by --help
};

/// The messages of a run, on standard error, each line after the tool's name; ear::printable() and shortened(). Threads may call it.
class Context {
 public:
  explicit Context(std::string tool) : tool_(std::move(tool)) {}

  /// What a user may like to know; silent under --quiet.
  void note(std::string_view message);
  /// What a user should know; never silent.
  void warn(std::string_view message);
  /// What was asked for by an option of its own; never silent.
  void report(std::string_view message);
  /// Names a record that could not be processed; the exit code becomes 1.
  void fail_record(std::string_view message);

  bool quiet() const { return quiet_; }
  std::size_t n_failed() const { return n_failed_; }

 private:
  friend int run_app(int, char**, const ToolInfo&, const std::function<void(CLI::App&)>&,
                     const std::function<void(Context&)>&);
  std::string tool_;
  bool quiet_ = false;
  std::atomic<std::size_t> n_failed_ = 0;
};

/// run_tool without the options' type.
int run_app(int argc, char** argv, const ToolInfo& info, const std::function<void(CLI::App&)>& define,
            const std::function<void(Context&)>& run);

/// Runs a tool. `define(CLI::App&, Options&)` adds the flags, `check(Options&)` runs after parsing and throws
/// std::invalid_argument for values that do not fit together, `run(Options&, Context&)` does the work. --help,
/// --version and -q,--quiet are added here, and require_kinds() holds for all options.
template <class Options>
int run_tool(int argc, char** argv, const ToolInfo& info, std::function<void(CLI::App&, Options&)> define,
             std::function<void(Options&)> check, std::function<void(Options&, Context&)> run) {
  Options options;
  const auto check_and_run = [&](Context& context) {
    check(options);
    run(options, context);
  };
  return run_app(
      argc, argv, info, [&](CLI::App& app) { define(app, options); }, check_and_run);
}

/// Of a text longer than 2,000 bytes its beginning, how much is left out, and its end, where messages say what to do.
std::string shortened(const std::string& text);

/// "0.1.0", the version of the project.
const char* version();

}  // namespace tools
