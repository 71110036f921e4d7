#include <fmt/format.h>

#include <span>
#include <stdexcept>
#include <string_view>
#include <unordered_set>

#include "frontend/base/checksum.h"
#include "frontend/base/require.h"
#include "frontend/stream/archive.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/npy.h"
#include "frontend/stream/rules.h"
#include "frontend/stream/stream.h"

namespace ear {

namespace {

// A broken rule is the caller's mistake here.
template <class F>
auto as_argument(const std::string& name, F&& check) {
  try {
    return check();
  } catch (const std::exception& error) {
    throw std::invalid_argument(fmt::format("{}: {}", name, error.what()));
  }
}

}  // namespace

struct Writer::State {
  State(int fd, std::string stream_name, Header stream_header)
      : tar(ArchiveFormat::kTar, fd, stream_name), name(std::move(stream_name)), header(std::move(stream_header)) {}

  ArchiveWriter tar;
  std::string name;
  Header header;
  std::unordered_set<std::string> keys;
  std::uint32_t keys_crc = 0;
  bool closed = false;
};

Writer::Writer(int fd, std::string name, Header header)
    : state_(std::make_unique<State>(fd, std::move(name), std::move(header))) {
  State& s = *state_;
  const std::string json = as_argument(s.name, [&] {
    check_header(s.header);
    std::string text = header_json(s.header);
    require(text.size() <= kMaxHeaderBytes, "the header is too long");
    return text;
  });
  s.tar.add("__header__", bytes_of(json));
}

Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

void Writer::write(const Record& record) {
  State& s = *state_;
  require(!s.closed, "{}: a record after close()", s.name);
  std::string head;
  const std::span<const std::uint8_t> numbers = bytes_of(record.data);
  const std::string json = as_argument(fmt::format("{}: record {}", s.name, record.key), [&] {
    check_record(s.header, record);
    require(!s.keys.contains(record.key), "this key was written before; keys are unique");
    head = npy_header(npy_header_of(s.header, record.data));
    std::string text = record_json(record, crc32(numbers, crc32(head)));
    require(text.size() <= kMaxRecordBytes, "label or speaker is too long");
    return text;
  });
  s.tar.add(record.key + ".npy", bytes_of(head), numbers);
  s.tar.add(record.key + ".json", bytes_of(json));
  s.keys_crc = crc32(record.key + '\n', s.keys_crc);
  s.keys.insert(record.key);
}

void Writer::close() {
  State& s = *state_;
  if (s.closed) return;
  s.tar.add("__end__", bytes_of(end_json(s.keys.size(), s.keys_crc)));
  s.tar.close();
  s.closed = true;
}

}  // namespace ear
