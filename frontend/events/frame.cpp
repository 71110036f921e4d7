#include "frontend/events/frame.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <type_traits>

namespace ear {

namespace {

/// The fields in the order in which they are sent; of a constant or a variable.
auto fields(auto& x) {
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(x)>, EventSourceInfo>) {
    return std::tie(x.name, x.n_channels, x.classes, x.notes, x.n_records);
  } else {
    return std::tie(x.key, x.label, x.sequence, x.speaker, x.times_s, x.channels, x.duration_s, x.resolution_s,
                    x.warning, x.error);
  }
}

/// A number as it lies in memory; of a text or list its size and then its items.
template <class T>
void put(std::string& bytes, const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  } else {
    put(bytes, std::uint64_t{value.size()});
    if constexpr (std::is_arithmetic_v<typename T::value_type>) {
      bytes.append(reinterpret_cast<const char*>(value.data()), value.size() * sizeof value[0]);
    } else {
      for (const auto& item : value) put(bytes, item);
    }
  }
}

/// Takes a value off the front; false where it is not there.
template <class T>
bool take(std::string_view& bytes, T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    const std::size_t n = bytes.copy(reinterpret_cast<char*>(&value), sizeof value);
    bytes.remove_prefix(n);
    return n == sizeof value;
  } else {
    using Item = typename T::value_type;
    constexpr std::size_t kLeast =
        std::is_arithmetic_v<Item> ? sizeof(Item) : sizeof(std::uint64_t);  // bytes of an item
    std::uint64_t size = 0;
    if (!take(bytes, size) || size > bytes.size() / kLeast) return false;
    value.resize(size);
    if constexpr (std::is_arithmetic_v<Item>) {
      bytes.remove_prefix(bytes.copy(reinterpret_cast<char*>(value.data()), size * sizeof(Item)));
      return true;
    } else {
      return std::ranges::all_of(value, [&bytes](Item& item) { return take(bytes, item); });
    }
  }
}

}  // namespace

template <class T>
std::string to_bytes(const T& x) {
  std::string bytes;
  std::apply([&bytes](const auto&... field) { (put(bytes, field), ...); }, fields(x));
  return bytes;
}
template std::string to_bytes(const EventSourceInfo&);
template std::string to_bytes(const EventRecord&);

template <class T>
bool from_bytes(std::string_view bytes, T& x) {
  return std::apply([&bytes](auto&... field) { return (take(bytes, field) && ...); }, fields(x)) && bytes.empty();
}
template bool from_bytes(std::string_view, EventSourceInfo&);
template bool from_bytes(std::string_view, EventRecord&);

}  // namespace ear
