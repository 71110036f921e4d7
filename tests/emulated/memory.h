#pragma once
// The memory of the emulated devices, and pinned memory of the host: page-mapped, guarded, checked.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>

namespace emulated {

// Where bytes lie, if not on a device: then it is that device's number from 0. kElsewhere: in memory of the host that is not pinned,
// over an edge of an allocation, or in freed memory.
inline constexpr int kPinned = -1, kElsewhere = -2;

class Memory {
 public:
  Memory() = default;
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  /// n_bytes > 0 of a device or, under kPinned, of the host, aligned to 256 bytes, every byte 0xFF; null: the host has
  /// no more. Up to 255 canary bytes follow, then a page that nobody may touch.
  void* allocate(std::size_t n_bytes, int device);

  /// Frees what allocate gave, pinned memory or that of any device; false: it did not give it, or it was freed before.
  bool release(void* data, bool pinned);

  /// Where n_bytes > 0 at `data` lie.
  int where(const void* data, std::size_t n_bytes) const;

  /// Lets the host's instructions reach the memory of that device and of no other; kPinned: of none.
  void open(int device);

  /// Bytes of the open device's pages that `work` reads, and that it writes. On x86-64 only.
  struct Touched {
    std::int64_t n_read = 0, n_written = 0;
  };
  Touched touched_by(const std::function<void()>& work) const;

  /// Whether bytes around an allocation of the open device, or of pinned memory, have been written to.
  bool damaged() const;

  std::size_t bytes_live(int device) const;
  std::size_t bytes_of_devices() const;
  std::size_t n_live(bool pinned) const;

 private:
  struct Allocation {
    std::byte* base;       // of the mapping
    std::size_t n_mapped;  // guard page included
    std::byte* data;
    std::size_t n_bytes;
    int device;
  };
  const Allocation* find(std::uintptr_t first, std::uintptr_t last) const;
  bool canaries_hold(const Allocation& allocation) const;
  void protect(const Allocation& allocation) const;
  void set_access_of_device(int access) const;
  void bury(const Allocation& allocation);

  std::map<std::uintptr_t, Allocation> live_;  // by address of the mapping
  std::deque<Allocation> freed_;               // kept out of reach, so that no other allocation takes the addresses
  std::size_t freed_bytes_ = 0;
  int open_device_ = kPinned;
};

}  // namespace emulated
