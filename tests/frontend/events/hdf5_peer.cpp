// Our end of test_hdf5_h5py.py.
//   hdf5_peer read FILE [train|test [official|ab [sequences]]]   prints the notes, the classes and every record, fields by tabs
//   hdf5_peer write FILE                                         writes one of everything that Hdf5Writer can
// An error is printed after "error" and a tab, with exit code 0: the test looks at it.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "frontend/events/hdf5_events.h"
#include "frontend/hdf5/hdf5_file.h"

namespace {

void read(const std::string& path, const std::vector<std::string>& options) {
  ear::Hdf5EventsOptions wanted;
  if (!options.empty()) wanted.ntidigits.part = options[0];
  if (options.size() > 1) wanted.ntidigits.split = options[1];
  wanted.ntidigits.sequences = options.size() > 2;
  const auto source = ear::open_hdf5_events(path, wanted);
  fmt::print("classes\t{}\n", fmt::join(source->info().classes, "\t"));
  for (ear::EventRecord record; source->next(record);) {
    fmt::print("record\t{}\t{}\t{}\t{}\t{}\t{}", record.key, record.label, fmt::join(record.sequence, ","),
               record.speaker, record.warning, record.error);
    for (std::size_t e = 0; e < record.times_s.size(); ++e) {
      fmt::print("\t{:.17g}:{}", record.times_s[e], record.channels[e]);
    }
    fmt::print("\n");
  }
}

void write(const std::string& path) {
  ear::Hdf5Writer writer(path);
  const std::array<std::pair<const char*, ear::Hdf5Type>, 7> types = {{{"float16", ear::Hdf5Type::kFloat16},
                                                                       {"float32", ear::Hdf5Type::kFloat32},
                                                                       {"float64", ear::Hdf5Type::kFloat64},
                                                                       {"int64", ear::Hdf5Type::kInt64},
                                                                       {"uint8", ear::Hdf5Type::kUInt8},
                                                                       {"uint16", ear::Hdf5Type::kUInt16},
                                                                       {"uint32", ear::Hdf5Type::kUInt32}}};
  const std::vector<double> values = {0, 1, 2, 3, 4, 250};
  for (const auto& [name, type] : types) {
    writer.numbers(std::string("/numbers/") + name, type, values, std::array<std::uint64_t, 2>{2, 3});
    writer.rows(std::string("/rows/") + name, type);
    for (std::size_t n = 0; n < 5; ++n) writer.append(std::string("/rows/") + name, std::span(values).first(n));
  }
  writer.numbers("/scalar", ear::Hdf5Type::kFloat64, std::array{0.1}, {});
  writer.strings("/strings", std::array<std::string, 3>{"null", "", "f\xc3\xbcnf"});
  writer.text("/text", "one string");
  writer.group("/empty/group");
  writer.close();
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) return 2;
  try {
    if (arguments[0] == "read") read(arguments[1], {arguments.begin() + 2, arguments.end()});
    if (arguments[0] == "write") write(arguments[1]);
  } catch (const std::exception& error) {
    fmt::print("error\t{}\n", error.what());
  }
  return 0;
}
