#include "frontend/exchange/files.h"

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

TEST_CASE("files: a new file takes no other's place, a missing one is named") {
  const exchange_support::TempFolder temp;
  ear::write_text(temp.file("a"), "a", "hello");
  CHECK(ear::read_text(temp.file("a")) == "hello");
  CHECK_THAT(error_of([&] { ear::write_text(temp.file("a"), "out/a", "other"); }),
             Catch::StartsWith("out/a: cannot create"));
  CHECK_THAT(error_of([&] { ear::read_text(temp.file("b")); }), Contains("/b: cannot be opened (No such file"));
  CHECK(ear::read_text(temp.file("a")) == "hello");
}

TEST_CASE("files: closing may fail, and says so") {
  const exchange_support::TempFolder temp;
  ear::OpenFile file = ear::OpenFile::to_write(temp.file("a"), "out/a");
  ::close(file.fd());
  CHECK_THAT(error_of([&] { file.close("out/a"); }), Contains("out/a: cannot write: Bad file descriptor"));
}

TEST_CASE("files: lines, words and tables") {
  using Lines = std::vector<std::pair<std::size_t, std::string_view>>;
  CHECK(ear::lines_of("a\r\n\nb c\nd") == Lines{{1, "a"}, {3, "b c"}, {4, "d"}});
  CHECK(ear::words_of("  one\t two ") == std::vector<std::string>{"one", "two"});
  const auto table = ear::parse_table("k one two\n  \nl\n", "text");
  REQUIRE(table.size() == 2);
  CHECK(table.at("k") == std::vector<std::string>{"one", "two"});
  CHECK(table.at("l").empty());
  CHECK_THAT(error_of([] { ear::parse_table("k a\nl\nk b\n", "text"); }), Contains("text:3: key k stands twice"));
}

TEST_CASE("files: a byte order mark of UTF-8 is no part of the text, UTF-16 is named") {
  const exchange_support::TempFolder temp;
  const std::string mark = "\xef\xbb\xbf";
  ear::write_text(temp.file("a"), "a", mark + "k one\n");
  CHECK(ear::read_text(temp.file("a")) == "k one\n");
  CHECK(ear::parse_table(mark + "k one\n", "text").contains("k"));
  const std::string wide("\xff\xfek\0", 4);
  ear::write_text(temp.file("b"), "b", wide);
  CHECK_THAT(error_of([&] { ear::read_text(temp.file("b")); }), Contains("/b: is text in UTF-16"));
  CHECK_THAT(error_of([&] { ear::parse_table(wide, "text"); }), Contains("text: is text in UTF-16"));
}
