#pragma once
// What a stream holds, in figures.
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "frontend/stream/stream.h"

namespace ear {

/// Smallest, mean and largest of some numbers; all 0 where there were none.
struct Spread {
  double min = 0.0;
  double mean = 0.0;
  double max = 0.0;
};

struct Summary {
  std::size_t n_records = 0;
  std::size_t n_unlabelled = 0;                    ///< with neither label nor sequence
  std::size_t n_sequences = 0;                     ///< of several words
  std::size_t n_bytes = 0;                         ///< of all arrays: what they take in memory
  std::map<std::string, std::size_t> per_class;    ///< records of each class of the header, 0 included
  std::map<std::string, std::size_t> per_speaker;  ///< records of each speaker; "" where none is known
  int min_steps = 0, max_steps = 0;
  double median_steps = 0.0;  ///< mean of the middle two of an even number
  Spread values;              ///< of all elements; for events: of the number of events in a record
};

/// Reads the stream to its end. Throws what Reader::next() throws.
Summary summarise(Reader& reader);

}  // namespace ear
