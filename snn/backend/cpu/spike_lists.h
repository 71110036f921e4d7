#pragma once
// From spikes as bits to lists of events. Compiled for each instruction set by kernels.cpp alone (scripts/cmake/isa_kernels.cmake).
#include <bit>

#include "snn/backend/cpu/kernels.h"

namespace snn::OSSICLE_ISA {

static_assert(kMostListRows % kSpikesPerWord == 0);

/// Appends `base` plus the position of every bit that is set, ascending; returns how many. Eight at a time without looking,
/// since a branch for each bit would be guessed wrongly once a word: so up to kEventSlack events behind the last one are
/// written too.
SNN_HD std::uint32_t append_bits(std::uint64_t bits, std::uint32_t base, std::uint16_t* events) {
  const auto n = static_cast<std::uint32_t>(__builtin_popcountll(bits));
  for (std::uint32_t done = 0; done < n; done += kEventSlack) {
    for (std::uint32_t i = 0; i < kEventSlack; ++i) {
      events[done + i] = static_cast<std::uint16_t>(base + static_cast<std::uint32_t>(std::countr_zero(bits)));
      bits &= bits - 1;
    }
  }
  return n;
}

/// A square of bits: bit j of word i becomes bit i of word j. Blocks are swapped, from halves down to single bits
/// (Warren, Hacker's Delight, 7-3).
SNN_HD void transpose_bits(std::uint64_t* words) {
  std::uint64_t mask = 0x00000000FFFFFFFFULL;
  for (int size = 32; size > 0; size /= 2, mask ^= mask << size) {
    for (int i = 0; i < kSpikesPerWord; i = ((i | size) + 1) & ~size) {
      const std::uint64_t swapped = ((words[i] >> size) ^ words[i | size]) & mask;
      words[i] ^= swapped << size;
      words[i | size] ^= swapped;
    }
  }
}

inline void list_by_row(const SpikeRows& spikes, std::uint32_t* begin, std::uint16_t* events) {
  const std::uint64_t* words = spikes.words;
  std::uint32_t n_events = 0;
  for (int row = 0; row < spikes.n_rows; ++row, words += spikes.n_words) {
    begin[row] = n_events;
    for (int w = 0; w < spikes.n_words; ++w) {
      n_events += append_bits(words[w], static_cast<std::uint32_t>(w) * kSpikesPerWord, events + n_events);
    }
  }
  begin[spikes.n_rows] = n_events;
}

inline void list_by_neuron(const SpikeRows& spikes, int n_neurons, std::uint32_t* begin, std::uint16_t* events) {
  std::uint64_t squares[kMostListRows];  // 64 rows by 64 neurons each
  std::uint32_t n_events = 0;
  for (int w = 0; w < spikes.n_words; ++w) {
    for (int row = 0; row < spikes.n_rows; row += kSpikesPerWord) {
      for (int i = 0; i < kSpikesPerWord; ++i) {
        const std::ptrdiff_t at = std::ptrdiff_t{row + i} * spikes.n_words + w;
        squares[row + i] = row + i < spikes.n_rows ? spikes.words[at] : 0;
      }
      transpose_bits(squares + row);
    }
    const int last = n_neurons < (w + 1) * kSpikesPerWord ? n_neurons : (w + 1) * kSpikesPerWord;
    for (int n = w * kSpikesPerWord; n < last; ++n) {
      begin[n] = n_events;
      for (int row = 0; row < spikes.n_rows; row += kSpikesPerWord) {
        n_events += append_bits(squares[row + n % kSpikesPerWord], static_cast<std::uint32_t>(row), events + n_events);
      }
    }
  }
  begin[n_neurons] = n_events;
}

}  // namespace snn::OSSICLE_ISA
