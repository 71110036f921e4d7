#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <unordered_map>

#include "frontend/exchange/files.h"
#include "frontend/exchange/npy_values.h"
#include "frontend/exchange/npz.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::uint64_t kBlock = 1 << 16;

/// A file without a name.
Descriptor nameless_file(const std::string& folder, const std::string& name) {
  std::string path = (folder.empty() ? "." : folder) + "/.ossicle-spool-XXXXXX";
  Descriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file) {
    throw std::system_error(errno, std::generic_category(), name + ": cannot create a file in its folder");
  }
  ::unlink(path.c_str());
  return file;
}

}  // namespace

struct NpzWriter::State {
  State(int fd, const std::string& name, const std::string& spool_folder)
      : zip(ArchiveFormat::kZip, fd, name),
        file(nameless_file(spool_folder, name)),
        spool(file.get(), name),
        spooled(file.get(), name + ": the numbers that waited beside it") {}

  ArchiveWriter zip;
  Descriptor file;                                            // where the numbers wait
  ByteOutput spool;                                           // writes it
  ByteInput spooled;                                          // reads it back
  std::unordered_map<std::string_view, std::size_t> numbers;  // of the header's classes
  std::vector<std::string> keys, speakers, sequences;
  std::vector<std::int64_t> labels, n_steps, decimation;
  std::vector<double> dt_ms;
  std::vector<std::int64_t> offsets = {0};  // of the records' events, the last one: how many there are

  void begin(const std::string& array, const NpyHeader& type) {
    const std::string head = npy_header(type);
    zip.begin(array + ".npy", head.size() + type.item_size() * type.n_items());
    zip.write(bytes_of(head));
  }
  template <class Number>
  void add(const std::string& array, const std::vector<Number>& column) {
    begin(array, {std::is_same_v<Number, double> ? "<f8" : "<i8", {column.size()}});
    zip.write({reinterpret_cast<const std::uint8_t*>(column.data()), column.size() * sizeof(Number)});
  }
  void add_texts(const std::string& array, std::span<const std::string> texts, std::vector<std::uint64_t> shape) {
    const NpyTexts wide = npy_text_array(texts);
    begin(array, {wide.descr, std::move(shape)});
    zip.write(wide.bytes);
  }

  /// Bytes that waited, then zeros.
  void copy(std::uint64_t n_waiting, std::uint64_t n_zeros) {
    Bytes block;
    for (; n_waiting > 0; n_waiting -= block.size(), block.clear()) {
      if (spooled.append(block, std::min(n_waiting, kBlock)) == 0)
        throw std::runtime_error(spooled.name() + " are cut");
      zip.write(block);
    }
    block.assign(kBlock, 0);
    for (std::uint64_t piece = 0; n_zeros > 0; n_zeros -= piece) {
      piece = std::min(n_zeros, kBlock);
      zip.write(std::span(block).first(piece));
    }
  }

  /// X of dense records; returns a line about its size.
  std::string write_dense(const Header& header) {
    const auto longest = static_cast<std::uint64_t>(n_steps.empty() ? 0 : *std::ranges::max_element(n_steps));
    const NpyHeader x{dtype(header.kind), {keys.size(), longest, static_cast<std::uint64_t>(header.n_channels)}};
    begin("X", x);
    const std::uint64_t step = item_size(header.kind) * static_cast<std::uint64_t>(header.n_channels);
    std::uint64_t n_steps_all = 0;
    for (const std::int64_t steps : n_steps) {
      const auto n = static_cast<std::uint64_t>(steps);
      copy(step * n, step * (longest - n));
      n_steps_all += n;
    }
    const std::uint64_t all = keys.size() * longest;
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
  if (::lseek(s.file.get(), 0, SEEK_SET) < 0) {
    throw std::system_error(errno, std::generic_category(), s.spooled.name());
  }
  if (header().kind == Kind::kEvents) {
    const auto n_events = static_cast<std::uint64_t>(s.offsets.back());
    s.begin("X", {"<u4", {n_events, 2}});
    s.copy(2 * sizeof(std::uint32_t) * n_events, 0);
    s.add("offsets", s.offsets);
  } else {
    notes.push_back(s.write_dense(header()));
  }
  s.add("y", s.labels);
  s.add_texts("keys", s.keys, {n});
  s.add("n_steps", s.n_steps);
  s.add_texts("speakers", s.speakers, {n});
  s.add_texts("sequences", s.sequences, {n});
  s.add("dt_ms", s.dt_ms);
  s.add("decimation", s.decimation);
  s.add_texts("classes", header().classes, {header().classes.size()});
  const std::string json = header_json(header());
  s.add_texts("header", std::span(&json, 1), {});
  s.zip.close();
  return notes;
}

}  // namespace ear
