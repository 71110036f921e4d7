#pragma once
// Random spikes as the library holds them.
#include <cstdint>
#include <cstring>
#include <vector>

#include "snn/backend/backend.h"
#include "tests/snn/numbers.h"

namespace support {

/// [rows][spike_words(N)], each spike with that probability.
inline std::vector<std::uint64_t> random_spikes(int n_rows, int n_neurons, double rate, std::uint32_t seed) {
  const auto draws =
      numbers<double>(static_cast<std::size_t>(n_rows) * static_cast<std::size_t>(n_neurons), seed, 0.0, 1.0);
  const auto n_words = static_cast<std::size_t>(snn::spike_words(n_neurons));
  std::vector<std::uint64_t> spikes(static_cast<std::size_t>(n_rows) * n_words);
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const std::size_t row = i / static_cast<std::size_t>(n_neurons), n = i % static_cast<std::size_t>(n_neurons);
    if (draws[i] < rate) spikes[row * n_words + n / 64] |= std::uint64_t{1} << (n % 64);
  }
  return spikes;
}

/// The spikes of rows as a back end keeps them: bits on the CPU, numbers on a CUDA device.
inline std::vector<std::uint64_t> read_spikes(const snn::Buffer<std::byte>& kept, bool as_numbers, int n_rows,
                                              int n_neurons) {
  const auto n_words = static_cast<std::size_t>(snn::spike_words(n_neurons));
  std::vector<std::uint64_t> spikes(static_cast<std::size_t>(n_rows) * n_words);
  std::vector<float> numbers(as_numbers ? snn::Shape{n_rows, 1, n_neurons}.size() : 0);
  const std::size_t n_bytes = as_numbers ? numbers.size() * sizeof(float) : spikes.size() * sizeof spikes[0];
  const std::vector<std::byte> bytes = kept.download(0, n_bytes);
  std::memcpy(as_numbers ? static_cast<void*>(numbers.data()) : spikes.data(), bytes.data(), n_bytes);
  const auto pitch = static_cast<std::size_t>(snn::pitch(n_neurons));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t row = i / pitch, n = i % pitch;
    if (numbers[i] != 0.0F) spikes[row * n_words + n / 64] |= std::uint64_t{1} << (n % 64);
  }
  return spikes;
}

inline bool fires(const std::vector<std::uint64_t>& spikes, int n_neurons, int row, int n) {
  const int n_words = snn::spike_words(n_neurons);
  return (spikes[static_cast<std::size_t>(row * n_words + n / 64)] >> (n % 64) & 1) != 0;
}

}  // namespace support
