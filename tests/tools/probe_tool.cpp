// A tool that does one thing of every kind that tools do: what the tests of run_tool and of the files run.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/common/config_file.h"
#include "tools/common/io.h"
#include "tools/common/run_tool.h"

namespace {

struct Options {
  std::string action = "nothing";
  std::string input = "-";
  std::string output = "-";
  std::string preset;
  int count = 1;
  double rate = 0.5;
  bool bip = false;
  std::vector<int> sizes;
  std::uint64_t seed = 1;
  std::string name, config;
  bool no_name = false;
};

void define(CLI::App& app, Options& o) {
  app.add_option("action", o.action, "What to do");
  app.add_option("-i,--input", o.input, "File to read")->capture_default_str();
  app.add_option("-o,--output", o.output, "File to write")->capture_default_str();
  app.add_option("--preset", o.preset, "Set of values")->check(CLI::IsMember({"fast", "slow"}));
  app.add_option("--count", o.count, "How many")->check(CLI::Range(0, 100'000'000))->capture_default_str();
  app.add_option("--rate", o.rate, "How fast (Hz)")->capture_default_str();
  app.add_flag("--bip,!--no-bip", o.bip, "Switch");
  app.add_option("--sizes", o.sizes, "How large")->delimiter(',')->allow_extra_args(false);
  app.add_option("--seed", o.seed, "Of what is drawn");
  auto* name = app.add_option("--name", o.name, "What it is called");
  app.add_flag("--no-name", o.no_name, "Not called anything")->excludes(name);
  tools::add_config(app, o.config);
}

void check(Options& o) {
  if (o.count == 13) throw std::invalid_argument("--count 13: not this one; take another");
}

void write_file(const Options& o, tools::FileKind kind, tools::Context& context) {
  tools::OutputFile file(o.output, kind);
  if (o.action == "talk") context.fail_record("b.wav: empty");
  file.write(std::string(static_cast<std::size_t>(o.count), 'x'));
  if (o.action == "hang") ::pause();
  file.commit();
}

void run(Options& o, tools::Context& context) {
  if (o.action == "show") fmt::print("count {} rate {} bip {}\n", o.count, o.rate, o.bip);
  if (o.action == "values") {
    fmt::print("sizes {} seed {} name {} no-name {} config {}\n", fmt::join(o.sizes, ","), o.seed, o.name, o.no_name,
               o.config);
  }
  if (o.action == "say") context.warn(tools::read_file(o.input, static_cast<std::size_t>(o.count), "a text"));
  if (o.action == "cat") std::cout << tools::read_file(o.input, static_cast<std::size_t>(o.count), "a text");
  if (o.action == "print") {
    for (int i = 0; i < o.count; ++i) fmt::print("{}\n", i);
  }
  if (o.action == "unchecked") {
    const std::string text(static_cast<std::size_t>(o.count), 'x');
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  if (o.action == "text" || o.action == "talk" || o.action == "hang") write_file(o, tools::FileKind::kText, context);
  if (o.action == "binary") write_file(o, tools::FileKind::kStream, context);
  if (o.action == "exit") std::exit(1);  // as a library may
  if (o.action == "fail") throw std::runtime_error("a.wav: no sound in it\nrecord a sound");
  if (o.action == "messages") {
    context.note("reading 3 files");
    context.warn("b.wav: two channels, mixed");
    context.fail_record("c.wav: cannot be read");
    context.fail_record("d.wav: cannot be read");
    fmt::print("failed {}\n", context.n_failed());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const tools::ToolInfo info{"ossicle-probe", "Does what it is told.", "ossicle-probe show --count 3"};
  return tools::run_tool<Options>(argc, argv, info, define, check, run);
}
