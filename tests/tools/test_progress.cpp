// What the line of progress says in terminals of any width. The line itself is tried by tests/pipe/test_progress.py.
#include "tools/common/progress.h"

#include <catch2/catch.hpp>

using tools::format_status;

TEST_CASE("status line: the bar gets shorter, then goes, then the parts by rank") {
  const tools::Status status{{{"epoch 3/30", 0}, {"batch 12/45", 2}, {"loss 1.234", 3}, {"1:02 left", 1}}, 0.5};
  CHECK(format_status(status, 200) == "epoch 3/30 [############............]  batch 12/45  loss 1.234  1:02 left");
  CHECK(format_status(status, 60) == "epoch 3/30 [#####......]  batch 12/45  loss 1.234  1:02 left");
  CHECK(format_status(status, 56) == "epoch 3/30  batch 12/45  loss 1.234  1:02 left");
  CHECK(format_status(status, 46) == "epoch 3/30  batch 12/45  loss 1.234  1:02 left");
  CHECK(format_status(status, 45) == "epoch 3/30 [####....]  batch 12/45  1:02 left");
  CHECK(format_status(status, 33) == "epoch 3/30 [####.....]  1:02 left");
  CHECK(format_status(status, 21) == "epoch 3/30  1:02 left");
  CHECK(format_status(status, 20) == "epoch 3/30");
  CHECK(format_status(status, 5) == "epoch");
  for (int width = 0; width < 100; ++width) CHECK(static_cast<int>(format_status(status, width).size()) <= width);
}

TEST_CASE("status line: without a share there is no bar, and beyond its ends a bar stays whole") {
  CHECK(format_status({{{"7 records", 0}}, {}}, 80) == "7 records");
  CHECK(format_status({{{"7 records", 0}}, -1.0}, 20) == "7 records [........]");
  CHECK(format_status({{{"7 records", 0}}, 2.0}, 20) == "7 records [########]");
}

TEST_CASE("status line: durations") {
  CHECK(tools::format_duration(0.0) == "0:00");
  CHECK(tools::format_duration(123.4) == "2:03");
  CHECK(tools::format_duration(3723.0) == "1:02:03");
}
