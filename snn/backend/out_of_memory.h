#pragma once
// A failure that may not be the last word.
#include <stdexcept>

namespace snn {

/// A back end has no memory left. What was asked of it was not done; where it keeps a data set, it may succeed once that is given up.
class OutOfMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace snn
