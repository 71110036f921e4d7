#include "frontend/exchange/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using exchange_support::error_of;

TEST_CASE("files: bytes arrive in order across blocks, and the end is seen") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += static_cast<char>(i % 127 * i % 251);
  const samples::Memory memory(text);
  ear::ByteInput input(memory.fd(), "a");
  CHECK(input.get() == static_cast<unsigned char>(text[0]));
  std::vector<std::uint8_t> bytes = {7};
  CHECK(input.append(bytes, 150'000) == 150'000);
  CHECK(input.offset() == 150'001);
  CHECK(std::string(bytes.begin() + 1, bytes.end()) == text.substr(1, 150'000));
  CHECK(input.append(bytes, 1ULL << 60) == 49'999);
  CHECK(input.get() == -1);
  input.seek(100'000);
  CHECK(input.get() == static_cast<unsigned char>(text[100'000]));
  CHECK(input.offset() == 100'001);
  CHECK_THAT(error_of([&] { input.seek(200'000); }), Contains("a: byte 200000 is wanted, the file has 200000"));
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  CHECK_THAT(error_of([&] { ear::ByteInput(ends[0], "pipe").seek(0); }), Contains("pipe: byte 0 is wanted"));
  for (const int end : ends) ::close(end);
}

TEST_CASE("files: a new file takes no other's place, and says where it cannot be written") {
  const exchange_support::TempFolder temp;
  ear::write_text(temp.file("a"), "out/a", "hello");
  CHECK_THAT(error_of([&] { ear::write_text(temp.file("a"), "out/a", "other"); }),
             Catch::StartsWith("out/a: cannot create"));
  CHECK(exchange_support::slurp(temp.file("a")) == "hello");
  const int full = ::open("/dev/full", O_WRONLY);
  CHECK_THAT(error_of([&] { ear::ByteOutput(full, "out/b").write(ear::bytes_of("hello")); }),
             Contains("out/b: cannot write: No space left"));
  ::close(full);
}
