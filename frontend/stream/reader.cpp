#include <fmt/format.h>

#include <bit>
#include <stdexcept>
#include <unordered_set>

#include "frontend/base/checksum.h"
#include "frontend/stream/archive.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/npy.h"
#include "frontend/stream/rules.h"
#include "frontend/stream/stream.h"

namespace ear {

static_assert(std::endian::native == std::endian::little, "arrays are little-endian in the stream and in memory");

namespace {

constexpr std::string_view kNpy = ".npy";

std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

struct Reader::State {
  State(Input input, std::string name) : tar(ArchiveFormat::kTar, std::move(input), std::move(name)) {}

  ArchiveReader tar;
  Header header;
  std::unordered_set<std::string> keys;  // of all streams that were concatenated
  std::size_t n_here = 0;                // records since the last header
  std::uint32_t keys_crc = 0;            // likewise
  bool open = false;                     // a header was read, its end member was not

  // Runs a check that knows neither stream nor member, and adds both to its message.
  template <class F>
  auto at_member(F&& check) {
    try {
      return check();
    } catch (const std::system_error&) {
      throw;
    } catch (const std::runtime_error& error) {
      tar.fail(error.what());
    }
  }

  void begin() {
    if (tar.member() != "__header__") tar.fail("no Ossicle stream begins here, wanted member __header__");
    const Bytes bytes = tar.read(kMaxHeaderBytes);
    Header found;
    at_member([&] { check_header(found = parse_header(text_of(bytes))); });
    if (header.n_channels == 0) {  // the first one
      header = std::move(found);
    } else if (const std::string difference = first_difference(header, found); !difference.empty()) {
      tar.fail("concatenated stream differs from the first: " + difference);
    }
    open = true;
    n_here = 0;
    keys_crc = 0;
  }

  void end() {
    const Bytes bytes = tar.read(kMaxRecordBytes);
    const EndMember end = at_member([&] { return parse_end(text_of(bytes)); });
    if (end.n_records != n_here) {
      tar.fail(fmt::format("{} records were read, {} were written: some are missing", n_here, end.n_records));
    }
    if (end.keys_crc != keys_crc) tar.fail("the keys or their order differ from what was written");
    open = false;
  }

  // Goes to the next array's member, over the seams of concatenated streams; false at the end of the input.
  bool to_array() {
    while (tar.next()) {
      if (!open) {
        begin();
      } else if (tar.member() == "__end__") {
        end();
      } else {
        return true;
      }
    }
    if (open) {
      tar.fail_archive(fmt::format("ends at byte {} after {} records without member __end__: the stream was cut",
                                   tar.n_bytes(), keys.size()));
    }
    return false;
  }

  std::string key_of_array() {
    const std::string& member = tar.member();
    if (!member.ends_with(kNpy)) tar.fail("wanted KEY.npy or __end__");
    std::string key = member.substr(0, member.size() - kNpy.size());
    at_member([&] { check_key(key); });
    if (keys.contains(key)) tar.fail("this key was read before; keys are unique");
    return key;
  }

  // Reads the array's member, checking every size before the bytes are read, and returns the member's checksum.
  std::uint32_t read_array(Record& record) {
    Bytes bytes;
    const NpyHeader shape = read_npy_header(tar, bytes);
    if (!is_spelt_as_numpy(text_of(bytes), shape)) {
      tar.fail("the array's header is not spelt as numpy.save spells it, version 1.0 in C order");
    }
    if (shape.descr != dtype(header.kind)) {
      tar.fail(fmt::format("array of type {}, {} wants {}", shape.descr, kind_name(header.kind), dtype(header.kind)));
    }
    const auto columns = static_cast<std::uint64_t>(header.kind == Kind::kEvents ? 2 : header.n_channels);
    if (shape.shape.size() != 2 || shape.shape[1] != columns || tar.left() > kMaxArrayBytes) {
      tar.fail(fmt::format("shape {} in {} bytes, wanted {} columns and at most {} bytes", shape_text(shape.shape),
                           tar.left(), columns, kMaxArrayBytes));
    }
    const std::size_t head = bytes.size();
    tar.append(bytes, tar.left());
    record.data = array_of_bytes(header.kind, std::span(bytes).subspan(head));
    return crc32(bytes);
  }

  void read_metadata(const std::string& key, std::uint32_t npy_crc, Record& record) {
    if (!tar.next()) tar.fail_archive(fmt::format("ends after member {}.npy: the stream was cut", key));
    if (tar.member() != key + ".json") tar.fail(fmt::format("wanted {}.json", key));
    const Bytes bytes = tar.read(kMaxRecordBytes);
    const std::uint32_t stored = at_member([&] { return parse_record(text_of(bytes), record); });
    if (record.key != key) tar.fail(fmt::format("key {} in a member of another name", record.key));
    if (stored != npy_crc) {
      tar.fail(fmt::format("array checksum {} was stored, {} is right: the bytes of {}.npy were altered",
                           crc_text(stored), crc_text(npy_crc), key));
    }
    at_member([&] { check_record(header, record); });
  }
};

Reader::Reader(Input input, std::string name) : state_(std::make_unique<State>(std::move(input), std::move(name))) {
  State& s = *state_;
  if (!s.tar.next()) s.tar.fail_archive("empty tar, an Ossicle stream was expected");
  s.begin();
}

Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

const Header& Reader::header() const {
  return state_->header;
}
std::size_t Reader::n_records() const {
  return state_->keys.size();
}

bool Reader::next(Record& record) {
  State& s = *state_;
  if (!s.to_array()) return false;
  const std::string key = s.key_of_array();
  s.read_metadata(key, s.read_array(record), record);
  s.keys_crc = crc32(key + '\n', s.keys_crc);
  s.keys.insert(key);
  ++s.n_here;
  return true;
}

}  // namespace ear
