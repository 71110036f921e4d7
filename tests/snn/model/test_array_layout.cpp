#include "snn/model/array_layout.h"

#include <catch2/catch.hpp>

using snn::ParameterKind;

namespace {

snn::NetworkParams network() {
  snn::NetworkParams params;
  params.sizes = {3, 4, 5, 2};
  params.self_recurrent = {1, 2};
  params.bip = {2};
  params.skips = {{0, 2}, {1, 3}};
  return params;
}

}  // namespace

// 12 + 20 + 10 + 15 + 8 weights, 4 + 5 self-weights, theta of layer 2: 5 are trained; theta of layers 1 and 3, 4 + 2,
// are not.
TEST_CASE("array layout: trained arrays first, every place once") {
  const snn::ArrayLayout layout(network());
  CHECK(layout.n_trained() == 79);
  CHECK(layout.n_values() == 85);
  std::vector<int> owners(layout.n_values());
  for (const auto& entry : layout.entries()) {
    CHECK(entry.size == static_cast<std::size_t>(entry.info.n_values()));
    CHECK((entry.offset < layout.n_trained()) == entry.info.trained);
    for (std::size_t i = 0; i < entry.size; ++i) ++owners.at(entry.offset + i);
  }
  CHECK(owners == std::vector<int>(85, 1));
}

TEST_CASE("array layout: entries in the order of the parameter list") {
  const snn::ArrayLayout layout(network());
  const auto wanted = snn::parameter_list(network());
  REQUIRE(layout.entries().size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(layout.entries()[i].info == wanted[i]);
}

TEST_CASE("array layout: arrays are found by what they connect") {
  const snn::ArrayLayout layout(network());
  const auto name = [&layout](ParameterKind kind, int from, int to) {
    const auto* entry = layout.find(kind, from, to);
    return entry == nullptr ? std::string("none") : entry->info.name;
  };
  CHECK(name(ParameterKind::kWeight, 0, 1) == "w_0_1");
  CHECK(name(ParameterKind::kWeight, 1, 3) == "w_1_3");
  CHECK(name(ParameterKind::kWeight, 0, 3) == "none");
  CHECK(name(ParameterKind::kWeight, 1, 1) == "none");
  CHECK(name(ParameterKind::kSelfWeight, 0, 2) == "w_self_2");
  CHECK(name(ParameterKind::kSelfWeight, 3, 3) == "none");
  CHECK(name(ParameterKind::kTheta, 9, 3) == "theta_3");
}
