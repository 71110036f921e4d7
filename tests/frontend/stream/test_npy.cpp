#include "frontend/stream/npy.h"

#include <catch2/catch.hpp>

#include <string>

#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::NpyHeader;

namespace {

// The bytes that numpy.save 1.24 writes for np.zeros((100, 78), np.float32), before the numbers.
std::string numpy_bytes() {
  std::string dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (100, 78), }";
  dict.resize(117, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + dict + "\n";
}

/// Reads the header of a member of these bytes; sets the bytes of the header.
NpyHeader read_member(const std::string& member, std::string* head = nullptr) {
  const samples::Memory memory(samples::tar({{"a.npy", member}}));
  ear::ArchiveReader tar(ear::ArchiveFormat::kTar, memory.fd(), "a.tar");
  tar.next();
  ear::Bytes bytes;
  const NpyHeader header = ear::read_npy_header(tar, bytes);
  if (head != nullptr) head->assign(bytes.begin(), bytes.end());
  return header;
}

/// A header of version 1.0 with that dictionary, and n bytes behind it.
std::string member(const std::string& dict, std::size_t n, char version = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes += {version, '\0', static_cast<char>(dict.size())};
  return bytes + std::string(version > 1 ? 3 : 1, '\0') + dict + std::string(n, '\0');
}

std::string dict_of(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

std::vector<std::uint64_t> shape_of(const std::string& text) {
  return ear::parse_npy_dict("{'descr': '<f4', 'fortran_order': False, 'shape': " + text + "}").shape;
}

}  // namespace

TEST_CASE("The npy header is the one of NumPy, byte for byte") {
  CHECK(ear::npy_header({"<f4", {100, 78}}) == numpy_bytes());
  CHECK_THAT(ear::npy_header({"<i8", {5}}), Contains("'shape': (5,), }"));
  CHECK_THAT(ear::npy_header({"<U7", {}}), Contains("'shape': (), }"));
}

TEST_CASE("Every npy header reads back, and numbers begin at a multiple of 64") {
  for (std::uint64_t rows = 0; rows < 1'000'000'000'000; rows = rows * 3 + 1) {
    const NpyHeader header{"|b1", {rows, 2}};
    const std::string bytes = ear::npy_header(header);
    CHECK(bytes.size() % 64 == 0);
    CHECK(ear::parse_npy_dict(bytes.substr(10)) == header);
    CHECK(ear::is_spelt_as_numpy(bytes, header));
  }
}

TEST_CASE("A stream's npy header is spelt as numpy.save spells it") {
  const std::string numbers(100 * 78 * 4, '\0');
  const auto is_spelt = [&](std::string head) {
    head[8] = static_cast<char>(head.size() - 10);
    std::string found;
    const NpyHeader header = read_member(head + numbers, &found);
    CHECK(found == head);
    return ear::is_spelt_as_numpy(found, header);
  };
  const auto replaced = [](const std::string& from, const std::string& to) {
    std::string head = numpy_bytes();
    return head.replace(head.find(from), from.size(), to);
  };
  CHECK(is_spelt(numpy_bytes()));
  CHECK(is_spelt(replaced("  \n", "\n")));  // NumPy before 1.14 padded to a multiple of 16
  CHECK_FALSE(is_spelt(replaced("False", "True")));
  CHECK_FALSE(is_spelt(replaced(", }", "}")));
  CHECK_FALSE(is_spelt(replaced("(100, 78)", "(100,78)")));
  CHECK_FALSE(is_spelt(replaced("\n", " ")));
  CHECK_FALSE(is_spelt(replaced("\n", "\n ")));
  std::string minor = numpy_bytes();
  minor[7] = '\1';
  CHECK_FALSE(is_spelt(minor));
  std::string found;
  const std::string second = member(numpy_bytes().substr(10), numbers.size(), 2);
  CHECK_FALSE(ear::is_spelt_as_numpy(second.substr(0, 12 + 118), read_member(second, &found)));
}

TEST_CASE("npy: the dictionary, what NumPy writes, and the spellings that it reads") {
  const auto check = [](const std::string& text, bool fortran) {
    INFO(text);
    CHECK(ear::parse_npy_dict(text) == NpyHeader{"<f4", {3, 4}, fortran});
  };
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }      \n", false);
  check("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 4)}", true);
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }\n", false);  // Python 2
  check("{u'descr': u'<f4', \"fortran_order\":True,'shape':( 3 ,4, ) }", true);
  check("{'shape': (3, 4), 'fortran_order': False, 'descr': 'f4'}", false);
  CHECK(shape_of("()").empty());
  CHECK(shape_of("(7,)") == std::vector<std::uint64_t>{7});
  CHECK(shape_of("(0, 18446744073709551615)") == std::vector<std::uint64_t>{0, 18446744073709551615U});
}

