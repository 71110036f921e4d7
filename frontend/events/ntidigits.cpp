#include "frontend/events/ntidigits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>
#include <tuple>

#include "frontend/base/text.h"
#include "frontend/events/stored_events.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::string_view kDigits = "123456789oz";

const char* part_name(CorpusPart part) {
  return part == CorpusPart::kTrain ? "train" : "test";
}

/// Single digits that the literature reports. Official: 112 and 113 speakers of 22 recordings; ab: 225 speakers of 11, the
/// numbers of the ScSr-SNN paper.
std::size_t published_singles(const NtidigitsParams& params) {
  if (params.split == NtidigitsSplit::kAb) return 2475;
  return params.part == CorpusPart::kTrain ? 2464 : 2486;
}

/// A key's four fields.
struct Fields {
  std::string gender;
  std::string speaker;
  std::string sample;
  std::string digits;
};

std::optional<Fields> fields_of(const std::string& key) {
  std::array<std::string, 4> fields;
  std::size_t first = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t end = i + 1 < fields.size() ? key.find('-', first) : key.size();
    if (end == std::string::npos || end == first) return std::nullopt;
    fields[i] = key.substr(first, end - first);
    first = end + 1;
  }
  return Fields{fields[0], fields[1], fields[2], fields[3]};
}

/// One line on why no recording can have this key; empty if one can.
std::string fault_of(const std::string& key, const std::optional<Fields>& fields) {
  try {
    check_key(key);
  } catch (const std::runtime_error& error) {
    return fmt::format("the label cannot be a key: {}", error.what());
  }
  if (!fields) return "the label is not of the form gender-speaker-sample-digits, as man-im-a-7557";
  const std::size_t place = fields->digits.find_first_not_of(kDigits);
  if (place == std::string::npos) return "";
  return fmt::format("unknown digit '{}' in '{}'; wanted o, 1 to 9 or z", fields->digits[place], fields->digits);
}

void check_classes(std::vector<std::string> classes) {
  std::sort(classes.begin(), classes.end());
  std::string joined;
  for (const std::string& name : classes) joined += name;
  if (joined == kDigits && classes.size() == kDigits.size()) return;
  throw std::invalid_argument("classes of N-TIDIGITS: wanted each of o, 1 to 9 and z once, in any order");
}

}  // namespace

CorpusPart parse_part(const std::string& text) {
  for (const CorpusPart part : {CorpusPart::kTrain, CorpusPart::kTest}) {
    if (text == part_name(part)) return part;
  }
  throw std::invalid_argument(fmt::format("part '{}': wanted train or test", text));
}

NtidigitsSplit parse_split(const std::string& text) {
  if (text == "official") return NtidigitsSplit::kOfficial;
  if (text == "ab") return NtidigitsSplit::kAb;
  throw std::invalid_argument(fmt::format("split '{}': wanted official or ab", text));
}

bool has_ntidigits_layout(const Hdf5Reader& reader) {
  return reader.has("/train_labels") || reader.has("/test_labels");
}

Ntidigits::Ntidigits(Hdf5Reader reader, NtidigitsParams params, Shard shard)
    : reader_(std::move(reader)), params_(std::move(params)) {
  check_classes(params_.classes);
  info_.name = reader_.path();
  info_.n_channels = kChannels;
  info_.classes = params_.classes;
  for (const CorpusPart group : {CorpusPart::kTrain, CorpusPart::kTest}) {
    if (params_.split == NtidigitsSplit::kAb || group == params_.part) select(group);
  }
  if (entries_.empty()) {
    throw std::runtime_error(
        fmt::format("{}: no recording is selected; {} of several digits were left out", info_.name, n_left_out_));
  }
  note_counts();
  std::tie(next_, end_) = range_of_shard(entries_.size(), shard);
  info_.n_records = end_ - next_;
}

void Ntidigits::select(CorpusPart group) {
  const std::string labels = fmt::format("/{}_labels", part_name(group));
  for (const char* kind : {"labels", "timestamps", "addresses"}) {
    const std::string needed = fmt::format("/{}_{}", part_name(group), kind);
    if (!reader_.has(needed)) {
      throw std::runtime_error(
          fmt::format("{}: no {} in it; N-TIDIGITS18 has labels, timestamps and addresses of train and of test",
                      info_.name, needed));
    }
  }
  std::set<std::string> known;
  for (const Entry& entry : entries_) known.insert(entry.key);
  for (const std::string& key : reader_.strings(labels)) {
    const auto fields = fields_of(key);
    if (fields && params_.split == NtidigitsSplit::kAb) {
      const bool adult = fields->gender == "man" || fields->gender == "woman";
      if (!adult || fields->sample != (params_.part == CorpusPart::kTrain ? "a" : "b")) continue;
    }
    if (fields && fields->digits.size() > 1 && !params_.sequences) {
      ++n_left_out_;
      continue;
    }
    std::string fault = fault_of(key, fields);
    if (fault.empty() && !known.insert(key).second) fault = "the label stands twice";
    entries_.push_back({group, key, std::move(fault)});
  }
}

void Ntidigits::note_counts() {
  if (params_.sequences) return;
  const std::size_t published = published_singles(params_);
  if (entries_.size() == published) {
    info_.notes.push_back(fmt::format("{} single digits, as published", published));
  } else {
    info_.notes.push_back(
        fmt::format("{} single digits where {} are published for this part and split; used as they are",
                    entries_.size(), published));
  }
  if (n_left_out_ > 0) info_.notes.push_back(fmt::format("{} recordings of several digits left out", n_left_out_));
}

bool Ntidigits::next(EventRecord& record) {
  if (next_ == end_) return false;
  const Entry& entry = entries_[next_++];
  record = {};
  record.error = entry.error;
  record.key = record.error.empty() ? entry.key : shown(entry.key);
  if (!record.error.empty()) return true;
  const Fields fields = *fields_of(entry.key);
  record.speaker = fields.gender + "-" + fields.speaker;
  if (fields.digits.size() == 1) record.label = fields.digits;
  if (fields.digits.size() > 1) {
    for (const char digit : fields.digits) record.sequence.emplace_back(1, digit);
  }
  const std::string times = fmt::format("/{}_timestamps/{}", part_name(entry.group), entry.key);
  const std::string addresses = fmt::format("/{}_addresses/{}", part_name(entry.group), entry.key);
  for (const std::string& list : {times, addresses}) {
    if (!reader_.has(list)) record.error = fmt::format("it is among the labels, but there is no {}", list);
  }
  if (!record.error.empty()) return true;
  set_stored_events(
      record,
      [&]() -> StoredEvents {
        return {reader_.numbers(times), reader_.numbers(addresses)};
      },
      kChannels, info_.name);
  return true;
}

}  // namespace ear
