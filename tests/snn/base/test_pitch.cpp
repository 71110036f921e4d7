#include "snn/base/pitch.h"

#include <catch2/catch.hpp>

TEST_CASE("pitch: the next multiple of four numbers, so that rows of floats begin at multiples of 16 bytes") {
  CHECK(snn::pitch(0) == 0);
  for (const int n : {1, 2, 3, 4}) CHECK(snn::pitch(n) == 4);
  CHECK(snn::pitch(78) == 80);
  CHECK(snn::pitch(400) == 400);
  CHECK(snn::pitched_area(3, 26) == 84);
  CHECK(snn::area(3, 26) == 78);
  CHECK(snn::pitched_area(1 << 20, 5001) == std::size_t{5004} << 20);  // beyond 32 bits
}

TEST_CASE("pitch: rows are spread with zeros between them, and back") {
  const std::vector<float> rows = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  std::vector<float> spread = {1, 2, 3, 4, 5, 0, 0, 0, 6, 7, 8, 9, 10, 0, 0, 0};
  CHECK(snn::with_gaps<float>(rows, 5) == spread);
  CHECK(snn::without_gaps<float>(spread, 5) == rows);
  spread.resize(13);  // without the last gap
  CHECK(snn::without_gaps<float>(spread, 5) == rows);
  const std::vector<float> whole = {1, 2, 3, 4};
  CHECK(snn::with_gaps<float>(whole, 4) == whole);
  CHECK(snn::without_gaps<float>(whole, 4) == whole);
  CHECK(snn::with_gaps<float>({}, 3).empty());
  CHECK(snn::without_gaps<float>({}, 3).empty());
}
