#include "tools/common/run_tool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <system_error>

#include "frontend/base/text.h"
#include "tools/common/command_line.h"
#include "tools/common/help_formatter.h"
#include "tools/common/progress.h"

namespace tools {

namespace {

constexpr int kDone = 0;
constexpr int kFailedInPart = 1;
constexpr int kFailed = 2;

// One call, so that lines of several programs and threads stay whole.
void say(const std::string& tool, std::string_view message) {
  std::string lines = tool + ": ";
  for (const char c : shortened(ear::printable(message))) {
    lines += c;
    if (c == '\n') lines += tool + ": ";
  }
  lines += '\n';
  status_line().print(lines);
}

// Whether standard output is a pipe that nobody reads any more.
bool output_is_closed() {
  pollfd output = {STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

// What is still buffered must arrive: a full disk shows here at the latest. A write that failed earlier has left its
// mark on the stream, but not its errno.
void flush_output() {
  errno = 0;
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout) return;
  const int error = errno != 0 ? errno : (output_is_closed() ? EPIPE : EIO);
  throw std::system_error(error, std::generic_category(), "standard output: cannot write");
}

// A standard descriptor that was closed before the start would be the number of the next file opened, and what is said on
// standard error would stand in an output. Opened the wrong way round, each use of it fails as that of a closed one.
void fill_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0) static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

// While it lives, exit() is not ours: a library that cannot go on may call exit(1), as OpenMP does without its threads, and in
// a tool 1 says that the job is done.
class Running {
 public:
  explicit Running(const std::string& tool) {
    tool_ = tool.c_str();
    std::atexit([] {
      const char* unfinished = tool_;
      if (unfinished == nullptr) return;
      say(unfinished, "a library ended the program, for what it said above; fewer --threads or --jobs may help");
      ::_exit(kFailed);
    });
  }
  ~Running() { tool_ = nullptr; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  static inline std::atomic<const char*> tool_ = nullptr;
};

void add_common(CLI::App& app, const ToolInfo& info, bool& quiet) {
  app.formatter(std::make_shared<HelpFormatter>());
  app.name(info.name);
  app.footer("Example:\n  " + info.example);
  app.set_version_flag("--version", fmt::format("{} {}", info.name, version()), "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.add_flag("-q,--quiet", quiet, "No progress and no notes: warnings and errors only");
}

// A slip in the name of an option may be why another one is missing.
std::string unknown_option(const CLI::App& app) {
  for (const std::string& argument : app.remaining()) {
    const std::string meant = argument.starts_with('-') ? did_you_mean(app, argument) : "";
    if (!meant.empty()) return fmt::format("{} is no option{}", argument, meant);
  }
  return "";
}

std::string describe(const CLI::App& app, const CLI::ParseError& error) {
  const std::string slip = unknown_option(app);
  if (slip.empty()) return error.what();
  return dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ? slip : fmt::format("{}; {}", error.what(), slip);
}

// --help and --version arrive as errors of the parser too; all others are the user's mistake.
int end_of_parse(const CLI::App& app, const CLI::ParseError& error, const ToolInfo& info) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    const bool is_help = dynamic_cast<const CLI::CallForHelp*>(&error) != nullptr;
    fmt::print("{}\n", is_help ? app.help() : error.what());
    flush_output();
    return kDone;
  }
  say(info.name, fmt::format("{}; see {} --help", describe(app, error), info.name));
  return kFailed;
}

}  // namespace

void Context::note(std::string_view message) {
  if (!quiet_) say(tool_, message);
}

void Context::warn(std::string_view message) {
  say(tool_, fmt::format("warning: {}", message));
}

void Context::report(std::string_view message) {
  say(tool_, message);
}

void Context::fail_record(std::string_view message) {
  ++n_failed_;
  say(tool_, message);
}

int run_app(int argc, char** argv, const ToolInfo& info, const std::function<void(CLI::App&)>& define,
            const std::function<void(Context&)>& run) {
  fill_standard_descriptors();
  const Running running(info.name);
  // Without the signals a closed pipe is an error of write(), which ends the run quietly below, and so is a file that has
  // grown to the user's limit, whose rest is then removed.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::setvbuf(stderr, nullptr, _IOLBF, BUFSIZ);
  Context context(info.name);
  CLI::App app(info.description);
  try {
    try {
      add_common(app, info, context.quiet_);
      define(app);
      require_kinds(app);
      app.parse(argc, argv);
      require_once(app);
      run(context);
      flush_output();
      return context.n_failed() > 0 ? kFailedInPart : kDone;
    } catch (const CLI::ParseError& error) {
      return end_of_parse(app, error, info);
    }
  } catch (const std::system_error& error) {
    // Only standard output may be closed early: whoever reads another pipe was promised all of it.
    if (error.code() == std::errc::broken_pipe && output_is_closed()) {
      return context.n_failed() > 0 ? kFailedInPart : kDone;
    }
    say(info.name, error.what());
  } catch (const std::bad_alloc&) {
    say(info.name, "out of memory; give the job smaller pieces or the machine more memory");
  } catch (const std::exception& error) {
    say(info.name, error.what());
  }
  return kFailed;
}

std::string shortened(const std::string& text) {
  constexpr std::size_t kMostBytes = 2000, kBytesOfEnd = 800;
  if (text.size() <= kMostBytes) return text;
  const auto is_continuation = [&text](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  std::size_t begin = kMostBytes - kBytesOfEnd, end = text.size() - kBytesOfEnd;
  while (begin > 0 && is_continuation(begin)) --begin;
  while (end < text.size() && is_continuation(end)) ++end;
  return fmt::format("{} [... {} bytes left out ...] {}", text.substr(0, begin), end - begin, text.substr(end));
}

const char* version() {
  return OSSICLE_VERSION;
}

}  // namespace tools
