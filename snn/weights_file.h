#pragma once
// Arrays of a safetensors file that any program may have written.
#include <span>
#include <string_view>
#include <vector>

#include "snn/model_json.h"
#include "snn/tensors.h"

namespace snn {

/// A file whose arrays are decoded one by one, so that those that nobody wants may be of any type. Metadata are not read.
class WeightsFile {
 public:
  /// `bytes` must outlive it. Throws std::runtime_error for bytes that are cut or no safetensors file, and naming the array that
  /// overlaps another or leaves the file.
  explicit WeightsFile(std::span<const char> bytes);

  /// Names, types and shapes, sorted by name.
  const std::vector<TensorEntry>& entries() const { return header_.tensors; }

  /// One of the entries: F32 as it is, F64 rounded, F16 and BF16 widened, I64 where float32 has the number. A scalar has an empty
  /// shape and one value. Takes no more memory than a small multiple of the array's bytes. Throws std::runtime_error naming the
  /// array for another type, a shape without elements or of another size, and a value that is not a finite float32.
  Tensor read(const TensorEntry& entry) const;

 private:
  FileHeader header_;
  std::string_view data_;
};

}  // namespace snn
