#pragma once
// What the tests of frontend/exchange/ share: small headers and records of any kind, whole files, npz made of named arrays.
#include <string>
#include <utility>
#include <vector>

#include "frontend/exchange/records.h"
#include "tests/frontend/stream/samples.h"
#include "tests/support/temp_folder.h"

namespace exchange_support {

/// A folder of a test's own.
class TempFolder : public support::TempFolder {
 public:
  std::string file(const std::string& name) const { return (path() / name).string(); }
};

/// Three records of different lengths with all that a record may have: a label, a sequence, neither; and no events in the last.
std::vector<ear::Record> records(ear::Kind kind);
ear::Header header(ear::Kind kind);

/// All records and warnings; throws what the source throws, and std::runtime_error for an item with an error.
struct All {
  std::vector<ear::Record> records;
  std::vector<std::string> warnings;
};
All read_all(ear::RecordReader& source);

/// Nothing but the length of a step.
ear::ForeignParams step_of(double dt_ms);

/// Each format's writer, to its end; returns what close() gives.
std::vector<std::string> write_npz(const std::string& path, const ear::Header& header,
                                   const std::vector<ear::Record>& records);
std::vector<std::string> write_kaldi(const std::string& folder, const ear::Header& header,
                                     const std::vector<ear::Record>& records);
std::vector<std::string> write_shd(const std::string& path, ear::Kind kind);

/// The message of what `call` throws; empty if it throws nothing.
template <class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

/// Whole files, all bytes.
std::string slurp(const std::string& path);
void spill(const std::string& path, const std::string& bytes);

/// Under which a file in memory can be opened.
std::string path_of(const samples::Memory& memory);

/// A member of an npz: its name with .npy, and its bytes.
using Members = std::vector<std::pair<std::string, std::string>>;
/// The bytes of an array file: numpy's header for `descr` and `shape` ("(2, 3)"), then the numbers.
std::string npy(const std::string& descr, const std::string& shape, const std::string& numbers, bool fortran = false);
template <class Number>
std::string numbers(const std::vector<Number>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)};
}
/// A "<U" array of ASCII texts.
std::string npy_texts(const std::vector<std::string>& texts);
/// A zip without compression, made byte by byte.
std::string zip(const Members& members);
/// The same with compression.
std::string deflated_zip(const Members& members);

}  // namespace exchange_support
