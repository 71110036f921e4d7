#include "frontend/events/frame.h"

#include <cstring>
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

}  // namespace

void append_info(std::string& bytes, const EventSourceInfo& info) {
  append(bytes, info.name);
  append(bytes, info.n_channels);
  append(bytes, info.classes);
  append(bytes, info.notes);
  append(bytes, info.n_records);
}

void append_record(std::string& bytes, const EventRecord& record) {
  append(bytes, record.key);
  append(bytes, record.label);
  append(bytes, record.sequence);
  append(bytes, record.speaker);
  append(bytes, record.times_s);
  append(bytes, record.channels);
  append(bytes, record.duration_s);
  append(bytes, record.resolution_s);
  append(bytes, record.warning);
  append(bytes, record.error);
}

bool parse_info(std::string_view bytes, EventSourceInfo& info) {
  Parser parser(bytes);
  parser.take(info.name);
  parser.take(info.n_channels);
  parser.take(info.classes);
  parser.take(info.notes);
  parser.take(info.n_records);
  return parser.whole() && info.n_channels >= 1;
}

bool parse_record(std::string_view bytes, EventRecord& record) {
  Parser parser(bytes);
  parser.take(record.key);
  parser.take(record.label);
  parser.take(record.sequence);
  parser.take(record.speaker);
  parser.take(record.times_s);
  parser.take(record.channels);
  parser.take(record.duration_s);
  parser.take(record.resolution_s);
  parser.take(record.warning);
  parser.take(record.error);
  return parser.whole() && record.times_s.size() == record.channels.size();
}

}  // namespace ear
