#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "frontend/base/units.h"
#include "frontend/events/hdf5_events.h"
#include "frontend/events/isolated_source.h"
#include "frontend/events/shd.h"
#include "frontend/exchange/formats.h"
#include "frontend/hdf5/hdf5_file.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr unsigned kPatience_s = 60;
// How the header of a file of ours begins, which travels as the source's first note.
constexpr std::string_view kHeaderStart = "{\"format\":";

/// The rows of a file of ShdWriter, as they are: a record's metadata travel as its label.
class OwnRows : public EventSource {
 public:
  explicit OwnRows(Hdf5Reader reader) : file_(std::move(reader)), records_(file_.strings("/ossicle/records")) {
    info_.name = file_.path();
    info_.n_channels = kMaxChannels;
    info_.notes = file_.strings("/ossicle/header");
    for (const char* name : {"/spikes/times", "/spikes/units"}) {
      const auto shape = file_.shape(name);
      if (shape.size() == 1 && shape[0] == records_.size()) continue;
      throw std::runtime_error(fmt::format("{}: {} has no row for each of the {} records of /ossicle/records",
                                           info_.name, name, records_.size()));
    }
    info_.n_records = records_.size();
    if (info_.notes.size() != 1) throw std::runtime_error(info_.name + ": /ossicle/header: wanted one text");
  }
  const EventSourceInfo& info() const override { return info_; }
  bool next(EventRecord& record) override {
    if (next_ == records_.size()) return false;
    record = {};
    record.label = records_[next_];
    record.times_s = file_.row("/spikes/times", next_);
    for (const double unit : file_.row("/spikes/units", next_)) {
      const bool fits = unit >= 0.0 && unit < kMaxChannels;
      record.channels.push_back(fits ? static_cast<std::uint32_t>(unit) : std::numeric_limits<std::uint32_t>::max());
    }
    ++next_;
    return true;
  }

 private:
  Hdf5Reader file_;
  EventSourceInfo info_;
  std::vector<std::string> records_;
  std::size_t next_ = 0;
};

std::unique_ptr<EventSource> open_rows(const std::string& path) {
  Hdf5Reader reader(path);
  if (reader.has("/ossicle/header")) return std::make_unique<OwnRows>(std::move(reader));
  if (!has_shd_layout(reader)) {
    throw std::runtime_error(path +
                             ": no /spikes in it, so not in the layout of SHD; ossicle-rebin reads N-TIDIGITS18");
  }
  return std::make_unique<Shd>(std::move(reader), Shard{});
}

/// Puts events back into the steps whose middles their times are.
Array array_of_events(const Header& header, const Record& record, const EventRecord& row) {
  const auto n_steps = static_cast<std::size_t>(record.n_steps), n_events = row.times_s.size();
  const auto n_channels = static_cast<std::size_t>(header.n_channels);
  if (n_events != row.channels.size()) {
    throw std::runtime_error(fmt::format("{} times, {} units", n_events, row.channels.size()));
  }
  if (record.n_steps < 1 || !(record.dt_ms > 0.0)) throw std::runtime_error("no step, or one without a length");
  const std::size_t n = header.kind == Kind::kEvents ? 2 * n_events : n_steps * n_channels;
  if (n * item_size(header.kind) > kMaxArrayBytes) {
    throw std::runtime_error(fmt::format("{} events in {} steps of {} channels are more than {} bytes", n_events,
                                         n_steps, n_channels, kMaxArrayBytes));
  }
  Array array = array_of_bytes(header.kind, {});
  std::visit([n](auto& cells) { cells.resize(n); }, array);
  for (std::size_t e = 0; e < n_events; ++e) {
    const double step = std::floor(row.times_s[e] * kMsPerSecond / record.dt_ms);
    const std::size_t channel = row.channels[e];
    if (!(step >= 0.0 && step < static_cast<double>(n_steps)) || channel >= n_channels) {
      throw std::runtime_error(
          fmt::format("an event at {} s on unit {} lies outside of {} steps of {} ms and {} channels", row.times_s[e],
                      channel, n_steps, record.dt_ms, n_channels));
    }
    const std::size_t cell = static_cast<std::size_t>(step) * n_channels + channel;
    if (auto* raster = std::get_if<std::vector<std::uint8_t>>(&array)) (*raster)[cell] = 1;
    if (auto* counts = std::get_if<std::vector<std::uint16_t>>(&array)) ++(*counts)[cell];
    if (auto* events = std::get_if<std::vector<std::uint32_t>>(&array)) {
      (*events)[2 * e] = static_cast<std::uint32_t>(step);
      (*events)[2 * e + 1] = row.channels[e];
    }
  }
  return array;
}

class OwnShd : public RecordReader {
 public:
  explicit OwnShd(std::unique_ptr<EventSource> rows) : rows_(std::move(rows)) {
    const EventSourceInfo& info = rows_->info();
    header_ = own_header(info.notes[0], info.name + ": /ossicle/header");
    if (header_.kind == Kind::kCochleagram) {
      throw std::runtime_error(info.name + ": /ossicle/header: a cochleagram, which this layout cannot hold");
    }
  }

  const Header& header() const override { return header_; }
  std::optional<std::size_t> n_records() const override { return rows_->info().n_records; }
  bool is_own() const override { return true; }

  bool next(ReadRecord& item) override {
    EventRecord row;
    if (!rows_->next(row)) return false;
    item = {};
    try {
      const std::uint32_t crc = parse_record(row.label, item.record);
      item.record.data = array_of_events(header_, item.record, row);
      check_own_record(header_, item.record, crc,
                       "remove the group /ossicle: the file is then read as any other in SHD's layout");
    } catch (const std::runtime_error& bad) {
      throw std::runtime_error(fmt::format("{}: row {}: {}", rows_->info().name, next_, bad.what()));
    }
    ++next_;
    return true;
  }

 private:
  std::unique_ptr<EventSource> rows_;
  Header header_;
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<RecordReader> open_shd(const std::string& path, const ForeignParams& params) {
  auto rows =
      std::make_unique<IsolatedSource>([path] { return open_rows(path); }, path, "the HDF5 library", kPatience_s);
  const auto& notes = rows->info().notes;
  if (!notes.empty() && notes[0].starts_with(kHeaderStart)) {
    require_no_params(params, path);
    return std::make_unique<OwnShd>(std::move(rows));
  }
  return events_as_records(std::move(rows), params, "shd");
}

}  // namespace ear
