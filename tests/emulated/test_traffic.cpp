#include <unistd.h>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

__global__ void add_one(const float* from, float* to, int n) {
  for (int i = 0; i < n; ++i) to[i] = from[i] + 1.0F;
}

}  // namespace

TEST_CASE("traffic: what work reads and writes, each page once", "[emulated]") {
#ifdef __x86_64__
  const Rig rig;
  const auto page = static_cast<std::int64_t>(sysconf(_SC_PAGESIZE));
  const auto n = static_cast<std::size_t>(3 * page) / sizeof(float);
  float* const from = rig.upload(std::vector<float>(n, 1.0F));
  float* const to = Rig::device<float>(n);
  const auto add = [&](const float* source, float* target) {
    REQUIRE(launch(rig.stream, 1, 1, add_one, source, target, static_cast<int>(n)) == cudaSuccess);
    REQUIRE(cudaStreamSynchronize(rig.stream) == cudaSuccess);
  };
  add(from, to);
  CHECK(traffic().empty());
  watch_traffic();
  add(from, to);
  add(to, to);  // in place: read, then written
  REQUIRE(traffic().size() == 2);
  for (const Traffic& each : traffic()) {
    CHECK_THAT(each.name, Catch::Contains("float const*"));
    CHECK(each.bytes_read == 3 * page);
    CHECK(each.bytes_written == 3 * page);
  }
  CHECK(rig.fetch(to, n) == std::vector<float>(n, 3.0F));
#else
  WARN("SKIPPED: faults of this processor do not say whether they are writes");
#endif
}
