#pragma once
// How a contender talks to the bench. It is one long-lived process: it gets ready, says so in one line of JSON on
// stdout, then answers each line on stdin, the name of an operation, with one line of JSON about one repetition.
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// Processor time of all threads of this process so far, in seconds.
double cpu_seconds();
/// A clock that goes on while the process waits, in seconds.
double wall_seconds();

/// Parts of one repetition and the processor time each took, in seconds.
using Parts = std::vector<std::pair<std::string, double>>;

/// Measures the parts of a repetition one after the other.
class Laps {
 public:
  /// Ends the part that began with the lap before, or with the construction.
  void end(const std::string& part);
  const Parts& parts() const { return parts_; }

 private:
  double begin_ = cpu_seconds();
  Parts parts_;
};

/// One repetition of an operation. What it does outside the parts it returns is not counted.
using Operation = std::function<Parts()>;

/// Says it is ready, with `about` for the record, and answers until stdin ends. Throws std::invalid_argument for an
/// operation that is not there, std::runtime_error if stdout fails.
void serve(const std::string& about, const std::map<std::string, Operation>& operations);

}  // namespace bench
