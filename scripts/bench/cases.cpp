#include "scripts/bench/cases.h"

#include <algorithm>
#include <stdexcept>

namespace bench {

namespace {

constexpr int kBatch = 50;

Case make_case(const std::string& name, std::vector<int> sizes, int n_steps, bool srsc_bip) {
  Case made;
  made.name = name + (srsc_bip ? "-srsc-bip" : "-feed-forward");
  made.network.sizes = std::move(sizes);
  if (srsc_bip) {
    made.network.self_recurrent = {1, 2, 3};
    made.network.bip = {1, 2, 3};
    made.network.skips = {{1, 3}};
  }
  made.n_steps = n_steps;
  made.n_batch = kBatch;
  return made;
}

std::vector<snn::Skip> connections(const snn::NetworkParams& network) {
  std::vector<snn::Skip> all;
  for (int to = 1; to <= network.n_layers(); ++to) all.push_back({to - 1, to});
  all.insert(all.end(), network.skips.begin(), network.skips.end());
  return all;
}

}  // namespace

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const bool srsc_bip : {false, true}) {
    all.push_back(make_case("A", {78, 400, 400, 400, 26}, 100, srsc_bip));
    all.push_back(make_case("B", {64, 400, 400, 400, 11}, 300, srsc_bip));
    all.push_back(make_case("C", {78, 100, 100, 100, 10}, 100, srsc_bip));
  }
  return all;
}

Case find_case(const std::string& name) {
  std::string names;
  for (const Case& each : cases()) {
    if (each.name == name) return each;
    names += " " + each.name;
  }
  throw std::invalid_argument("no case " + name + "; there are:" + names);
}

std::string to_string(Kind kind) {
  switch (kind) {
    case Kind::kForward:
      return "forward";
    case Kind::kWeightGradient:
      return "weight_gradient";
    case Kind::kInputGradient:
      return "input_gradient";
  }
  throw std::invalid_argument("unknown kind of product");
}

std::vector<Gemm> gemms(const Case& each) {
  const int rows = each.n_steps * each.n_batch;
  const auto& sizes = each.network.sizes;
  // The first product into an array writes it, further ones add: forward the chain comes first, backward the skips.
  const auto leaves_by_skip = [&](int from, int to) {
    return to == from + 1 && std::any_of(each.network.skips.begin(), each.network.skips.end(),
                                         [from](const snn::Skip& skip) { return skip.from == from; });
  };
  std::vector<Gemm> forward, backward;
  std::vector<bool> reached(sizes.size());
  for (const auto& [from, to] : connections(each.network)) {
    const auto source = static_cast<std::size_t>(from), target = static_cast<std::size_t>(to);
    const std::string name = std::to_string(from) + "-" + std::to_string(to);
    forward.push_back({Kind::kForward, name, rows, sizes[target], sizes[source], reached[target]});
    reached[target] = true;
    backward.push_back({Kind::kWeightGradient, name, sizes[target], sizes[source], rows, false});
    if (from > 0) {
      backward.push_back({Kind::kInputGradient, name, rows, sizes[source], sizes[target], leaves_by_skip(from, to)});
    }
  }
  std::reverse(backward.begin(), backward.end());
  forward.insert(forward.end(), backward.begin(), backward.end());
  return forward;
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] != "-n") {
      options.cases.push_back(find_case(arguments[i]));
      continue;
    }
    if (++i == arguments.size()) throw std::invalid_argument("-n needs a number of repetitions");
    options.n_repetitions = std::stoi(arguments[i]);
    if (options.n_repetitions < 1) throw std::invalid_argument("-n must be 1 or more");
  }
  if (options.cases.empty()) options.cases = cases();
  return options;
}

}  // namespace bench
