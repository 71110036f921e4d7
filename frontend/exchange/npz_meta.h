#pragma once
// The records of an npz without their numbers.
#include <cstdint>
#include <string>
#include <vector>

#include "frontend/exchange/npz_arrays.h"
#include "frontend/exchange/records.h"

namespace ear {

/// All of the records but their numbers.
struct NpzMeta {
  Header header;
  bool own = false;
  std::vector<Record> records;        // without numbers
  std::vector<std::int64_t> offsets;  // of events
  std::vector<std::string> notes;
};

/// Of an npz that NpzWriter wrote. Throws std::runtime_error naming the array that is missing, damaged or does not fit.
NpzMeta own_npz_meta(const NpzArrays& arrays);

/// Of any other: key (of `names`), label, speaker and length of step of each record; its n_steps is 0. `type`: of the numbers,
/// the channels being its last axis. Throws std::runtime_error naming the array, std::invalid_argument for params.
NpzMeta foreign_npz_meta(const NpzArrays& arrays, const ForeignParams& params, const std::vector<std::string>& names,
                         const NpyArray& type);

}  // namespace ear
