#pragma once
// Memory of a CUDA device, and copies that keep the order of a stream.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "snn/backend/backend.h"
#include "snn/backend/cuda/device.h"
#include "snn/backend/cuda/stream.h"

namespace snn::cuda {

/// Page-locked memory of the host, which the device copies from and to by itself.
class PinnedMemory {
 public:
  PinnedMemory() = default;
  /// Throws std::runtime_error.
  explicit PinnedMemory(std::size_t n_bytes);
  std::byte* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  Handle<std::byte*, cudaFreeHost> data_;
  std::size_t size_ = 0;
};

/// Allocates, and copies by way of a ring of page-locked slots: an upload returns as soon as its bytes are in a slot, and
/// waits only for the slot's last copy, which is that of eight training steps before.
class DeviceMemory final : public Memory {
 public:
  /// `stream` must outlive it.
  DeviceMemory(const Device& device, cudaStream_t stream);

  /// Zeroed, in the order of the stream. Throws OutOfMemory naming the size wanted and what is free.
  void* allocate(std::size_t n_bytes) override;
  /// The same with whatever lies there.
  void* take(std::size_t n_bytes);
  void release(void* memory) noexcept override;
  void upload(void* to, const void* from_host, std::size_t n_bytes) override;
  /// Waits for everything that the stream has to do.
  void download(void* to_host, const void* from, std::size_t n_bytes) override;
  std::size_t free_bytes() const;
  /// Grows with every release: what was recorded with older pointers must not be repeated.
  std::uint64_t generation() const { return generation_; }

 private:
  struct Slot {
    PinnedMemory memory;
    Event copied;
    bool in_use = false;
  };
  Slot& next_slot();

  Device device_;
  cudaStream_t stream_;
  std::vector<Slot> slots_;
  std::size_t next_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace snn::cuda
