#pragma once
// The values of utterances on a device: kept there where a data set fits, else copied batch by batch.
#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "snn/backend/backend.h"
#include "snn/backend/cuda/device_memory.h"

namespace snn::cuda {

/// Utterances begin at multiples of it, so that values of any type are aligned.
inline constexpr std::size_t kValueAlignment = 16;

class ValueStore {
 public:
  /// Both must outlive it. `stream`: the bodies that read the values run on it.
  ValueStore(DeviceMemory& memory, cudaStream_t stream);
  ~ValueStore();
  ValueStore(const ValueStore&) = delete;
  ValueStore& operator=(const ValueStore&) = delete;

  /// As Backend has them. keep() returns null if they do not fit.
  std::shared_ptr<void> keep(const UtteranceBytes& utterances, std::size_t leave_free);
  std::vector<const void*> fetch(const UtteranceBytes& utterances);

 private:
  /// A data set on the device.
  struct Kept {
    Buffer<std::byte> data;
    std::unordered_map<const void*, std::size_t> offsets;  // by where the values are on the host
  };
  /// One of two: while the stream works on what lies in one, a second stream copies the next batch into the other.
  struct Staging {
    PinnedMemory host;
    Buffer<std::byte> device;
    Event copied;    // the copy into it is done
    Event consumed;  // so are the bodies that read it
    bool in_use = false;
  };
  const void* find(const void* host) const;
  std::vector<const void*> copy(const UtteranceBytes& utterances);
  void grow(Staging& staging, std::size_t n_bytes);

  DeviceMemory* memory_;
  cudaStream_t stream_;
  Stream copies_;
  std::vector<std::weak_ptr<const Kept>> kept_;
  std::array<Staging, 2> staging_;
  std::size_t last_ = 0;        // the one that was copied into last
  std::size_t most_bytes_ = 0;  // of a batch so far
};

}  // namespace snn::cuda
