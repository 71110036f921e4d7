#pragma once
// A small model with every kind of array, whose bytes tests/reference/make_reference_model.py writes too.
#include <string>
#include <string_view>

#include "snn/files/checkpoint.h"
#include "snn/files/model_file.h"

namespace snn {

/// 3-4-4-4-2 neurons, skips 1:3 and 0:2, self-recurrence and BIP on the hidden layers; value i of an array is (i % 7 -
/// 3) / 8, of theta (i % 7) / 8.
Model sample_model();

/// The sample model amid a training.
Checkpoint sample_checkpoint();

/// A file of that header text and these data, with the length in front and the digits of "crc32" set right.
std::string raw_file(std::string header, std::string_view data);
/// The header text and the data of a file.
std::string header_of(const std::string& file);
std::string data_of(const std::string& file);
/// The same file with the first `from` of its header replaced by `to` and everything else made right again. `from` must
/// be there.
std::string edited(const std::string& file, std::string_view from, std::string_view to);

}  // namespace snn
