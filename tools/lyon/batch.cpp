#include "tools/lyon/batch.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <stdexcept>

#include "snn/parallel.h"
#include "tools/common/io.h"

namespace tools {

namespace {

ear::Sound read(const std::string& path) {
  if (path != "-") return ear::read_sound(path);
  const InputFile file(path, "a recording; give files or --list");
  return ear::read_sound(file.fd(), file.name());
}

ear::Record to_record(const ear::ListEntry& entry, ear::Cochleagram&& cochleagram) {
  ear::Record record;
  record.key = entry.key;
  record.label = entry.label;
  record.speaker = entry.speaker;
  record.n_steps = cochleagram.n_steps;
  record.dt_ms = cochleagram.dt_ms;
  record.decimation = cochleagram.decimation;
  record.data = std::move(cochleagram.values);
  return record;
}

void hear_one(const ear::ListEntry& entry, const ear::FrontEnd& front_end, Heard& heard) {
  try {
    const ear::Sound sound = read(heard.path);
    heard.file_channels = sound.n_channels;
    ear::Cochleagram cochleagram;
    try {
      cochleagram = front_end(sound);
    } catch (const std::invalid_argument& error) {
      throw std::runtime_error(heard.path + ": " + error.what());
    }
    heard.cropped_steps = cochleagram.cropped_steps;
    heard.padded_samples = cochleagram.padded_samples;
    heard.silent = std::all_of(cochleagram.values.begin(), cochleagram.values.end(), [](float x) { return x == 0.0F; });
    heard.record = to_record(entry, std::move(cochleagram));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    heard.error = error.what();
  }
}

}  // namespace

std::string path_of(const ear::ListEntry& entry, const std::string& root) {
  return entry.path == "-" || root.empty() ? entry.path : (std::filesystem::path(root) / entry.path).string();
}

std::vector<Heard> hear(std::span<const ear::ListEntry> entries, const std::string& root,
                        const ear::FrontEnd& front_end, int n_jobs) {
  std::vector<Heard> all(entries.size());
  snn::parallel_for(static_cast<int>(entries.size()), n_jobs, [&](int i) {
    const ear::ListEntry& entry = entries[i];
    all[i].path = path_of(entry, root);
    hear_one(entry, front_end, all[i]);
  });
  return all;
}

void Tally::add(const Heard& heard) {
  if (!heard.record) return;
  ++n_records;
  cropped_steps += heard.cropped_steps;
  if (heard.padded_samples > 0) ++n_padded;
  if (heard.file_channels > 1 && first_mixed.empty()) first_mixed = heard.path;
  if (heard.silent && n_silent++ == 0) first_silent = heard.path;
}

std::string Tally::summary(int n_channels) const {
  std::string line = fmt::format("{} recording{}, {} channels", n_records, n_records == 1 ? "" : "s", n_channels);
  if (cropped_steps > 0) line += fmt::format("; {} surplus steps cropped", cropped_steps);
  if (n_padded > 0) line += fmt::format("; {} shorter than the wanted steps and followed by silence", n_padded);
  return line;
}

}  // namespace tools
