#include "tools/encode/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "frontend/stream/rules.h"
#include "snn/base/parallel.h"

namespace tools {

namespace {

constexpr std::size_t kRecordsPerThread = 64;
constexpr std::size_t kWindowBytes =
    64 << 20;  // of the arrays that come in and go out; beyond it no further record is taken
constexpr double kPercent = 100.0;

Encoded encode(const ear::Record& record, const ear::StreamEncoder& encoder,
               const std::optional<ear::StreamEncoder>& decoder) {
  Encoded encoded{record.key, {}, {}, {}};
  try {
    encoded.record = encoder(record);
    if (decoder) {
      const ear::Record back = (*decoder)(*encoded.record);
      encoded.snr_db = ear::snr_db(std::get<std::vector<float>>(record.data), std::get<std::vector<float>>(back.data));
    }
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    encoded.error = error.what();
  }
  return encoded;
}

}  // namespace

std::vector<Encoded> encode_next(RecordSource& source, const ear::StreamEncoder& encoder,
                                 const std::optional<ear::StreamEncoder>& decoder, int n_threads) {
  const auto hold = static_cast<std::size_t>(steps_of(encoder.params()).hold);
  std::vector<ear::Record> records;
  std::size_t size = 0;
  const std::size_t most = kRecordsPerThread * static_cast<std::size_t>(n_threads);
  for (ear::Record record; records.size() < most && size < kWindowBytes && source.next(record);) {
    size += ear::bytes_of(record.data).size() * (1 + hold / sizeof(float));
    records.push_back(std::move(record));
  }
  std::vector<Encoded> encoded(records.size());
  snn::parallel_for(static_cast<int>(records.size()), n_threads, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    encoded[at] = encode(records[at], encoder, decoder);
    records[at] = {};  // its memory is not needed any more
  });
  return encoded;
}

void EncodeTotals::add(const Encoded& encoded, int n_channels) {
  ++n_records_;
  if (encoded.snr_db) snr_db_.emplace_back(*encoded.snr_db, encoded.key);
  const auto* spikes = std::get_if<std::vector<std::uint8_t>>(&encoded.record->data);
  if (spikes == nullptr) return;
  const auto n = std::count(spikes->begin(), spikes->end(), std::uint8_t{1});
  n_spikes_ += static_cast<double>(n);
  n_elements_ += static_cast<double>(spikes->size());
  channel_seconds_ += encoded.record->n_steps * encoded.record->dt_ms / ear::kMsPerSecond * n_channels;
  if (n == 0) silent_.add(encoded.key);
}

std::string EncodeTotals::summary(int n_channels, bool of_spikes) const {
  std::string line = fmt::format("{}, {} channels", count_of(n_records_, "recording"), n_channels);
  if (of_spikes && n_elements_ > 0) line += fmt::format(", {:.2f} % spikes", kPercent * n_spikes_ / n_elements_);
  return line;
}

std::vector<std::string> EncodeTotals::report() const {
  if (n_records_ == 0) return {};
  std::vector<std::string> lines = {
      fmt::format("{:.1f} spikes a recording; {:.4f} spikes a step and channel, {:.1f} Hz",
                  n_spikes_ / static_cast<double>(n_records_), n_spikes_ / n_elements_, n_spikes_ / channel_seconds_)};
  if (snr_db_.empty()) {
    lines.emplace_back("round trip: no signal-to-noise ratio, the method has no decoder or the recordings are silent");
    return lines;
  }
  auto sorted = snr_db_;
  std::ranges::sort(sorted);
  double sum = 0.0;
  for (const auto& [snr, key] : sorted) sum += snr;
  const std::size_t half = sorted.size() / 2;
  const double median = (sorted[half].first + sorted[(sorted.size() - 1) / 2].first) / 2;
  lines.push_back(
      fmt::format("round trip: signal-to-noise ratio mean {:.2f} dB, median {:.2f} dB, worst {:.2f} dB ({})",
                  sum / static_cast<double>(sorted.size()), median, sorted.front().first, sorted.front().second));
  return lines;
}

}  // namespace tools
