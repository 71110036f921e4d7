#include "snn/base/hash.h"

namespace snn {
namespace {
constexpr std::uint64_t kPrime = 0x100000001b3;
}

Hash& Hash::add_bytes(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) value_ = (value_ ^ std::to_integer<std::uint64_t>(byte)) * kPrime;
  return *this;
}

Hash& Hash::add(std::string_view text) {
  add(static_cast<std::uint64_t>(text.size()));
  return add_bytes(std::as_bytes(std::span(text)));
}

Hash& Hash::add(std::uint64_t number) {
  value_ = fnv1a(value_, number);
  return *this;
}

std::uint64_t fnv1a(std::string_view text) {
  return Hash().add_bytes(std::as_bytes(std::span(text))).value();
}

}  // namespace snn
