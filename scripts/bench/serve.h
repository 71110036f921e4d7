#pragma once
// How a contender talks to the bench. It is one long-lived process: it gets ready, says so in one line of JSON on
// stdout, then answers each line on stdin, the name of an operation, with one line of JSON about one repetition.
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// Part of what an operation does, with the processor time of all threads and the wall time that it took, in seconds.
struct Part {
  std::string name;
  double cpu_s = 0.0, wall_s = 0.0;
};
using Parts = std::vector<Part>;

/// Measures the parts of an operation one after the other.
class Laps {
 public:
  Laps();
  /// Ends the part that began with the lap before, or with the construction. One of the same name is added to.
  void end(const std::string& part);
  const Parts& parts() const { return parts_; }

 private:
  double cpu_begin_, wall_begin_;
  Parts parts_;
};

/// Says it is ready, with `about` for the record, and answers until stdin ends. What an operation does outside the parts
/// that it returns is not counted. n_repeats: repetitions that each of them does; the answer gives the mean of one. Throws
/// std::invalid_argument for an operation that is not there, std::runtime_error if stdout fails.
void serve(const std::string& about, const std::map<std::string, std::function<Parts()>>& operations,
           int n_repeats = 1);

}  // namespace bench
