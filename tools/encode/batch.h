#pragma once
// Several records through an encoder at once, results in order.
#include <optional>
#include <string>
#include <vector>

#include "frontend/encode/encode.h"
#include "tools/common/record_source.h"
#include "tools/common/stream_output.h"

namespace tools {

/// What became of one record.
struct Encoded {
  std::string key;
  std::optional<ear::Record> record;
  std::string error;  ///< why there is no record
  std::optional<double>
      snr_db;  ///< of the round trip, where it was asked for, the method has a decoder and there is a signal
};

/// Encodes the next records of the source, at most 64 for each of n_threads threads (>= 1) and about 64 MiB in all; empty
/// at the end. `decoder`: for the signal-to-noise ratio of the round trip, or none. A record that cannot be encoded has an
/// error. Results are in the order of the source and do not depend on n_threads. Throws what RecordSource throws.
std::vector<Encoded> encode_next(RecordSource& source, const ear::StreamEncoder& encoder,
                                 const std::optional<ear::StreamEncoder>& decoder, int n_threads);

/// Counts over a run, for the messages at its end.
class EncodeTotals {
 public:
  void add(const Encoded& encoded, int n_channels);

  /// The records of a raster without one spike.
  const Named& silent() const { return silent_; }
  /// "300 recordings, 78 channels, 4.1 % spikes".
  std::string summary(int n_channels, bool of_spikes) const;
  /// Spikes a recording, firing rate, signal-to-noise ratio of the round trip: a line each.
  std::vector<std::string> report() const;

 private:
  std::size_t n_records_ = 0;
  Named silent_;
  double n_spikes_ = 0.0, n_elements_ = 0.0, channel_seconds_ = 0.0;
  std::vector<std::pair<double, std::string>> snr_db_;  // with keys
};

}  // namespace tools
