#pragma once
// Looking at an input's first bytes without taking them.
#include <string>

namespace tools {

/// Up to n (at most 4,096) first bytes of an open file or pipe, left in place; fewer if it ends before. Empty for what
/// cannot be looked into (a terminal, a socket). Waits for a pipe, but no longer than a tenth of a second without a new
/// byte once there is one. Throws std::system_error.
std::string peek(int fd, std::size_t n);

}  // namespace tools
