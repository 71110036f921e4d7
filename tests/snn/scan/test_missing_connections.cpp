#include "snn/scan/missing_connections.h"

#include <catch2/catch.hpp>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

TEST_CASE("missing connections: where a weight is 0 its gradient becomes 0, nowhere else",
          "[Ossicle sparse recurrence]") {
  const std::vector<double> w = support::spread({0.0, 1.0, -2.0, 0.0, -0.0, 3.0}, 3);
  for (const int width : {1, 7, 64}) {
    std::vector<double> dw = {1, 2, 3, 9, 4, 5, 6, 9};  // in the gaps 9
    support::run_tiles(snn::MissingConnections<double>{2, 3, w.data(), dw.data()}, width);
    CHECK(dw == std::vector<double>{0, 2, 3, 9, 0, 0, 6, 9});
  }
}
