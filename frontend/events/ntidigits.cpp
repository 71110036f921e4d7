#include "frontend/events/ntidigits.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <tuple>

#include "frontend/base/require.h"
#include "frontend/base/text.h"
#include "frontend/events/stored_events.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::string_view kDigits = "123456789oz";

/// Single digits that the literature reports. Official: 112 and 113 speakers of 22 recordings; ab: 225 speakers of 11, the
/// numbers of the ScSr-SNN paper.
std::size_t published_singles(const NtidigitsParams& params) {
  if (params.split == "ab") return 2475;
  return params.part == "train" ? 2464 : 2486;
}

/// A key's four fields.
struct Fields {
  std::string gender, speaker, sample, digits;
};

std::optional<Fields> fields_of(const std::string& key) {
  std::istringstream text(key);
  Fields f;
  for (std::string* field : {&f.gender, &f.speaker, &f.sample}) std::getline(text, *field, '-');
  std::getline(text, f.digits, '\0');  // all that is left
  const bool whole = !f.gender.empty() && !f.speaker.empty() && !f.sample.empty() && !f.digits.empty();
  return whole ? std::optional(f) : std::nullopt;
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
  require(joined == kDigits && classes.size() == kDigits.size(),
          "classes of N-TIDIGITS: wanted each of o, 1 to 9 and z once, in any order");
}

}  // namespace

bool has_ntidigits_layout(const Hdf5Reader& reader) {
  return reader.has("/train_labels") || reader.has("/test_labels");
}

Ntidigits::Ntidigits(Hdf5Reader reader, NtidigitsParams params, Shard shard)
    : reader_(std::move(reader)), params_(std::move(params)) {
  require(params_.part == "train" || params_.part == "test", "part '{}': wanted train or test", params_.part);
  require(params_.split == "official" || params_.split == "ab", "split '{}': wanted official or ab", params_.split);
  check_classes(params_.classes);
  info_.name = reader_.path();
  info_.n_channels = kChannels;
  info_.classes = params_.classes;
  for (const std::string group : {"train", "test"}) {
    if (params_.split == "ab" || group == params_.part) select(group);
  }
  if (entries_.empty()) {
    throw std::runtime_error(
        fmt::format("{}: no recording is selected; {} of several digits were left out", info_.name, n_left_out_));
  }
  note_counts();
  std::tie(next_, end_) = range_of_shard(entries_.size(), shard);
  info_.n_records = end_ - next_;
}

void Ntidigits::select(const std::string& group) {
  for (const char* kind : {"labels", "timestamps", "addresses"}) {
    const std::string needed = fmt::format("/{}_{}", group, kind);
    if (!reader_.has(needed)) {
      throw std::runtime_error(
          fmt::format("{}: no {} in it; N-TIDIGITS18 has labels, timestamps and addresses of train and of test",
                      info_.name, needed));
    }
  }
  std::set<std::string> known;
  for (const Entry& entry : entries_) known.insert(entry.key);
  for (const std::string& key : reader_.strings("/" + group + "_labels")) {
    const auto fields = fields_of(key);
    if (fields && params_.split == "ab") {
      const bool adult = fields->gender == "man" || fields->gender == "woman";
      if (!adult || fields->sample != (params_.part == "train" ? "a" : "b")) continue;
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
  info_.notes.push_back(
      entries_.size() == published
          ? fmt::format("{} single digits, as published", published)
          : fmt::format("{} single digits where {} are published for this part and split; used as they are",
                        entries_.size(), published));
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
  const std::string times = fmt::format("/{}_timestamps/{}", entry.group, entry.key);
  const std::string addresses = fmt::format("/{}_addresses/{}", entry.group, entry.key);
  for (const std::string& list : {times, addresses}) {
    if (!reader_.has(list)) record.error = fmt::format("it is among the labels, but there is no {}", list);
  }
  if (!record.error.empty()) return true;
  const auto read = [&] { return StoredEvents{reader_.numbers(times), reader_.numbers(addresses)}; };
  set_stored_events(record, read, kChannels, info_.name);
  return true;
}

}  // namespace ear