TEST_CASE("npy: the dictionary, what is no such dictionary is an error that says why") {
  const auto check = [](const std::string& text, const std::string& message) {
    INFO(text);
    CHECK_THROWS_WITH(ear::parse_npy_dict(text), Contains(message));
  };
  check("", "no dictionary");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4", "no dictionary");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4}", "no list of sizes");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3, x)}", "no list of sizes");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': 3}", "no list of sizes");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551616,)}", "no list of sizes");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "no list of sizes");
  check("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}", "neither True nor False");
  check("{'descr': '<f4', 'fortran_order': False}", "no dictionary");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}", "no dictionary");
  check("{'discr': '<f4', 'fortran_order': False, 'shape': (3,)}", "'descr': is missing");
  check("{'fortran_order': False, 'shape': (3,), 'descr': '<f4}", "descr is no text");
  check("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", "structured array");
  check("{" + std::string(60'000, '{') + "}", "no dictionary");
  for (const std::string whole = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
       std::size_t n : {1, 9, 17, 30, 41, 51, 57}) {
    CHECK_THROWS_AS(ear::parse_npy_dict(whole.substr(0, n)), std::runtime_error);
  }
}

TEST_CASE("npy: what cannot be read is named with what to do") {
  const auto error_of = [](const std::string& bytes) -> std::string {
    try {
      read_member(bytes);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  };
  CHECK(error_of(member(dict_of("<f4", "(1, 2)"), 8)).empty());
  CHECK(error_of(member(dict_of("<f4", "(1, 2)"), 8, 3)).empty());
  CHECK_THAT(error_of(member(dict_of("<f4", "(1, 2)"), 8, 4)), Contains("no NumPy array"));
  CHECK_THAT(error_of(member(dict_of("|O", "(1,)"), 8)), Contains("Python objects"));
  CHECK_THAT(error_of(member(dict_of(">f4", "(1,)"), 4)), Contains("type >f4"));
  CHECK_THAT(error_of(member(dict_of("<f2", "(1,)"), 2)), Contains("type <f2"));
  CHECK_THAT(error_of(member(dict_of("<c8", "(1,)"), 8)), Contains("type <c8"));
  CHECK_THAT(error_of(member(dict_of("<U0", "(9,)"), 0)), Contains("type <U0"));
  CHECK_THAT(error_of(member(dict_of("<f4", "(3,)"), 8)), Contains("makes 12 bytes, 8 are there"));
  CHECK_THAT(error_of(member(dict_of("<f4", "(1,)"), 8)), Contains("makes 4 bytes, 8 are there"));
  CHECK_THAT(error_of("RIFF and so on"), Contains("member a.npy at byte 0: no NumPy array"));
  CHECK_THAT(error_of("tiny"), Contains("too short"));
  CHECK_THAT(error_of(member(dict_of("<f4", "(1,)"), 4).substr(0, 30)), Contains("cut"));
  // 2^62 + 1 elements of 4 bytes are 4 bytes modulo 2^64.
  CHECK_THAT(error_of(member(dict_of("<f4", "(4611686018427387905,)"), 4)), Contains("beyond any memory"));
}
