#include "frontend/events/frame.h"

#include <cstring>
#include <tuple>
#include <type_traits>
#include <vector>

namespace ear {

namespace {

template <typename T>
void append(std::string& bytes, const T& value) {
  static_assert(std::is_arithmetic_v<T>);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append(std::string& bytes, const std::string& text) {
  append(bytes, std::uint64_t{text.size()});
  bytes += text;
}

template <typename T>
void append(std::string& bytes, const std::vector<T>& values) {
  append(bytes, std::uint64_t{values.size()});
  if constexpr (std::is_arithmetic_v<T>) {
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  } else {
    for (const T& value : values) append(bytes, value);
  }
}

/// Takes values off the front. Once one was not there, all are missing.
class Parser {
 public:
  explicit Parser(std::string_view bytes) : rest_(bytes) {}

  bool whole() const { return good_ && rest_.empty(); }

  template <typename T>
  void take(T& value) {
    static_assert(std::is_arithmetic_v<T>);
    take_bytes(&value, sizeof value);
  }

  template <typename T>
  void take(std::vector<T>& values) {
    values.resize(take_size(std::is_arithmetic_v<T> ? sizeof(T) : sizeof(std::uint64_t)));
    if constexpr (std::is_arithmetic_v<T>) {
      take_bytes(values.data(), values.size() * sizeof(T));
    } else {
      for (T& value : values) take(value);
    }
  }

  void take(std::string& text) {
    text.resize(take_size(1));
    take_bytes(text.data(), text.size());
  }

 private:
  /// Number of items that follow, each of at least so many bytes.
  std::size_t take_size(std::size_t item_bytes) {
    std::uint64_t n = 0;
    take(n);
    good_ = good_ && n <= rest_.size() / item_bytes;
    return good_ ? n : 0;
  }

  void take_bytes(void* target, std::size_t n) {
    good_ = good_ && n <= rest_.size();
    if (!good_ || n == 0) return;
    std::memcpy(target, rest_.data(), n);
    rest_.remove_prefix(n);
  }

  std::string_view rest_;
  bool good_ = true;
};

/// All fields, in the order in which they stand in a frame; of a record or source that may be const.
auto fields_of(auto& whole) {
  if constexpr (requires { whole.times_s; }) {
    return std::tie(whole.key, whole.label, whole.sequence, whole.speaker, whole.times_s, whole.channels,
                    whole.duration_s, whole.resolution_s, whole.warning, whole.error);
  } else {
    return std::tie(whole.name, whole.n_channels, whole.classes, whole.notes, whole.n_records);
  }
}

void append_fields(std::string& bytes, const auto& whole) {
  std::apply([&bytes](const auto&... field) { (append(bytes, field), ...); }, fields_of(whole));
}

bool parse_fields(std::string_view bytes, auto& whole) {
  Parser parser(bytes);
  std::apply([&parser](auto&... field) { (parser.take(field), ...); }, fields_of(whole));
  return parser.whole();
}

}  // namespace

void append_info(std::string& bytes, const EventSourceInfo& info) {
  append_fields(bytes, info);
}

void append_record(std::string& bytes, const EventRecord& record) {
  append_fields(bytes, record);
}

bool parse_info(std::string_view bytes, EventSourceInfo& info) {
  return parse_fields(bytes, info) && info.n_channels >= 1;
}

bool parse_record(std::string_view bytes, EventRecord& record) {
  return parse_fields(bytes, record) && record.times_s.size() == record.channels.size();
}

}  // namespace ear
