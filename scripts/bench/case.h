#pragma once
// What is measured: a network and the batch it runs on.
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
  std::string text(const std::string& name, const std::string& otherwise = "") const;
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

}  // namespace bench
