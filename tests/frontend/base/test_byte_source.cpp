#include "frontend/base/byte_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "tests/support/temp_folder.h"

using ear::ByteSource;

namespace {

std::string numbered_bytes(std::size_t n) {
  std::string bytes(n, '\0');
  for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
  return bytes;
}

void check_reads(ByteSource source, const std::string& bytes) {
  REQUIRE(source.size() == bytes.size());
  CHECK(source.read(0, bytes.size()) == bytes);
  CHECK(source.read(70'000, 100) == bytes.substr(70'000, 100));
  CHECK(source.read(bytes.size() - 3, 100) == bytes.substr(bytes.size() - 3));
  CHECK(source.read(bytes.size(), 1).empty());
  CHECK(source.read(UINT64_MAX, 1).empty());
  source.remove_prefix(1000);
  CHECK(source.size() == bytes.size() - 1000);
  CHECK(source.read(5, 10) == bytes.substr(1005, 10));
  source.remove_prefix(UINT64_MAX);
  CHECK(source.size() == 0);
}

}  // namespace

TEST_CASE("A file, a pipe and memory give the same bytes at every offset") {
  const std::string bytes = numbered_bytes(200'000);
  check_reads(ByteSource(bytes), bytes);

  const support::TempFolder folder;
  const auto path = folder.path() / "bytes";
  std::ofstream(path, std::ios::binary) << bytes;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  check_reads(ByteSource(file), bytes);
  REQUIRE(lseek(file, 100, SEEK_SET) == 100);  // as another program may leave it behind
  check_reads(ByteSource(file), bytes.substr(100));
  close(file);

  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::thread writer([&] {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto n_written = write(ends[1], bytes.data() + sent, std::min<std::size_t>(999, bytes.size() - sent));
      if (n_written < 0) break;
      sent += static_cast<std::size_t>(n_written);
    }
    close(ends[1]);
  });
  const ByteSource piped(ends[0]);
  writer.join();
  close(ends[0]);
  check_reads(piped, bytes);
}

TEST_CASE("A descriptor that cannot be read is an error") {
  CHECK_THROWS_WITH(ByteSource(-1), Catch::Contains("cannot be read (Bad file descriptor)"));
}
