#include "snn/files/metadata.h"

#include <catch2/catch.hpp>

using namespace snn;
using Catch::Matchers::Contains;

TEST_CASE("metadata: values are read back") {
  const Metadata metadata = {
      {"text", "x"}, {"n", "-12"}, {"hash", hash_text(0xabc)}, {"share", "0.30000000000000004"}, {"t", "2.5"}};
  CHECK(get_text(metadata, "text") == "x");
  CHECK(get_int(metadata, "n", -12, 5) == -12);
  CHECK(get_hash(metadata, "hash") == 0xabc);
  CHECK(metadata.at("hash") == "0000000000000abc");
  CHECK(find_hash(metadata, "hash") == 0xabcU);
  CHECK(find_share(metadata, "share") == 0.1 + 0.2);
  CHECK_FALSE(find_hash(metadata, "none").has_value());
  CHECK(find_positive(metadata, "t") == 2.5);
  CHECK_FALSE(find_share(metadata, "none").has_value());
  CHECK_FALSE(find_positive(metadata, "none").has_value());
}

TEST_CASE("metadata: what is not of the kind wanted is named") {
  CHECK_THROWS_WITH(get_text({}, "recipe"), "metadata \"recipe\" is missing");
  for (const char* text : {"", "1.5", "x", "6", "-1", " 1", "1 ", "99999999999999999999"}) {
    INFO(text);
    CHECK_THROWS_WITH(get_int({{"n", text}}, "n", 0, 5), Contains("wanted is an integer from 0 to 5"));
  }
  for (const char* text : {"", "abc", "0000000000000ABC", "00000000000000abc", "000000000000000g"}) {
    INFO(text);
    CHECK_THROWS_WITH(get_hash({{"h", text}}, "h"), Contains("wanted is 16 hexadecimal digits"));
  }
  for (const char* text : {"", "nan", "inf", "-0.1", "1.1", "0.5x"}) {
    INFO(text);
    CHECK_THROWS_WITH(find_share({{"s", text}}, "s"), Contains("wanted is a number from 0 to 1"));
  }
  for (const char* text : {"", "nan", "inf", "-0.1", "0", "1.1x"}) {
    INFO(text);
    CHECK_THROWS_WITH(find_positive({{"t", text}}, "t"), Contains("wanted is a number above 0"));
  }
}
