#include "frontend/events/isolated_source.h"

#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <new>
#include <thread>

using Catch::Contains;
using ear::IsolatedSource;

namespace {

/// Gives `n` recordings, then does `last`, which may end the process.
class Scripted : public ear::EventSource {
 public:
  Scripted(int n, std::function<void()> last) : n_(n), last_(std::move(last)) {
    info_ = {"script", 4, {"a", "b"}, {"a note"}};
  }
  const ear::EventSourceInfo& info() const override { return info_; }
  bool next(ear::EventRecord& record) override {
    if (i_ == n_) {
      last_();
      return false;
    }
    record = {};
    record.key = "r" + std::to_string(i_++);
    record.label = "a";
    record.times_s = {0.5, 0.75};
    record.channels = {0, 3};
    return true;
  }

 private:
  int n_;
  int i_ = 0;
  std::function<void()> last_;
  ear::EventSourceInfo info_;
};

IsolatedSource::Make script(int n, std::function<void()> last) {
  return [=] { return std::make_unique<Scripted>(n, last); };
}

int n_descriptors() {
  int n = 0;
  DIR* folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++n;
  closedir(folder);
  return n;
}

/// No child is left, alive or not.
void check_no_child() {
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

/// Reads to the end; the message of what it threw, "" if nothing.
std::string read_all(const IsolatedSource::Make& make, unsigned patience_s, int& n_records) {
  n_records = 0;
  try {
    IsolatedSource source(make, "f.h5", "the library", patience_s);
    for (ear::EventRecord record; source.next(record);) ++n_records;
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Isolated source: gives what the source gives, and leaves neither process nor descriptor") {
  const int before = n_descriptors();
  {
    IsolatedSource source(script(1000, [] {}), "f.h5", "the library", 60);
    CHECK(source.info().name == "script");
    CHECK(source.info().n_channels == 4);
    CHECK(source.info().classes == std::vector<std::string>{"a", "b"});
    CHECK(source.info().notes == std::vector<std::string>{"a note"});
    ear::EventRecord record;
    for (int i = 0; i < 1000; ++i) {
      REQUIRE(source.next(record));
      CHECK(record.key == "r" + std::to_string(i));
      CHECK(record.times_s == std::vector<double>{0.5, 0.75});
      CHECK(record.channels == std::vector<std::uint32_t>{0, 3});
    }
    CHECK_FALSE(source.next(record));
    CHECK_FALSE(source.next(record));
    check_no_child();
  }
  CHECK(n_descriptors() == before);
}

TEST_CASE("Isolated source: one that is not read to its end leaves nothing either") {
  const int before = n_descriptors();
  {
    IsolatedSource source(script(1 << 20, [] {}), "f.h5", "the library", 60);
    ear::EventRecord record;
    REQUIRE(source.next(record));
  }
  check_no_child();
  CHECK(n_descriptors() == before);
}

TEST_CASE(
    "Isolated source: a crash becomes an error that names file, library and signal, after the recordings before it") {
  int n = 0;
  CHECK_THAT(read_all(script(3, [] { raise(SIGSEGV); }), 60, n),
             Contains("f.h5: the library failed on it (signal 11): the file is damaged"));
  CHECK(n == 3);
  CHECK_THAT(read_all([]() -> std::unique_ptr<ear::EventSource> { std::abort(); }, 60, n), Contains("signal 6"));
  CHECK_THAT(read_all(script(1, [] { _exit(3); }), 60, n), Contains("failed on it (status "));
  check_no_child();
}

TEST_CASE("Isolated source: a library that comes to no end is given up, one that waits for its reader is not") {
  int n = 0;
  CHECK_THAT(read_all(script(2,
                             [] {
                               while (true) pause();
                             }),
                      1, n),
             Contains("came to no end in 1 s"));
  CHECK(n == 2);
  check_no_child();

  IsolatedSource source(script(100'000, [] {}), "f.h5", "the library", 1);
  ear::EventRecord record;
  REQUIRE(source.next(record));
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // longer than its patience, the pipe being full
  int n_rest = 0;
  while (source.next(record)) ++n_rest;
  CHECK(n_rest == 99'999);
}

TEST_CASE("Isolated source: signals that the process ignores are ignored for it too, as under nohup") {
  const auto before = signal(SIGHUP, SIG_IGN);
  IsolatedSource source(script(1, [] { raise(SIGHUP); }), "a.h5", "the library", 10);
  ear::EventRecord record;
  CHECK(source.next(record));
  CHECK_FALSE(source.next(record));
  signal(SIGHUP, before);
}

TEST_CASE("Isolated source: works with the standard descriptors closed") {
  const pid_t child = fork();
  if (child == 0) {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(fd);
    int n = 0;
    try {
      IsolatedSource source(script(2, [] {}), "a.h5", "the library", 10);
      for (ear::EventRecord record; source.next(record);) ++n;
    } catch (const std::exception&) {
      n = -1;
    }
    _exit(n == 2 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("Isolated source: a child that was ended from outside is no damaged file") {
  IsolatedSource source(script(1, [] { raise(SIGTERM); }), "a.h5", "the library", 10);
  ear::EventRecord record;
  CHECK(source.next(record));
  CHECK_THROWS_WITH(source.next(record), Contains("a.h5: the library was ended from outside"));
}

TEST_CASE("Isolated source: what the source throws arrives as what it was") {
  int n = 0;
  CHECK(read_all(script(1, [] { throw std::runtime_error("f.h5: cut"); }), 60, n) == "f.h5: cut");
  CHECK(n == 1);
  CHECK(read_all([]() -> std::unique_ptr<ear::EventSource> { throw std::runtime_error("no"); }, 60, n) == "no");
  CHECK_THAT(read_all(script(0, [] { throw std::bad_alloc(); }), 60, n), Contains("wants more memory"));
  const auto mistaken = []() -> std::unique_ptr<ear::EventSource> { throw std::invalid_argument("caller"); };
  CHECK_THROWS_AS(IsolatedSource(mistaken, "f.h5", "the library", 60), std::invalid_argument);
  check_no_child();
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("Isolated source: memory is bounded") {
  int n = 0;
  const auto greedy = [] {
    std::vector<std::string> blocks(64);
    for (std::string& block : blocks) block.reserve(std::size_t{1} << 28);
    if (blocks[0].capacity() == 1) std::abort();
  };
  CHECK_THAT(read_all(script(0, greedy), 60, n), Contains("wants more memory"));
}
#endif

TEST_CASE("Isolated source: events that a damaged process sends are checked again") {
  class Wrong : public Scripted {
   public:
    Wrong() : Scripted(1, [] {}) {}
    bool next(ear::EventRecord& record) override {
      const bool more = Scripted::next(record);
      record.channels = {0, 4};
      return more;
    }
  };
  IsolatedSource source([] { return std::make_unique<Wrong>(); }, "f.h5", "the library", 60);
  ear::EventRecord record;
  REQUIRE(source.next(record));
  CHECK_THAT(record.error, Contains("channel 4"));
}
