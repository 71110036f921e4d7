#include "frontend/stream/rules.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <set>
#include <unordered_set>

#include "frontend/base/require.h"
#include "frontend/base/text.h"

namespace ear {

namespace {

struct CheckNumbers {
  const Header& header;
  const Record& record;

  std::size_t channels() const { return static_cast<std::size_t>(header.n_channels); }
  void demand_all(const auto& data, auto holds, const char* wrong) const {
    // Not the one of std::ranges: libstdc++ 12 unrolls this one alone, and every number of every stream passes here.
    const auto bad = std::find_if_not(data.begin(), data.end(), holds);
    if (bad == data.end()) return;
    const auto at = static_cast<std::size_t>(bad - data.begin());
    demand(false, "value {} at step {}, channel {} is {}", *bad, at / channels(), at % channels(), wrong);
  }

  void operator()(const std::vector<float>& data) const {
    demand_all(
        data, [](float v) { return std::isfinite(v); }, "not finite");
  }
  void operator()(const std::vector<std::uint8_t>& data) const {
    demand_all(
        data, [](std::uint8_t v) { return v <= 1; }, "neither 0 nor 1");
  }
  void operator()(const std::vector<std::uint16_t>&) const {}
  void operator()(const std::vector<std::uint32_t>& data) const {
    std::uint32_t last = 0;
    for (std::size_t e = 0; e < data.size() / 2; ++e) {
      const std::uint32_t step = data[2 * e];
      const std::uint32_t channel = data[2 * e + 1];
      demand(step < static_cast<std::uint32_t>(record.n_steps), "event {}: step {} of {} steps", e, step,
             record.n_steps);
      demand(channel < channels(), "event {}: channel {} of {} channels", e, channel, header.n_channels);
      demand(step >= last, "event {}: step {} after step {}; events are sorted by step", e, step, last);
      last = step;
    }
  }
};

bool is_key_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

void check_label(const Header& header, const std::string& label, bool is_class) {
  demand(is_class, "label {} is not among the {} classes of the header{}", shown(label), header.classes.size(),
         is_class ? "" : look_alike_hint(label, header.classes));
}

// In a time that grows with the words and the classes, not with their product.
void check_labels(const Header& header, const Record& record) {
  const auto& classes = header.classes;
  if (!record.label.empty()) {
    demand(record.sequence.empty(), "label {} beside a sequence of {} labels, wanted one of them", shown(record.label),
           record.sequence.size());
    check_label(header, record.label, std::find(classes.begin(), classes.end(), record.label) != classes.end());
  }
  if (record.sequence.empty()) return;
  std::unordered_set<std::string_view> unknown(record.sequence.begin(), record.sequence.end());
  for (const std::string& name : classes) unknown.erase(name);
  for (const std::string& label : record.sequence) check_label(header, label, !unknown.contains(label));
}

}  // namespace

const char* dtype(Kind kind) {
  constexpr const char* kTypes[] = {"<f4", "|b1", "<u2", "<u4"};
  return kTypes[static_cast<int>(kind)];
}

std::size_t item_size(Kind kind) {
  constexpr std::size_t kSizes[] = {4, 1, 2, 4};
  return kSizes[static_cast<int>(kind)];
}

std::span<const std::uint8_t> bytes_of(const Array& array) {
  return std::visit(
      [](const auto& data) {
        return std::span(reinterpret_cast<const std::uint8_t*>(data.data()), data.size() * sizeof(*data.data()));
      },
      array);
}

Array array_of_bytes(Kind kind, std::span<const std::uint8_t> bytes) {
  Array array;
  if (kind == Kind::kRaster) array.emplace<std::vector<std::uint8_t>>();
  if (kind == Kind::kCounts) array.emplace<std::vector<std::uint16_t>>();
  if (kind == Kind::kEvents) array.emplace<std::vector<std::uint32_t>>();
  std::visit(
      [&bytes](auto& data) {
        data.resize(bytes.size() / sizeof(*data.data()));
        if (!data.empty()) std::memcpy(data.data(), bytes.data(), data.size() * sizeof(*data.data()));
      },
      array);
  return array;
}

void check_header(const Header& header) {
  demand(header.n_channels >= 1 && header.n_channels <= kMaxChannels, "n_channels is {}, wanted 1 to {}",
         header.n_channels, kMaxChannels);
  if (header.dt_ms) demand(std::isfinite(*header.dt_ms) && *header.dt_ms > 0, "dt_ms is {}, wanted > 0", *header.dt_ms);
  demand(header.classes.size() <= kMaxClasses, "{} classes, at most {} are allowed", header.classes.size(),
         kMaxClasses);
  std::set<std::string_view> seen;
  for (const std::string& name : header.classes) {
    demand(!name.empty(), "a class has no name");
    check_name(name, "class");
    demand(seen.insert(name).second, "class {} stands twice", shown(name));
  }
}

void check_key(std::string_view key) {
  demand(!key.empty() && key.size() <= kMaxKey, "key of {} characters, wanted 1 to {}", key.size(), kMaxKey);
  demand(std::all_of(key.begin(), key.end(), is_key_character), "key {} has characters other than [A-Za-z0-9_-]",
         shown(key));
  demand(key != "__header__" && key != "__end__", "key {} is reserved", key);
}

std::string as_key(std::string_view text) {
  std::string key(text);
  std::ranges::replace_if(key, std::not_fn(is_key_character), '_');
  return key;
}

void check_record(const Header& header, const Record& record) {
  check_key(record.key);
  demand(record.n_steps >= 1, "n_steps is {}, wanted at least 1", record.n_steps);
  demand(record.decimation >= 1, "decimation is {}, wanted at least 1", record.decimation);
  demand(std::isfinite(record.dt_ms) && record.dt_ms > 0, "dt_ms is {}, wanted > 0", record.dt_ms);
  demand(!header.dt_ms || *header.dt_ms == record.dt_ms, "dt_ms is {}, the header says {} for all", record.dt_ms,
         header.dt_ms.value_or(0));
  check_labels(header, record);
  check_name(record.speaker, "speaker");
  demand(record.data.index() == static_cast<std::size_t>(header.kind), "the array is not of kind {}",
         kind_name(header.kind));
  const std::size_t size = std::visit([](const auto& data) { return data.size(); }, record.data);
  demand(size * item_size(header.kind) <= kMaxArrayBytes, "array of {} numbers, at most {} bytes are allowed", size,
         kMaxArrayBytes);
  if (header.kind == Kind::kEvents) {
    demand(size % 2 == 0, "{} numbers are no (step, channel) pairs", size);
  } else {
    const auto n_steps = static_cast<std::size_t>(record.n_steps);
    demand(size == n_steps * static_cast<std::size_t>(header.n_channels),
           "array of {} numbers, wanted {} steps x {} channels", size, record.n_steps, header.n_channels);
  }
  std::visit(CheckNumbers{header, record}, record.data);
}

}  // namespace ear
