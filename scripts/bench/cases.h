#pragma once
// What is measured: networks of the paper's sizes, and the matrix products that a training step of each cannot do
// without.
#include <cstddef>
#include <string>
#include <vector>

#include "snn/params.h"

namespace bench {

struct Case {
  std::string name;
  snn::NetworkParams network;
  int n_steps = 0;  ///< T
  int n_batch = 0;  ///< B
};

/// A (78-400-400-400-26, T = 100), B (64-400-400-400-11, T = 300), C (78-100-100-100-10, T = 100), batch 50; each
/// feed-forward
/// ("A-feed-forward") and with self-recurrence, BIP and the skip 1:3 ("A-srsc-bip").
std::vector<Case> cases();
/// Throws std::invalid_argument listing the names.
Case find_case(const std::string& name);

enum class Kind { kForward, kWeightGradient, kInputGradient };
std::string to_string(Kind kind);

/// C[m][n] = or += op(A) op(B), summed over k.
struct Gemm {
  Kind kind = Kind::kForward;
  std::string connection;  ///< "0-1": from population 0 to layer 1
  int m = 0, n = 0, k = 0;
  bool accumulate = false;
  double flop() const { return 2.0 * m * n * k; }
};

/// The products of one step in the order of the passes. Per connection from I to N neurons: forward [T B][I] x [I][N],
/// weight gradient [N][T B] x [T B][I], and, unless it starts at the input, input gradient [T B][N] x [N][I].
std::vector<Gemm> gemms(const Case& each);

/// A command line of the benchmarks: [-n REPETITIONS] [CASE ...]; all cases if none is named.
struct Options {
  int n_repetitions = 21;
  std::vector<Case> cases;
};
/// Throws std::invalid_argument.
Options parse(const std::vector<std::string>& arguments);

}  // namespace bench
