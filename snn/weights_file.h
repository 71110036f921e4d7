#pragma once
// Arrays of a safetensors file that any program may have written.
#include <span>

#include "snn/tensors.h"

namespace snn {

/// All arrays of the file's bytes, under their own names: F32 as it is, F64 rounded, F16 and BF16 widened. A scalar has an
/// empty shape and one value. Metadata are not read. Throws std::runtime_error naming the array for bytes that are cut or
/// no safetensors file, an array that overlaps another or leaves the file, another type, and a value that is not a finite
/// float32. Takes no more memory than a small multiple of bytes.size().
Tensors parse_weights(std::span<const char> bytes);

}  // namespace snn
