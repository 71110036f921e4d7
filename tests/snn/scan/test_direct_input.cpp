#include "snn/scan/direct_input.h"

#include <catch2/catch.hpp>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

TEST_CASE("direct input: behind the synapse the values are there again", "[Ossicle direct input]") {
  const std::vector<int> row_begin = {0, 4, 4, 11};
  const snn::Shape shape{11, 3, 5};
  const std::vector<double> wanted = support::numbers<double>(shape.size(), 1);
  for (const int width : {1, 7, 64}) {
    std::vector<double> x = wanted;
    support::run_tiles(snn::DirectInput<double>{shape, row_begin.data(), x.data(), 0.875, 0.125}, width);
    for (int b = 0; b < 3; ++b) {
      for (int n = 0; n < 5; ++n) {
        double state = 0.0;
        for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
          state = snn::psc_step(0.875, 0.125, state, x[shape.index(row, n)]);
          CHECK(state == Approx(wanted[shape.index(row, n)]).margin(1e-14));
        }
      }
    }
  }
}
