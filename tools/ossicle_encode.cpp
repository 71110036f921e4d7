// Cochleagrams to spikes, and back where the method has a decoder.
#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "frontend/base/units.h"
#include "frontend/encode/encode.h"
#include "frontend/stream/rules.h"
#include "snn/base/parallel.h"
#include "tools/common/record_source.h"
#include "tools/common/stream_output.h"
#include "tools/options/encode_options.h"

namespace {

constexpr std::size_t kRecordsPerThread = 64;
constexpr std::size_t kWindowBytes =
    64 << 20;  // of the arrays that come in and go out; beyond it no further record is taken
constexpr double kPercent = 100.0;

struct Options {
  std::vector<std::string> inputs;
  tools::EncodeOptions encode;
  ear::EncodeParams params;
  bool decode = false;
  bool report = false;
  tools::StreamOptions stream;
};

const tools::ToolInfo kInfo = {"ossicle-encode", "Turns a stream of cochleagrams into a raster stream of spikes.",
                               "ossicle-lyon *.wav | ossicle-encode --method bsa --report -o spikes.tar"};

void define(CLI::App& app, Options& o) {
  app.add_option("STREAM", o.inputs, "Streams of ossicle-lyon; - or none: standard input");
  app.add_flag("--decode,!--no-decode", o.decode,
               "Back from spikes of ossicle-encode to a cochleagram, with the parameters of their recipe");
  app.add_flag("--report,!--no-report", o.report,
               "Say spikes, firing rate and signal-to-noise ratio of the round trip on standard error");
  tools::add_stream_options(app, o.stream, "record");
  tools::add_jobs_option(app, o.stream);
  tools::add_encode_options(app, o.encode);
}

void check(Options& o) {
  tools::check(o.stream);
  if (o.inputs.empty()) o.inputs = {"-"};
  o.params = tools::encode_params(o.encode);
  const std::string given = tools::first_given(o.encode);
  if (o.decode && !given.empty()) {
    throw std::invalid_argument(fmt::format("{}: --decode takes the parameters from the stream; leave it out", given));
  }
  if (o.decode && o.report) {
    throw std::invalid_argument("--report compares with the original, which --decode does not have; give it to encode");
  }
}

/// The encoder or decoder for the source's streams. Messages name the stream.
ear::StreamEncoder encoder_for(const Options& o, const tools::RecordSource& source) {
  try {
    return o.decode ? ear::StreamEncoder::decoder(source.header())
                    : ear::StreamEncoder::encoder(source.header(), o.params);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(source.name() + ": " + error.what());
  }
}

/// What became of one record.
struct Encoded {
  std::string key;
  std::optional<ear::Record> record;
  std::string error;  ///< why there is no record
  std::optional<double>
      snr_db;  ///< of the round trip, where it was asked for, the method has a decoder and there is a signal
};

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

/// Encodes the next records of the source, at most 64 for each of n_threads threads (>= 1) and about 64 MiB in all; empty
/// at the end. `decoder`: for the signal-to-noise ratio of the round trip, or none. A record that cannot be encoded has an
/// error. Results are in the order of the source and do not depend on n_threads. Throws what tools::RecordSource throws.
std::vector<Encoded> encode_next(tools::RecordSource& source, const ear::StreamEncoder& encoder,
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

/// Counts over a run, for the messages at its end.
class EncodeTotals {
 public:
  void add(const Encoded& encoded, int n_channels) {
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

  /// The records of a raster without one spike.
  const tools::Named& silent() const { return silent_; }
  /// "300 recordings, 78 channels, 4.1 % spikes".
  std::string summary(int n_channels, bool of_spikes) const {
    std::string line = fmt::format("{}, {} channels", tools::count_of(n_records_, "recording"), n_channels);
    if (of_spikes && n_elements_ > 0) line += fmt::format(", {:.2f} % spikes", kPercent * n_spikes_ / n_elements_);
    return line;
  }
  /// Spikes a recording, firing rate, signal-to-noise ratio of the round trip: a line each.
  std::vector<std::string> report() const {
    if (n_records_ == 0) return {};
    std::vector<std::string> lines = {fmt::format(
        "{:.1f} spikes a recording; {:.4f} spikes a step and channel, {:.1f} Hz",
        n_spikes_ / static_cast<double>(n_records_), n_spikes_ / n_elements_, n_spikes_ / channel_seconds_)};
    if (snr_db_.empty()) {
      lines.emplace_back(
          "round trip: no signal-to-noise ratio, the method has no decoder or the recordings are silent");
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

 private:
  std::size_t n_records_ = 0;
  tools::Named silent_;
  double n_spikes_ = 0.0, n_elements_ = 0.0, channel_seconds_ = 0.0;
  std::vector<std::pair<double, std::string>> snr_db_;  // with keys
};

/// What to do about a raster without spikes.
const char* remedy(const ear::EncodeParams& params) {
  constexpr const char* kRemedies[] = {"raise --scale", "lower --delta", "raise --gain", "raise --rate-hz"};
  return kRemedies[params.index()];
}

void say_at_end(const Options& o, int n_channels, const EncodeTotals& totals, tools::Context& context) {
  const tools::Named& silent = totals.silent();
  if (silent.n > 0) context.warn(fmt::format("no spikes at all: {}; {}", silent.text(), remedy(o.params)));
  context.note(totals.summary(n_channels, !o.decode));
  if (!o.report) return;
  for (const std::string& line : totals.report()) context.report(line);
}

void run(Options& o, tools::Context& context) {
  tools::require_other_files({o.stream.output}, o.inputs);
  tools::RecordSource source(o.inputs, o.stream.shard);
  const ear::StreamEncoder encoder = encoder_for(o, source);
  std::optional<ear::StreamEncoder> decoder;
  if (o.report && ear::has_decoder(o.params)) decoder = ear::StreamEncoder::decoder(encoder.output());
  ear::Header header = encoder.output();
  tools::add_made_by(header, kInfo.name);
  tools::StreamOutput output(o.stream, header, "record", context, source.n_records(),
                             [&source] { return source.share(); });
  EncodeTotals totals;
  for (;;) {
    const auto all = encode_next(source, encoder, decoder, tools::n_threads(o.stream));
    if (all.empty()) break;
    for (const Encoded& encoded : all) {
      if (!encoded.record) {
        output.fail(fmt::format("record {}: {}", encoded.key, encoded.error));
      } else if (output.write(*encoded.record, "")) {
        totals.add(encoded, header.n_channels);
      }
    }
  }
  output.commit();
  if (output.n_written() + output.n_failed() == 0 && o.stream.shard.count == 1) {
    context.warn(source.name() + ": holds no record");
  }
  say_at_end(o, header.n_channels, totals, context);
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
