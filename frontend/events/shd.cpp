#include "frontend/events/shd.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <tuple>

#include "frontend/base/text.h"
#include "frontend/events/stored_events.h"
#include "frontend/stream/list.h"

namespace ear {

namespace {

constexpr const char* kTimes = "/spikes/times";
constexpr const char* kUnits = "/spikes/units";
constexpr const char* kLabels = "/labels";
constexpr const char* kKeys = "/extra/keys";
constexpr const char* kSpeakers = "/extra/speaker";
constexpr std::size_t kMaxStem = 150;  // characters: with the number a key stays below 200

bool is_whole(double number) {
  return std::isfinite(number) && number == std::floor(number);
}

}  // namespace

bool has_shd_layout(const Hdf5Reader& reader) {
  return reader.has("/spikes");
}

Shd::Shd(Hdf5Reader reader, Shard shard) : reader_(std::move(reader)) {
  info_.name = reader_.path();
  info_.n_channels = kChannels;
  stem_ = key_of_path(std::filesystem::path(info_.name).filename().string()).substr(0, kMaxStem);
  for (const char* needed : {kTimes, kUnits, kLabels}) {
    if (!reader_.has(needed)) {
      throw std::runtime_error(
          fmt::format("{}: no {} in it; SHD and SSC have spikes/times, spikes/units and labels", info_.name, needed));
    }
  }
  labels_ = reader_.numbers(kLabels);
  for (const char* list : {kTimes, kUnits}) {
    const auto shape = reader_.shape(list);
    if (shape.size() == 1 && shape[0] == labels_.size()) continue;
    throw std::runtime_error(fmt::format("{}: {} has the shape ({}), but there are {} labels; wanted one list for each",
                                         info_.name, list, fmt::join(shape, ", "), labels_.size()));
  }
  if (labels_.empty()) throw std::runtime_error(info_.name + ": holds no recording");
  read_classes();
  read_speakers();
  std::tie(next_, end_) = range_of_shard(labels_.size(), shard);
  info_.n_records = end_ - next_;
}

void Shd::read_classes() {
  if (reader_.has(kKeys)) {
    info_.classes = reader_.strings(kKeys);
    std::set<std::string> known;
    for (const std::string& name : info_.classes) {
      if (!name.empty() && known.insert(name).second) continue;
      throw std::runtime_error(fmt::format("{}: {}: class name '{}' is {}", info_.name, kKeys, shown(name),
                                           name.empty() ? "empty" : "there twice"));
    }
    return;
  }
  double highest = 0.0;
  for (const double label : labels_) {
    if (is_whole(label) && label < kMaxClasses) highest = std::max(highest, label);
  }
  for (int k = 0; k <= static_cast<int>(highest); ++k) info_.classes.push_back(std::to_string(k));
  info_.notes.push_back(fmt::format("no {} in it: the classes are called 0 to {}", kKeys, highest));
}

void Shd::read_speakers() {
  if (!reader_.has(kSpeakers)) return;
  speakers_ = reader_.numbers(kSpeakers);
  if (speakers_.size() == labels_.size()) return;
  info_.notes.push_back(fmt::format("{} speakers for {} recordings: not used", speakers_.size(), labels_.size()));
  speakers_.clear();
}

bool Shd::next(EventRecord& record) {
  if (next_ == end_) return false;
  const std::size_t i = next_++;
  record = {};
  record.key = fmt::format("{}_{:06}", stem_, i);
  const double label = labels_[i];
  if (!is_whole(label) || label < 0 || label >= static_cast<double>(info_.classes.size())) {
    record.error = fmt::format("label {} has no class; there are {}", label, info_.classes.size());
    return true;
  }
  record.label = info_.classes[static_cast<std::size_t>(label)];
  if (!speakers_.empty()) record.speaker = fmt::format("{}", speakers_[i]);
  const auto read = [&] { return StoredEvents{reader_.row(kTimes, i), reader_.row(kUnits, i)}; };
  set_stored_events(record, read, kChannels, info_.name);
  return true;
}

}  // namespace ear
