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

#include "frontend/base/require.h"
#include "frontend/exchange/files.h"
#include "frontend/exchange/formats.h"
#include "frontend/exchange/npy_values.h"
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

class NpzWriter : public RecordWriter {
 public:
  NpzWriter(int fd, std::string name, Header header, const std::string& spool_folder)
      : RecordWriter(std::move(name), std::move(header)),
        zip_(ArchiveFormat::kZip, fd, this->name()),
        file_(nameless_file(spool_folder, this->name())),
        spool_(file_.get(), this->name()),
        spooled_(file_.get(), this->name() + ": the numbers that waited beside it") {
    npy_text_array(this->header().classes);
    for (const std::string& label : this->header().classes) numbers_.emplace(label, numbers_.size());
  }

  std::vector<std::string> close() override {
    const std::uint64_t n = keys_.size();
    std::vector<std::string> notes;
    if (::lseek(file_.get(), 0, SEEK_SET) < 0) {
      throw std::system_error(errno, std::generic_category(), spooled_.name());
    }
    if (header().kind == Kind::kEvents) {
      const auto n_events = static_cast<std::uint64_t>(offsets_.back());
      begin("X", {"<u4", {n_events, 2}});
      copy(2 * sizeof(std::uint32_t) * n_events, 0);
      add("offsets", offsets_);
    } else {
      notes.push_back(write_dense());
    }
    add("y", labels_);
    add_texts("keys", keys_, {n});
    add("n_steps", n_steps_);
    add_texts("speakers", speakers_, {n});
    add_texts("sequences", sequences_, {n});
    add("dt_ms", dt_ms_);
    add("decimation", decimation_);
    add_texts("classes", header().classes, {header().classes.size()});
    const std::string json = header_json(header());
    add_texts("header", std::span(&json, 1), {});
    zip_.close();
    return notes;
  }

 private:
  void put(const Record& record) override {
    require(keys_.size() < kMaxNpzRecords, "{}: more than {} records; convert in parts with --shard", name(),
            kMaxNpzRecords);
    std::string sequence;
    for (const std::string& word : record.sequence)
      sequence += fmt::format("{}{}", sequence.empty() ? "" : " ", numbers_.at(word));
    try {
      npy_text_array(std::span(&record.speaker, 1));
    } catch (const std::invalid_argument& refused) {
      throw std::invalid_argument(fmt::format("{}: record {}: speaker: {}", name(), record.key, refused.what()));
    }
    const auto bytes = bytes_of(record.data);
    spool_.write(bytes);
    keys_.push_back(record.key);
    speakers_.push_back(record.speaker);
    sequences_.push_back(std::move(sequence));
    labels_.push_back(record.label.empty() ? -1 : static_cast<std::int64_t>(numbers_.at(record.label)));
    n_steps_.push_back(record.n_steps);
    decimation_.push_back(record.decimation);
    dt_ms_.push_back(record.dt_ms);
    offsets_.push_back(offsets_.back() + static_cast<std::int64_t>(bytes.size() / (2 * sizeof(std::uint32_t))));
  }

  void begin(const std::string& array, const NpyHeader& type) {
    const std::string head = npy_header(type);
    zip_.begin(array + ".npy", head.size() + type.item_size() * type.n_items());
    zip_.write(bytes_of(head));
  }
  template <class Number>
  void add(const std::string& array, const std::vector<Number>& column) {
    begin(array, {std::is_same_v<Number, double> ? "<f8" : "<i8", {column.size()}});
    zip_.write({reinterpret_cast<const std::uint8_t*>(column.data()), column.size() * sizeof(Number)});
  }
  void add_texts(const std::string& array, std::span<const std::string> texts, std::vector<std::uint64_t> shape) {
    const NpyTexts wide = npy_text_array(texts);
    begin(array, {wide.descr, std::move(shape)});
    zip_.write(wide.bytes);
  }

  /// Bytes that waited, then zeros.
  void copy(std::uint64_t n_waiting, std::uint64_t n_zeros) {
    Bytes block;
    for (; n_waiting > 0; n_waiting -= block.size(), block.clear()) {
      if (spooled_.append(block, std::min(n_waiting, kBlock)) == 0)
        throw std::runtime_error(spooled_.name() + " are cut");
      zip_.write(block);
    }
    block.assign(kBlock, 0);
    for (std::uint64_t piece = 0; n_zeros > 0; n_zeros -= piece) {
      piece = std::min(n_zeros, kBlock);
      zip_.write(std::span(block).first(piece));
    }
  }

  /// X of dense records; returns a line about its size.
  std::string write_dense() {
    const auto longest = static_cast<std::uint64_t>(n_steps_.empty() ? 0 : *std::ranges::max_element(n_steps_));
    const NpyHeader x{dtype(header().kind), {keys_.size(), longest, static_cast<std::uint64_t>(header().n_channels)}};
    begin("X", x);
    const std::uint64_t step = item_size(header().kind) * static_cast<std::uint64_t>(header().n_channels);
    std::uint64_t n_steps_all = 0;
    for (const std::int64_t steps : n_steps_) {
      const auto n = static_cast<std::uint64_t>(steps);
      copy(step * n, step * (longest - n));
      n_steps_all += n;
    }
    const std::uint64_t all = keys_.size() * longest;
    return fmt::format(
        "X {} of {}: {:.1f} MB in memory when it is loaded, {:.0f} % of the steps are zeros after an end",
        shape_text(x.shape), x.descr, 1e-6 * static_cast<double>(step * all),
        all > 0 ? 100.0 * static_cast<double>(all - n_steps_all) / static_cast<double>(all) : 0.0);
  }

  ArchiveWriter zip_;
  Descriptor file_;                                            // where the numbers wait
  ByteOutput spool_;                                           // writes it
  ByteInput spooled_;                                          // reads it back
  std::unordered_map<std::string_view, std::size_t> numbers_;  // of the header's classes
  std::vector<std::string> keys_, speakers_, sequences_;
  std::vector<std::int64_t> labels_, n_steps_, decimation_;
  std::vector<double> dt_ms_;
  std::vector<std::int64_t> offsets_ = {0};  // of the records' events, the last one: how many there are
};

}  // namespace

std::unique_ptr<RecordWriter> make_npz_writer(int fd, std::string name, Header header,
                                              const std::string& spool_folder) {
  return std::make_unique<NpzWriter>(fd, std::move(name), std::move(header), spool_folder);
}

}  // namespace ear
