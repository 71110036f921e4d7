#include "frontend/sound/sphere.h"

#include <catch2/catch.hpp>

TEST_CASE("A SPHERE header gives its number of samples and its coding") {
  const auto header = ear::parse_sphere_header(
      "NIST_1A\n   1024\nchannel_count -i 1\nsample_count -i 5000\nsample_coding -s26 "
      "pcm,embedded-shorten-v2.00\nend_head\n"
      "sample_count -i 7\n");
  REQUIRE(header);
  CHECK(header->complete);
  CHECK(header->sample_count == 5000);
  CHECK(header->sample_coding == "pcm,embedded-shorten-v2.00");
}

TEST_CASE("A SPHERE header may lack fields, hold nonsense or be cut") {
  CHECK_FALSE(ear::parse_sphere_header("RIFF....WAVE"));
  CHECK_FALSE(ear::parse_sphere_header(""));
  const auto bare = ear::parse_sphere_header("NIST_1A\n   1024\nend_head\n");
  REQUIRE(bare);
  CHECK_FALSE(bare->sample_count);
  CHECK(bare->sample_coding.empty());
  const auto cut = ear::parse_sphere_header("NIST_1A\n   1024\nsample_count -i 50x\nsample_counter -i 3\nsample_");
  REQUIRE(cut);
  CHECK_FALSE(cut->complete);
  CHECK_FALSE(cut->sample_count);
}
