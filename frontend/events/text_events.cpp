#include "frontend/events/text_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>
#include <stdexcept>

#include "frontend/base/text.h"

namespace ear {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t";

/// A line of the text and where it stands.
struct Line {
  std::string_view text;
  const std::string& file;
  long long number;

  [[noreturn]] void fail(const std::string& message) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", file, number, message));
  }
};

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The two columns of a line that is neither empty nor has blanks around it.
std::pair<std::string_view, std::string_view> columns_of(const Line& line) {
  const auto end = line.text.find_first_of(" \t,");
  if (end != std::string_view::npos) {
    std::string_view rest = trim(line.text.substr(end));
    if (rest.starts_with(',')) rest = trim(rest.substr(1));
    if (!rest.empty() && rest.find_first_of(" \t,") == std::string_view::npos) return {line.text.substr(0, end), rest};
  }
  line.fail(fmt::format("'{}': wanted two columns, channel and time", shown(line.text)));
}

double number_of(std::string_view field, const char* what, const Line& line) {
  double value = 0.0;
  std::string_view digits = field;
  if (digits.starts_with('+') && !digits.starts_with("+-"))
    digits.remove_prefix(1);  // which from_chars() does not take
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  if (error == std::errc() && rest == end) return value;
  if (error == std::errc::result_out_of_range && rest == end) {
    line.fail(fmt::format("{} '{}' is beyond any number", what, shown(field)));
  }
  line.fail(fmt::format("{} '{}' is no number; a line of words, such as names of columns, begins with #", what,
                        shown(field)));
}

std::uint32_t channel_of(std::string_view field, int n_channels, const Line& line) {
  const double value = number_of(field, "channel", line);
  if (!(value >= 0.0 && value < n_channels)) {
    line.fail(
        fmt::format("channel {} is not in 0 to {}; columns are channel, then time", shown(field), n_channels - 1));
  }
  if (value != std::floor(value)) {
    line.fail(fmt::format("channel {} is no whole number; columns are channel, then time", shown(field)));
  }
  return static_cast<std::uint32_t>(value);
}

double time_of(std::string_view field, double units_per_s, const Line& line) {
  const double value = number_of(field, "time", line);
  if (!std::isfinite(value)) line.fail(fmt::format("time {} is not finite", shown(field)));
  if (value < 0.0) line.fail(fmt::format("time {} is negative; times count from the recording's start", shown(field)));
  return value / units_per_s + 0.0;  // no -0; a quotient is the double nearest to the decimal number, a product is not
}

}  // namespace

TimeUnit parse_time_unit(const std::string& text) {
  for (const TimeUnit& unit : {TimeUnit{"s", 1.0}, TimeUnit{"ms", 1e3}, TimeUnit{"us", 1e6}}) {
    if (text == unit.name) return unit;
  }
  throw std::invalid_argument(fmt::format("time unit '{}': wanted s, ms or us", text));
}

void parse_text_events(std::string_view text, const std::string& name, const TimeUnit& unit, int n_channels,
                       EventRecord& record) {
  record.times_s.clear();
  record.channels.clear();
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    throw std::runtime_error(fmt::format(
        "{}: is no text: byte {} is zero; wanted lines of channel and time in ASCII or UTF-8, not UTF-16", name, zero));
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (long long number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.ends_with('\r')) content.remove_suffix(1);
    const Line line{trim(content.substr(0, content.find('#'))), name, number};
    if (line.text.empty()) continue;
    const auto [channel, time] = columns_of(line);
    record.channels.push_back(channel_of(channel, n_channels, line));
    record.times_s.push_back(time_of(time, unit.per_second, line));
  }
  check_events(record, n_channels);
}

TextEvents::TextEvents(std::span<const ListEntry> entries, TextEventsParams params, ReadFile read_file)
    : rest_(entries), params_(std::move(params)), read_file_(std::move(read_file)) {
  if (params_.n_channels < 1) {
    throw std::invalid_argument(fmt::format("n_channels {}: wanted 1 or more", params_.n_channels));
  }
  info_.name = "text";
  info_.n_channels = params_.n_channels;
  info_.classes = params_.classes;
}

bool TextEvents::next(EventRecord& record) {
  if (rest_.empty()) return false;
  const ListEntry& entry = rest_.front();
  rest_ = rest_.subspan(1);
  record = {.key = entry.key, .label = entry.label, .speaker = entry.speaker};
  try {
    const auto [name, text] = read_file_(entry);
    parse_text_events(text, name, params_.unit, params_.n_channels, record);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    record.error = error.what();
    record.times_s.clear();
    record.channels.clear();
  }
  return true;
}

}  // namespace ear
