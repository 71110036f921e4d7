#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "frontend/events/hdf5_events.h"
#include "frontend/events/isolated_source.h"
#include "frontend/events/shd.h"
#include "frontend/exchange/event_records.h"
#include "frontend/exchange/shd_file.h"
#include "frontend/exchange/values.h"
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
    info_.notes.push_back(fmt::to_string(records_.size()));
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
class Steps {
 public:
  Steps(const Header& header, const Record& record)
      : kind_(header.kind),
        n_steps_(static_cast<std::size_t>(record.n_steps)),
        n_channels_(static_cast<std::size_t>(header.n_channels)) {
    if (n_steps_ < 1 || !(record.dt_ms > 0.0)) throw std::runtime_error("no step, or one without a length");
    const std::size_t n = kind_ == Kind::kEvents ? 0 : n_steps_ * n_channels_;
    if (n * item_size(kind_) > kMaxArrayBytes) {
      throw std::runtime_error(
          fmt::format("{} steps of {} channels are more than {} bytes", n_steps_, n_channels_, kMaxArrayBytes));
    }
    if (kind_ == Kind::kRaster) raster_.resize(n);
    if (kind_ == Kind::kCounts) counts_.resize(n);
  }

  void add(double time_s, std::uint32_t channel, double dt_ms) {
    const double step = std::floor(time_s * kMsPerSecond / dt_ms);
    if (!(step >= 0.0 && step < static_cast<double>(n_steps_)) || channel >= n_channels_) {
      throw std::runtime_error(
          fmt::format("an event at {} s on unit {} lies outside of {} steps of {} ms and {} channels", time_s, channel,
                      n_steps_, dt_ms, n_channels_));
    }
    const auto t = static_cast<std::size_t>(step);
    if (kind_ == Kind::kRaster) raster_[t * n_channels_ + channel] = 1;
    if (kind_ == Kind::kCounts) ++counts_[t * n_channels_ + channel];
    if (kind_ == Kind::kEvents) events_.insert(events_.end(), {static_cast<std::uint32_t>(t), channel});
  }

  Array take() {
    if (kind_ == Kind::kRaster) return std::move(raster_);
    if (kind_ == Kind::kCounts) return std::move(counts_);
    return std::move(events_);
  }

 private:
  Kind kind_;
  std::size_t n_steps_;
  std::size_t n_channels_;
  std::vector<std::uint8_t> raster_;
  std::vector<std::uint16_t> counts_;
  std::vector<std::uint32_t> events_;
};

class OwnShd : public RecordSource {
 public:
  explicit OwnShd(std::unique_ptr<EventSource> rows) : rows_(std::move(rows)) {
    const auto& notes = rows_->info().notes;
    try {
      if (notes.size() != 2) throw std::runtime_error("wanted one text");
      header_ = parse_header(notes[0]);
      check_header(header_);
      if (header_.kind == Kind::kCochleagram) throw std::runtime_error("a cochleagram, which this layout cannot hold");
    } catch (const std::runtime_error& bad) {
      throw std::runtime_error(fmt::format("{}: /ossicle/header: {}", rows_->info().name, bad.what()));
    }
    n_records_ = std::stoull(notes[1]);
  }

  const Header& header() const override { return header_; }
  std::optional<std::size_t> n_records() const override { return n_records_; }
  bool is_own() const override { return true; }

  bool next(SourceItem& item) override {
    EventRecord row;
    if (!rows_->next(row)) return false;
    item = {};
    Record& record = item.record;
    try {
      const std::uint32_t crc = parse_record(row.label, record);
      if (row.times_s.size() != row.channels.size()) {
        throw std::runtime_error(fmt::format("{} times, {} units", row.times_s.size(), row.channels.size()));
      }
      Steps steps(header_, record);
      for (std::size_t e = 0; e < row.times_s.size(); ++e) steps.add(row.times_s[e], row.channels[e], record.dt_ms);
      record.data = steps.take();
      check_npy_crc(header_, record, crc,
                    "remove the group /ossicle: the file is then read as any other in SHD's layout");
      check_record(header_, record);
    } catch (const std::runtime_error& bad) {
      throw std::runtime_error(fmt::format("{}: row {}: {}", rows_->info().name, next_, bad.what()));
    }
    ++next_;
    return true;
  }

 private:
  std::unique_ptr<EventSource> rows_;
  Header header_;
  std::size_t n_records_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<RecordSource> open_shd(const std::string& path, const ForeignParams& params) {
  auto rows =
      std::make_unique<IsolatedSource>([path] { return open_rows(path); }, path, "the HDF5 library", kPatience_s);
  const auto& notes = rows->info().notes;
  if (!notes.empty() && notes[0].starts_with(kHeaderStart)) {
    require_no_params(params, path);
    return std::make_unique<OwnShd>(std::move(rows));
  }
  return std::make_unique<EventRecords>(std::move(rows), params, "shd");
}

}  // namespace ear
