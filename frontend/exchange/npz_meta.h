#pragma once
// The records of an npz without their numbers.
#include <cstdint>
#include <string>
#include <vector>

#include "frontend/exchange/npz_arrays.h"
#include "frontend/exchange/records.h"

namespace ear {

struct NpzMeta {
  bool own = false;  ///< whether NpzWriter wrote it
  bool stacked =
      false;  ///< all numbers in X, [record][step][channel] or [event][2]; else an array [step][channel] a record
  Header header;
  NpyHeader type;                      ///< of X, or of the first record's array
  std::vector<Record> records;         ///< without numbers
  std::vector<std::uint64_t> offsets;  ///< [record + 1], of events: where each record begins among the rows of X
  std::vector<std::string> notes;

  bool has_events() const { return header.kind == Kind::kEvents; }
};

/// Throws std::runtime_error naming the array that is missing, damaged or does not fit, std::invalid_argument for params that are
/// missing, or set where the file says it itself.
NpzMeta read_npz_meta(const NpzArrays& arrays, const ForeignParams& params);

/// Whether an array is a record of a file without X.
bool is_npz_record(const std::string& name, const NpyHeader& type);

}  // namespace ear
