#pragma once
// What is measured: a network, the batch it runs on, and the matrix products that it cannot do without.
#include <map>
#include <string>
#include <vector>

#include "snn/model/params.h"

namespace bench {

/// Flags of a command line: --name value.
class Flags {
 public:
  /// Throws std::invalid_argument for anything else.
  explicit Flags(const std::vector<std::string>& arguments);
  /// Empty if not given.
  std::string text(const std::string& name) const;
  /// Throw std::invalid_argument naming the flag if the value is not of the kind.
  int integer(const std::string& name, int otherwise) const;
  std::vector<int> integers(const std::string& name) const;
  std::vector<double> numbers(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

struct Case {
  snn::NetworkParams network;
  int n_steps = 100;  ///< T
  int n_batch = 50;   ///< B
};

/// --sizes 78,400,400,400,26 --steps 100 --batch 50 --variant feed-forward or srsc-bip (self-recurrence and BIP in the
/// hidden layers, the skip 1:3). Throws std::invalid_argument.
Case parse_case(const Flags& flags);

enum class Kind { kForward, kWeightGradient, kInputGradient };
std::string to_string(Kind kind);

/// C[m][n] = or += op(A) op(B), summed over k.
struct Gemm {
  Kind kind = Kind::kForward;
  std::string connection;  ///< "0-1": from population 0 to layer 1
  int m = 0, n = 0, k = 0;
  bool accumulate = false;
};

/// The products of one step in the order of the passes. Per connection from I to N neurons: forward [T B][I] x [I][N],
/// weight gradient [N][T B] x [T B][I], and, unless it starts at the input, input gradient [T B][N] x [N][I].
std::vector<Gemm> gemms(const Case& each);

}  // namespace bench
