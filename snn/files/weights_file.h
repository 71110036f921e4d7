#pragma once
// Arrays of a safetensors file that any program may have written.
#include <string>
#include <string_view>
#include <vector>

#include "snn/files/model_json.h"
#include "snn/files/safetensors.h"
#include "snn/model/tensors.h"

namespace snn {

/// A file whose arrays are decoded one by one, so that those that nobody wants may be of any type. Metadata are not read.
class WeightsFile {
 public:
  /// Reads the source to its end. Its header is compared with its size before the arrays are read; of what the header does not
  /// promise one byte is read at most. Throws std::runtime_error for bytes that are cut, no safetensors file or more than 4 GiB,
  /// for bytes between the arrays or behind them, and naming the array that overlaps another or leaves the file.
  explicit WeightsFile(const ByteSource& source);
  WeightsFile(const WeightsFile&) = delete;
  WeightsFile& operator=(const WeightsFile&) = delete;

  /// Names, types and shapes, sorted by name.
  const std::vector<TensorEntry>& entries() const { return header_.tensors; }

  /// One of the entries: F32 as it is, F64 rounded, F16 and BF16 widened, I64 where float32 has the number. A scalar has an empty
  /// shape and one value. Takes no more memory than a small multiple of the array's bytes. Throws std::runtime_error naming the
  /// array for another type, a shape without elements or of another size, and a value that is not a finite float32.
  Tensor read(const TensorEntry& entry) const;

 private:
  std::string bytes_;
  FileHeader header_;
  std::string_view data_;  // of bytes_
};

}  // namespace snn
