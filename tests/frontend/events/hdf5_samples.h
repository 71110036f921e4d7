#pragma once
// Small files in the layouts of N-TIDIGITS18 and SHD, with known events.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "frontend/hdf5/hdf5_file.h"

namespace samples {

/// Times (s) and channels of one recording.
using Events = std::pair<std::vector<double>, std::vector<double>>;

/// One part of an N-TIDIGITS18 file: the labels in order, and what is under the keys.
struct NtidigitsPart {
  std::vector<std::string> labels;
  std::map<std::string, std::vector<double>> times_s;
  std::map<std::string, std::vector<double>> addresses;

  void add(const std::string& key, const Events& events) {
    labels.push_back(key);
    times_s[key] = events.first;
    addresses[key] = events.second;
  }
};

inline void write_list(ear::Hdf5Writer& writer, const std::string& name, ear::Hdf5Type type,
                       const std::vector<double>& values) {
  const std::uint64_t size = values.size();
  writer.numbers(name, type, values, {&size, 1});
}

inline void write_ntidigits(const std::string& path, const NtidigitsPart& train, const NtidigitsPart& test) {
  ear::Hdf5Writer writer(path);
  for (const auto& [name, part] : {std::pair<std::string, NtidigitsPart>{"/train", train}, {"/test", test}}) {
    writer.strings(name + "_labels", part.labels);
    writer.group(name + "_timestamps");
    writer.group(name + "_addresses");
    for (const auto& [key, times_s] : part.times_s) {
      write_list(writer, name + "_timestamps/" + key, ear::Hdf5Type::kFloat64, times_s);
    }
    for (const auto& [key, addresses] : part.addresses) {
      write_list(writer, name + "_addresses/" + key, ear::Hdf5Type::kUInt8, addresses);
    }
  }
  writer.close();
}

/// An SHD file.
struct ShdFile {
  std::vector<Events> recordings;
  std::vector<double> labels;
  std::vector<std::string> keys;
  std::vector<double> speakers;
};

inline void write_shd(const std::string& path, const ShdFile& file, ear::Hdf5Type time_type) {
  ear::Hdf5Writer writer(path);
  writer.rows("/spikes/times", time_type);
  writer.rows("/spikes/units", ear::Hdf5Type::kUInt16);
  for (const auto& [times_s, units] : file.recordings) {
    writer.append("/spikes/times", times_s);
    writer.append("/spikes/units", units);
  }
  write_list(writer, "/labels", ear::Hdf5Type::kInt64, file.labels);
  if (!file.keys.empty()) writer.strings("/extra/keys", file.keys);
  if (!file.speakers.empty()) write_list(writer, "/extra/speaker", ear::Hdf5Type::kUInt8, file.speakers);
  writer.close();
}

}  // namespace samples
