#pragma once
// A data set on a device: all of it where it fits, else batch by batch.
#include <array>
#include <memory>
#include <span>
#include <vector>

#include "snn/backend/backend.h"
#include "snn/backend/cuda/device_memory.h"

namespace snn::cuda {

/// Utterances begin at multiples of it, so that values of any type are aligned.
inline constexpr std::size_t kValueAlignment = 16;

/// All utterances on the device.
class ResidentValues final : public ValueStore {
 public:
  /// `memory` must outlive it. Throws std::runtime_error.
  ResidentValues(Memory& memory, const std::vector<std::span<const std::byte>>& utterances);
  std::vector<const void*> fetch(std::span<const int> indices) override;

  static std::size_t bytes_of(const std::vector<std::span<const std::byte>>& utterances);

 private:
  Buffer<std::byte> data_;
  std::vector<std::size_t> offsets_;  // by utterance
};

/// A batch at a time, in one of two places on the device: while the stream works on one, a second stream copies the next
/// batch into the other, from page-locked memory.
class StreamedValues final : public ValueStore {
 public:
  /// `memory` and `stream`, on which the bodies run, must outlive it.
  StreamedValues(DeviceMemory& memory, cudaStream_t stream, std::vector<std::span<const std::byte>> utterances);
  ~StreamedValues() override;
  std::vector<const void*> fetch(std::span<const int> indices) override;

 private:
  struct Place {
    PinnedMemory host;
    Buffer<std::byte> device;
    Event copied;    // the copy into it is done
    Event consumed;  // so are the bodies that read it
    bool in_use = false;
  };
  void grow(Place& place, std::size_t n_bytes);

  DeviceMemory* memory_;
  cudaStream_t stream_;
  Stream copies_;
  std::vector<std::span<const std::byte>> utterances_;
  std::array<Place, 2> places_;
  int last_ = 0;
};

/// Resident if it fits beside what is to be left free.
std::unique_ptr<ValueStore> store_values(DeviceMemory& memory, cudaStream_t stream,
                                         std::vector<std::span<const std::byte>> utterances, std::size_t leave_free);

}  // namespace snn::cuda
