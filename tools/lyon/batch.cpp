#include "tools/lyon/batch.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <stdexcept>

#include "snn/base/parallel.h"
#include "tools/common/io.h"

namespace tools {

namespace {

constexpr std::size_t kRecordingsPerThread = 128;  // heard at a time: enough to find recordings of similar length
constexpr double kWindowBytes = 64 << 20;          // beyond it no further recording is taken
constexpr std::string_view kWayOfList = "give it with --list";

ear::Sound read(const std::string& path) {
  if (path != "-") return ear::read_sound(path);
  InputFile file(path, "a recording; give files or --list");
  require_kind(file, FileKind::kSound, "a recording", kWayOfList);
  return ear::read_sound(file.input(), file.name());
}

/// Why the file that libsndfile does not know cannot be heard: it may be something else that is known.
std::string reason(const std::string& path, const std::string& error) {
  if (!std::filesystem::is_regular_file(path)) return error;
  try {
    InputFile file(path, "a recording");
    require_kind(file, FileKind::kSound, "a recording", kWayOfList);
  } catch (const std::runtime_error& other) {
    return other.what();
  }
  return error;
}

/// The recording, or why it cannot be read: then no samples.
ear::Sound read(Heard& heard) {
  try {
    ear::Sound sound = read(heard.path);
    heard.file_channels = sound.n_channels;
    return sound;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    heard.error = reason(heard.path, error.what());
    return {};
  }
}

/// About how many samples a file holds; 0 for what is no file. A WAV as if of 16 bits: looking into it would cost more
/// than being wrong by a factor of two. Others may be compressed.
long long guess_samples(const std::string& path) {
  if (!path.ends_with(".wav")) return ear::promised_frames(path);
  std::error_code error;
  const auto n_bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<long long>(n_bytes / 2);
}

/// How many of the entries, at least one, are heard at once.
std::size_t count_first(std::span<const ear::ListEntry> entries, const std::string& root,
                        const ear::FrontEnd& front_end, int n_threads) {
  const std::size_t most = std::min(entries.size(), kRecordingsPerThread * static_cast<std::size_t>(n_threads));
  double n_bytes = 0.0;
  std::size_t n = 0;
  while (n < most && n_bytes < kWindowBytes) n_bytes += front_end.n_bytes(guess_samples(path_of(entries[n++], root)));
  return n;
}

void finish(const ear::ListEntry& entry, ear::CochleagramOrError&& from, Heard& heard) {
  if (!heard.error.empty()) return;
  if (!from.cochleagram) {
    heard.error = heard.path + ": " + from.error;
    return;
  }
  ear::Cochleagram& cochleagram = *from.cochleagram;
  heard.cropped_steps = cochleagram.cropped_steps;
  heard.padded_samples = cochleagram.padded_samples;
  const std::string name = heard.path == "-" ? "standard input" : heard.path;
  for (const std::string& warning : cochleagram.warnings) heard.warnings.push_back(name + ": " + warning);
  heard.silent = std::ranges::all_of(cochleagram.values, [](float x) { return x == 0.0F; });
  heard.record = ear::Record{.key = entry.key,
                             .label = entry.label,
                             .sequence = {},
                             .speaker = entry.speaker,
                             .n_steps = cochleagram.n_steps,
                             .dt_ms = cochleagram.dt_ms,
                             .decimation = cochleagram.decimation,
                             .data = std::move(cochleagram.values)};
}

}  // namespace

std::vector<Heard> hear_first(std::span<const ear::ListEntry> entries, const std::string& root,
                              const ear::SoundAugmentParams& augmentation, const ear::FrontEnd& front_end,
                              int n_threads) {
  const auto n = count_first(entries, root, front_end, n_threads);
  std::vector<Heard> heard(n);
  std::vector<ear::Sound> sounds(n);
  snn::parallel_for(static_cast<int>(n), n_threads, [&](int i) {
    heard[i].path = path_of(entries[i], root);
    sounds[i] = ear::augment(read(heard[i]), entries[i].key, augmentation);
  });
  auto all = front_end.hear(std::move(sounds), [n_threads](int n_bodies, const std::function<void(int)>& body) {
    snn::parallel_for(n_bodies, n_threads, body);
  });
  for (std::size_t i = 0; i < n; ++i) finish(entries[i], std::move(all[i]), heard[i]);
  return heard;
}

void LyonTotals::add(const Heard& heard) {
  ++n_records;
  cropped_steps += heard.cropped_steps;
  if (heard.padded_samples > 0) ++n_padded;
  if (heard.silent) silent.add(heard.path);
}

std::string LyonTotals::summary(int n_channels) const {
  std::string line = fmt::format("{}, {} channels", count_of(n_records, "recording"), n_channels);
  if (cropped_steps > 0) line += fmt::format("; {} surplus steps cropped", cropped_steps);
  if (n_padded > 0) line += fmt::format("; {} shorter than the wanted steps and followed by silence", n_padded);
  return line;
}

}  // namespace tools
