#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <unordered_map>

#include "frontend/exchange/files.h"
#include "frontend/exchange/npy_array.h"
#include "frontend/exchange/npz.h"
#include "frontend/exchange/values.h"
#include "frontend/exchange/zip.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::size_t kBlock = 1 << 16;

/// A file without a name that is written, then read from its start.
class Spool {
 public:
  Spool(const std::string& folder, std::string name) : name_(std::move(name)) {
    std::string path = (folder.empty() ? "." : folder) + "/.ossicle-spool-XXXXXX";
    fd_ = ::mkostemp(path.data(), O_CLOEXEC);
    if (fd_ < 0) fail("cannot create a file in its folder");
    ::unlink(path.c_str());
  }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool() {
    if (fd_ >= 0) ::close(fd_);
  }

  void write(std::span<const std::uint8_t> bytes) { write_all(fd_, name_, bytes); }
  void rewind() {
    if (::lseek(fd_, 0, SEEK_SET) < 0) fail("cannot read back");
  }
  /// Fills all of `bytes`.
  void read(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::read(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno != EINTR) fail("cannot read back");
      if (n == 0) throw std::runtime_error(name_ + ": the numbers that waited beside it are cut");
      if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw std::system_error(errno, std::generic_category(), name_ + ": " + what);
  }
  std::string name_;
  int fd_ = -1;
};

std::span<const std::uint8_t> raw(const auto& numbers) {
  return {reinterpret_cast<const std::uint8_t*>(numbers.data()), numbers.size() * sizeof(*numbers.data())};
}

}  // namespace

struct NpzWriter::State {
  State(int fd, const std::string& name, const std::string& spool_folder) : zip(fd, name), spool(spool_folder, name) {}

  ZipWriter zip;
  Spool spool;
  std::unordered_map<std::string_view, std::size_t> numbers;  // of the header's classes
  std::vector<std::string> keys;
  std::vector<std::string> speakers;
  std::vector<std::string> sequences;
  std::vector<std::int64_t> labels;
  std::vector<std::int64_t> n_steps;
  std::vector<std::int64_t> decimation;
  std::vector<double> dt_ms;
  std::vector<std::int64_t> offsets = {0};  // of the records' events, the last one: how many there are

  void add(const std::string& array, const std::string& descr, std::vector<std::uint64_t> shape,
           std::span<const std::uint8_t> bytes) {
    begin(array, {descr, std::move(shape)});
    zip.write(bytes);
  }
  void begin(const std::string& array, const NpyArray& type) {
    const std::string head = npy_array_header(type);
    zip.begin(array + ".npy", head.size() + type.item_size() * type.n_items());
    zip.write(bytes_of(head));
  }
  void add_texts(const std::string& array, std::span<const std::string> texts, std::vector<std::uint64_t> shape) {
    const NpyTexts wide = npy_text_array(texts);
    add(array, wide.descr, std::move(shape), wide.bytes);
  }

  /// Bytes that waited, then zeros.
  void copy(std::uint64_t n_waiting, std::uint64_t n_zeros) {
    std::vector<std::uint8_t> block(kBlock);
    for (std::uint64_t left = n_waiting; left > 0;) {
      const auto piece = std::span(block).first(static_cast<std::size_t>(std::min<std::uint64_t>(left, kBlock)));
      spool.read(piece);
      zip.write(piece);
      left -= piece.size();
    }
    std::fill(block.begin(), block.end(), std::uint8_t{0});
    for (std::uint64_t left = n_zeros; left > 0;) {
      const auto piece = std::span(block).first(static_cast<std::size_t>(std::min<std::uint64_t>(left, kBlock)));
      zip.write(piece);
      left -= piece.size();
    }
  }

