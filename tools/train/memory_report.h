#pragma once
// What a training will take, said beforehand; and whether the machine has it.
#include <cstddef>
#include <string>

#include "snn/train/forecast.h"

namespace tools {

/// Lines "data<tab>12.3 MB", the last one "peak", with a device behind one "device peak". MB are 10^6 bytes.
std::string to_text(const snn::MemoryForecast& memory);

/// Memory of the machine, or of the container that this process is in, in bytes; what cannot be found counts as no limit.
std::size_t machine_memory();

/// Throws std::runtime_error naming both figures and what to do if the peak is above `available` bytes.
void require_memory(const snn::MemoryForecast& memory, std::size_t available);

}  // namespace tools
