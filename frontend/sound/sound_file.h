#pragma once
// Reads a recording, from a file or a pipe, and mixes it to one channel.
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "frontend/base/input.h"

namespace ear {

/// One recording, mixed to mono.
struct Sound {
  std::vector<float> samples;  ///< [sample], full scale +-1, finite, at least one
  int sample_rate_hz = 0;
  int n_channels = 1;                      ///< of the file, before mixing: the mean of all channels is taken
  std::vector<std::string> warnings = {};  ///< contradictions in the file's header, without its name
};

/// Longest recording accepted, in frames: 12 hours at 12.5 kHz.
inline constexpr long long kMaxFrames = 1LL << 29;

/// Reads any format that libsndfile knows: WAV, FLAC, AIFF, NIST SPHERE and others. It reads to the end of the data and
/// takes memory for what is there, not for what a header claims. Throws std::runtime_error naming the file, what was
/// found and what to do: missing, a directory, unreadable, empty, not a sound, no frames, damaged, cut short (less than
/// the header says, unless that is what programs write into pipes), samples that are not finite or far beyond full
/// scale, SPHERE compressed with shorten, longer than kMaxFrames, of an impossible sample rate (check_sample_rate()).
/// MIDI Sample Dumps (SDS) and VOC files of several blocks of sound are refused even when they are whole.
Sound read_sound(const std::filesystem::path& path);

/// The same from an open descriptor, such as standard input; a pipe is read to its end first, so every format works.
/// `name` stands for it in messages.
Sound read_sound(Input input, const std::string& name);

/// Throws std::runtime_error, saying what to do, if a sample is not finite or more than 24 dB beyond full scale. frame:
/// where it stands.
void check_sample(float sample, std::uint64_t frame);
/// The same for samples that a caller gives: throws std::invalid_argument, with the index of the first such one.
void require_samples(std::span<const float> samples);

/// Frames that a regular file's header promises; 0 where that cannot be told without reading it. Never throws for what
/// the file holds.
long long promised_frames(const std::filesystem::path& path);

}  // namespace ear