  /// X of dense records; returns a line about its size.
  std::string write_dense(const Header& header) {
    const std::int64_t longest = n_steps.empty() ? 0 : *std::max_element(n_steps.begin(), n_steps.end());
    const NpyArray x{dtype(header.kind),
                     {keys.size(), static_cast<std::uint64_t>(longest), static_cast<std::uint64_t>(header.n_channels)}};
    begin("X", x);
    const std::uint64_t step = item_size(header.kind) * static_cast<std::uint64_t>(header.n_channels);
    std::uint64_t n_steps_all = 0;
    for (const std::int64_t n : n_steps) {
      copy(step * static_cast<std::uint64_t>(n), step * static_cast<std::uint64_t>(longest - n));
      n_steps_all += static_cast<std::uint64_t>(n);
    }
    const std::uint64_t all = keys.size() * static_cast<std::uint64_t>(longest);
    return fmt::format(
        "X {} of {}: {:.1f} MB in memory when it is loaded, {:.0f} % of the steps are zeros after an end",
        shape_text(x.shape), x.descr, 1e-6 * static_cast<double>(step * all),
        all > 0 ? 100.0 * static_cast<double>(all - n_steps_all) / static_cast<double>(all) : 0.0);
  }
};

NpzWriter::NpzWriter(int fd, std::string name, Header header, const std::string& spool_folder)
    : RecordSink(std::move(name), std::move(header)), state_(std::make_unique<State>(fd, this->name(), spool_folder)) {
  npy_text_array(this->header().classes);
  for (const std::string& label : this->header().classes) state_->numbers.emplace(label, state_->numbers.size());
}

NpzWriter::~NpzWriter() = default;

void NpzWriter::put(const Record& record) {
  State& s = *state_;
  if (s.keys.size() == kMaxNpzRecords) {
    throw std::invalid_argument(
        fmt::format("{}: more than {} records; convert in parts with --shard", name(), kMaxNpzRecords));
  }
  std::string sequence;
  for (const std::string& word : record.sequence)
    sequence += fmt::format("{}{}", sequence.empty() ? "" : " ", s.numbers.at(word));
  try {
    npy_text_array(std::span(&record.speaker, 1));
  } catch (const std::invalid_argument& refused) {
    throw std::invalid_argument(fmt::format("{}: record {}: speaker: {}", name(), record.key, refused.what()));
  }
  const auto bytes = bytes_of(record.data);
  s.spool.write(bytes);
  s.keys.push_back(record.key);
  s.speakers.push_back(record.speaker);
  s.sequences.push_back(std::move(sequence));
  s.labels.push_back(record.label.empty() ? -1 : static_cast<std::int64_t>(s.numbers.at(record.label)));
  s.n_steps.push_back(record.n_steps);
  s.decimation.push_back(record.decimation);
  s.dt_ms.push_back(record.dt_ms);
  s.offsets.push_back(s.offsets.back() + static_cast<std::int64_t>(bytes.size() / (2 * sizeof(std::uint32_t))));
}

std::vector<std::string> NpzWriter::close() {
  State& s = *state_;
  const std::uint64_t n = s.keys.size();
  std::vector<std::string> notes;
  s.spool.rewind();
  if (header().kind == Kind::kEvents) {
    const auto n_events = static_cast<std::uint64_t>(s.offsets.back());
    s.begin("X", {"<u4", {n_events, 2}});
    s.copy(2 * sizeof(std::uint32_t) * n_events, 0);
    s.add("offsets", "<i8", {n + 1}, raw(s.offsets));
  } else {
    notes.push_back(s.write_dense(header()));
  }
  s.add("y", "<i8", {n}, raw(s.labels));
  s.add_texts("keys", s.keys, {n});
  s.add("n_steps", "<i8", {n}, raw(s.n_steps));
  s.add_texts("speakers", s.speakers, {n});
  s.add_texts("sequences", s.sequences, {n});
  s.add("dt_ms", "<f8", {n}, raw(s.dt_ms));
  s.add("decimation", "<i8", {n}, raw(s.decimation));
  s.add_texts("classes", header().classes, {header().classes.size()});
  const std::string json = header_json(header());
  s.add_texts("header", std::span(&json, 1), {});
  s.zip.close();
  return notes;
}

}  // namespace ear
