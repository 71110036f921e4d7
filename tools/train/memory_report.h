#pragma once
// What a training will take, said beforehand; and whether the machine has it.
#include <cstddef>
#include <string>

#include "snn/train/memory.h"

namespace tools {

struct TrainingMemory {
  std::size_t data = 0;  ///< of all streams
  snn::MemoryUse network;
  bool has_device =
      false;  ///< the network lies in the memory of a device, which also gets a copy of the data if it fits
  /// Of the machine's own memory; with a device without what CUDA's libraries take.
  std::size_t peak() const { return data + network.total() - (has_device ? network.on_device() : 0); }
  std::size_t device_peak() const { return has_device ? data + network.on_device() : 0; }
};

/// Lines "data<tab>12.3 MB", the last one "peak", with a device behind one "device peak". MB are 10^6 bytes.
std::string to_text(const TrainingMemory& memory);

/// Memory of the machine, or of the container that this process is in, in bytes; what cannot be found counts as no limit.
std::size_t machine_memory();

/// Throws std::runtime_error naming both figures and what to do if the peak is above `available` bytes.
void require_memory(const TrainingMemory& memory, std::size_t available);

}  // namespace tools
