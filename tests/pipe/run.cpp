#include "tests/pipe/run.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace pipe_support {

namespace {

// The two ends of a pipe, or of a pseudo-terminal (both directions through either end).
struct Ends {
  int ours = -1;
  int childs = -1;
};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Ends make_ends(bool terminal, bool to_child) {
  Ends ends;
  if (terminal) {
    if (::openpty(&ends.ours, &ends.childs, nullptr, nullptr, nullptr) != 0) fail("openpty");
    ::fcntl(ends.childs, F_SETFD, FD_CLOEXEC);
  } else {
    std::array<int, 2> pipe = {};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) fail("pipe2");
    ends = to_child ? Ends{pipe[1], pipe[0]} : Ends{pipe[0], pipe[1]};
  }
  ::fcntl(ends.ours, F_SETFD, FD_CLOEXEC);
  ::fcntl(ends.ours, F_SETFL, O_NONBLOCK);
  return ends;
}

// Once for all children: execvpe() searches the parent's PATH.
void put_tools_on_path() {
  static const bool kDone = [] {
    const char* path = std::getenv("PATH");
    const std::string wanted = std::string(OSSICLE_TOOLS_DIR) + ":" + (path != nullptr ? path : "/usr/bin:/bin");
    return ::setenv("PATH", wanted.c_str(), 1) == 0;
  }();
  if (!kDone) fail("setenv");
}

// Runs in the child: only calls that are safe after fork().
[[noreturn]] void become(char* const* argv, char* const* env, const char* folder, const Ends (&ends)[3]) {
  for (int fd = 0; fd < 3; ++fd) ::dup2(ends[fd].childs, fd);
  std::signal(SIGPIPE, SIG_DFL);
  if (*folder == '\0' || ::chdir(folder) == 0) ::execvpe(argv[0], argv, env);
  ::_exit(127);
}

void close_end(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

// Reads what is there; false at the end. A terminal whose other side is closed gives EIO.
bool take(int fd, std::string& text) {
  std::array<char, 65536> block = {};
  const ssize_t n = ::read(fd, block.data(), block.size());
  if (n > 0) text.append(block.data(), static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

// Writes what fits; false when all is written or nobody reads.
bool give(int fd, const std::string& input, std::size_t& at) {
  const ssize_t n = ::write(fd, input.data() + at, input.size() - at);
  if (n > 0) at += static_cast<std::size_t>(n);
  return at < input.size() && (n >= 0 || errno == EAGAIN || errno == EINTR);
}

void exchange(Ends (&ends)[3], const std::string& input, bool keep_stdin, Result& result) {
  std::size_t at = 0;
  if (input.empty() && !keep_stdin) close_end(ends[0].ours);
  while (ends[1].ours >= 0 || ends[2].ours >= 0) {
    const int stdin_fd = at < input.size() ? ends[0].ours : -1;
    std::array<pollfd, 3> waits = {pollfd{stdin_fd, POLLOUT, 0}, pollfd{ends[1].ours, POLLIN, 0},
                                   pollfd{ends[2].ours, POLLIN, 0}};
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) fail("poll");
    if (waits[0].revents != 0 && !give(ends[0].ours, input, at) && !keep_stdin) close_end(ends[0].ours);
    if (waits[1].revents != 0 && !take(ends[1].ours, result.out)) close_end(ends[1].ours);
    if (waits[2].revents != 0 && !take(ends[2].ours, result.err)) close_end(ends[2].ours);
  }
}

}  // namespace

Result run(const std::vector<std::string>& command, const std::string& input, const Where& where) {
  std::vector<std::string> words = command;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  put_tools_on_path();
  const std::string folder = where.folder.string();
  std::signal(SIGPIPE, SIG_IGN);

  Ends ends[3] = {make_ends(where.stdin_is_terminal, true), make_ends(where.stdout_is_terminal, false),
                  make_ends(false, false)};
  const pid_t pid = ::fork();
  if (pid < 0) fail("fork");
  if (pid == 0) become(argv.data(), environ, folder.c_str(), ends);
  for (Ends& end : ends) close_end(end.childs);
  Result result;
  exchange(ends, input, where.stdin_is_terminal, result);
  close_end(ends[0].ours);
  int status = 0;
  rusage usage = {};
  while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) continue;
  result.peak_mb = static_cast<double>(usage.ru_maxrss) * 1024.0 / 1e6;
  constexpr int kSignal = 128;
  result.exit_code = WIFSIGNALED(status) ? kSignal + WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

Result shell(const std::string& line, const std::string& input, const Where& where) {
  return run({"/bin/sh", "-c", line}, input, where);
}

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "ossicle-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail("mkdtemp");
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string slurp(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) throw std::runtime_error(path.string() + ": cannot read");
  return bytes.str();
}

void spill(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  if (!file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush()) {
    throw std::runtime_error(path.string() + ": cannot write");
  }
}

}  // namespace pipe_support
