#include "snn/files/safetensors.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>

#include "tests/snn/byte_sources.h"
#include "tests/snn/sample_model.h"

using namespace snn;
using Catch::Matchers::Contains;

namespace {

TensorFile small() {
  return {{{"format", "f"}, {"format_version", "1"}, {"about", "crc32 \"crc32\":\"ffffffff\""}},
          {{"b", {{2, 2}, {1.0F, -2.5F, 0.0F, 1e-30F}}}, {"a", {{3}, {1.0F, 2.0F, 3.0F}}}}};
}

std::string length_prefix(std::uint64_t length) {
  std::string prefix(8, '\0');
  std::memcpy(prefix.data(), &length, 8);
  return prefix;
}

}  // namespace

TEST_CASE("safetensors: arrays and metadata come back, a false checksum in a text notwithstanding") {
  const std::string bytes = to_safetensors(small());
  const TensorFile found = from_safetensors(bytes, "f", "1");
  CHECK(found.metadata == small().metadata);
  CHECK(found.tensors == small().tensors);
  CHECK(to_safetensors(found) == bytes);
}

TEST_CASE("safetensors: data start at a multiple of eight, without holes, by name") {
  for (int n = 0; n < 16; ++n) {
    TensorFile file = small();
    file.metadata["pad"] = std::string(static_cast<std::size_t>(n), 'x');
    const std::string bytes = to_safetensors(file);
    CHECK(header_of(bytes).size() % 8 == 0);
    const std::string data = data_of(bytes);
    REQUIRE(data.size() == 28);
    float first[4];
    std::memcpy(first, data.data(), sizeof first);
    CHECK((first[0] == 1.0F && first[1] == 2.0F && first[2] == 3.0F && first[3] == 1.0F));
  }
}

TEST_CASE("safetensors: every flipped bit is found") {
  const std::string good = to_safetensors(small());
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bytes = good;
    bytes[i / 8] = static_cast<char>(bytes[i / 8] ^ 1 << i % 8);
    INFO("bit " << i % 8 << " of byte " << i / 8);
    REQUIRE_THROWS_AS(from_safetensors(bytes, "f", "1"), std::runtime_error);
  }
}

TEST_CASE("safetensors: every truncation and anything behind the end is found") {
  const std::string good = to_safetensors(small());
  for (std::size_t n = 0; n < good.size(); ++n) {
    INFO(n << " bytes");
    REQUIRE_THROWS_AS(from_safetensors(std::string_view(good).substr(0, n), "f", "1"), std::runtime_error);
  }
  CHECK_THROWS_WITH(from_safetensors(good + "x", "f", "1"), Contains("29 bytes of data, its header wants 28"));
}

TEST_CASE("safetensors: false claims behind a right checksum are refused by name") {
  const std::string good = to_safetensors(small());
  struct Edit {
    const char *from, *to, *message;
  };
  const auto edit = GENERATE(values<Edit>({
      {"\"F32\"", "\"F64\"", "array a is of type F64; wanted is F32"},
      {"[0,12]", "[4,12]", "array a claims the data bytes 4 to 12; wanted are bytes from 0 on"},
      {"[12,28]", "[8,24]", "array b claims the data bytes 8 to 24"},
      {"[12,28]", "[12,8]", "array b claims the data bytes 12 to 8"},
      {"[12,28]", "[12,4611686018427387904]", "up to 28"},
      {"[2,2]", "[2,3]", "array b takes 16 bytes, its shape wants 24"},
      {"[2,2]", "[0,2]", "array b claims an impossible shape"},
      {"[2,2]", "[4294967296,4294967296]", "array b claims an impossible shape"},
      {"[2,2]", "[9223372036854775808,2]", "array b claims an impossible shape"},
      {"\"format\":\"f\"", "\"format\":\"g\"", "holds \"g\" where \"f\" is wanted"},
      {"\"format\":\"f\",", "", "holds \"nothing\" where \"f\" is wanted"},
      {"\"format_version\":\"1\"", "\"format_version\":\"2\"", "is of format version 2, this program reads version 1"},
      {"\"crc32\":", "\"crc33\":", "has no checksum"},
  }));
  INFO(edit.to);
  CHECK_THROWS_WITH(from_safetensors(edited(good, edit.from, edit.to), "f", "1"), Contains(edit.message));
}

TEST_CASE("safetensors: a header longer than the file or the limit is refused before it is read") {
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{1}, (std::uint64_t{4} << 20) + 1, std::uint64_t{1} << 62, ~std::uint64_t{0}}) {
    CHECK_THROWS_WITH(from_safetensors(length_prefix(length) + "{}", "f", "1"),
                      Contains("is not a model") && Contains(std::to_string(length)));
  }
  CHECK_THROWS_WITH(from_safetensors(length_prefix(3) + "{}", "f", "1"),
                    Contains("claims a header of 3 bytes, 2 are there"));
  CHECK_THROWS_WITH(from_safetensors(std::string("RIFF....WAVE"), "f", "1"), Contains("is not a model"));
  CHECK_THROWS_WITH(from_safetensors(std::string(), "f", "1"), Contains("holds 0 bytes"));
}

TEST_CASE("safetensors: a header that could not be read back is not written") {
  TensorFile file = small();
  file.metadata["about"] = std::string(5 << 20, 'x');
  CHECK_THROWS_WITH(to_safetensors(file), Contains("at most 4194304 fit"));
  file.metadata["about"] = "\xff";
  CHECK_THROWS_WITH(to_safetensors(file), Contains("not UTF-8"));
}

TEST_CASE("safetensors: of a pipe no more is read than its header promises and one byte") {
  CountedBytes endless{to_safetensors(small()), std::uint64_t{1} << 40};
  const auto limit = [](const Metadata&) { return std::uint64_t{1000}; };
  const std::string bytes = read_safetensors(endless.pipe(), "f", "1", limit);
  CHECK(endless.n_read == endless.bytes.size() + 1);
  CHECK_THROWS_WITH(from_safetensors(bytes, "f", "1"), Contains("29 bytes of data, its header wants 28"));
  endless.n_read = 0;
  CHECK_THROWS_WITH(read_safetensors(endless.file(), "f", "1", limit), Contains("its header wants 28"));
  CHECK(endless.n_read == endless.bytes.size() - 28);
  endless.n_read = 0;
  CHECK_THROWS_WITH(read_safetensors(endless.pipe(), "f", "1", [](const Metadata&) { return std::uint64_t{27}; }),
                    Contains("claims 28 bytes of arrays, the network in its metadata has 27 at most"));
  CHECK(endless.n_read == endless.bytes.size() - 28);
}
