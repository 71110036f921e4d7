// Philox against the known answers that its authors publish with Random123 (file kat_vectors).
#include <catch2/catch.hpp>

#include "frontend/base/philox.h"

TEST_CASE("philox: the authors' known answers [Philox sec. 3.3]") {
  using Words = std::array<std::uint32_t, 4>;
  CHECK(ear::philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t kOnes = 0xffffffff;
  CHECK(ear::philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(ear::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("philox_key: both halves of a seed") {
  CHECK(ear::philox_key(0x0123456789abcdef) == std::array<std::uint32_t, 2>{0x89abcdef, 0x01234567});
}
