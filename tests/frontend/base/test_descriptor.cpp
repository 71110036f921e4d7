#include "frontend/base/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>

#include "tests/support/temp_folder.h"

using Catch::Contains;

namespace {

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

}  // namespace

TEST_CASE("A descriptor is closed at the end, or before, and moves") {
  ear::Descriptor file(::open("/dev/null", O_WRONLY));
  const int fd = file.get();
  {
    const ear::Descriptor moved = std::move(file);
    CHECK(moved.get() == fd);
    CHECK(is_open(fd));
  }
  CHECK_FALSE(is_open(fd));
  CHECK_FALSE(ear::Descriptor());
  CHECK(ear::Descriptor().close());
  ear::Descriptor gone(::open("/dev/null", O_WRONLY));
  ::close(gone.get());
  CHECK_FALSE(gone.close());
  CHECK(errno == EBADF);
}

TEST_CASE("A file that is read at any byte is regular and not empty") {
  const support::TempFolder temp;
  const auto path = [&](const char* name) { return (temp.path() / name).string(); };
  std::ofstream(path("a")) << "hello";
  std::ofstream(path("empty"));
  REQUIRE(::mkfifo(path("pipe").c_str(), 0600) == 0);
  std::uint64_t size = 0;
  CHECK(ear::open_regular_file(path("a"), "an npz", size));
  CHECK(size == 5);
  CHECK(ear::open_file(path("a")));
  CHECK_THROWS_WITH(ear::open_file(path("b")), Contains("/b: cannot be opened (No such file"));
  CHECK_THROWS_WITH(ear::open_regular_file(path("b"), "an npz", size), Contains("/b: cannot be opened"));
  CHECK_THROWS_WITH(ear::open_regular_file(path("empty"), "an npz", size), Contains("is empty; wanted an npz"));
  CHECK_THROWS_WITH(ear::open_regular_file(path("pipe"), "an npz", size), Contains("is no regular file"));
  CHECK_THROWS_WITH(ear::open_regular_file(path(""), "an npz", size), Contains("is a folder"));
}
