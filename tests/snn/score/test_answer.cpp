#include "snn/score/answer.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace snn;

TEST_CASE("answer: the largest score, the first of equals, and none where nothing speaks") {
  CHECK(answer_of(std::vector<float>{1.0F, 3.0F, 3.0F}, true) == 1);
  CHECK(answer_of(std::vector<float>{-2.0F, -1.0F}, true) == 1);  // potentials may all be below zero
  CHECK(answer_of(std::vector<float>{-2.0F, 0.0F}, true) == 1);
  CHECK(answer_of(std::vector<float>{0.0F, 0.0F, 0.0F}, true) == kSilence);
  CHECK(answer_of(std::vector<float>{1.0F, 3.0F}, false) == kSilence);
  CHECK(answer_of(std::vector<float>{0.0F}, true) == kSilence);
}
