#pragma once
// Band-limited resampling by FFT.
#include <vector>

namespace ear {

/// Sample rates accepted, of recordings and of signals without end, Hz. Between them resampling takes less than 150 MiB
/// a thread beside input and output whatever their length.
inline constexpr int kMinSampleRate_hz = 1'000;
inline constexpr int kMaxSampleRate_hz = 768'000;

/// Throws std::invalid_argument for another one.
void check_sample_rate(int rate_hz);

/// [Resample sec. 1] The samples at another rate: round(n * to / from) of them, the first at the same instant. Flat
/// within 0.1 dB up to 90 % of the lower Nyquist frequency, then a cosine slope to nothing at the lower Nyquist
/// frequency; more than 90 dB down above it. Before and after the samples is silence. Equal rates return the samples
/// unchanged. To a lower rate it takes no memory beside that of the samples given. May be called from several threads;
/// the result does not depend on them. Throws as check_sample_rate() does.
std::vector<float> resample(std::vector<float> samples, int from_hz, int to_hz);

}  // namespace ear
