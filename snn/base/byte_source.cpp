#include "snn/base/byte_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace snn {

void append_from(const ByteSource& source, std::uint64_t n, std::string& bytes) {
  constexpr std::uint64_t kChunk = std::uint64_t{1} << 20;
  if (source.size) bytes.reserve(static_cast<std::size_t>(std::min(bytes.size() + n, *source.size)));
  while (n > 0) {
    const std::size_t old = bytes.size();
    std::uint64_t wanted = std::min(n, kChunk);
    // Not beyond what was reserved: the string would grow to twice its size.
    if (source.size && old < *source.size) wanted = std::min(wanted, *source.size - old);
    bytes.resize(old + static_cast<std::size_t>(wanted));
    const std::ptrdiff_t n_read = source.read(std::span(bytes).subspan(old));
    bytes.resize(old + static_cast<std::size_t>(std::max<std::ptrdiff_t>(n_read, 0)));
    if (n_read < 0 && errno == EINTR) continue;
    if (n_read < 0) throw std::runtime_error(fmt::format("cannot be read: {}", std::generic_category().message(errno)));
    if (n_read == 0) return;
    n -= static_cast<std::uint64_t>(n_read);
  }
}

}  // namespace snn
