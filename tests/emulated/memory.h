#pragma once
// The memory of the emulated devices, and pinned memory of the host: page-mapped, guarded, checked.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>

namespace emulated {

/// Where a range of bytes lies. `bad`: it reaches over an edge of an allocation, or into freed memory.
enum class Place { device, pinned, pageable, bad };

inline constexpr int kPinned = -1;  // in place of a device's number

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

  /// Where n_bytes > 0 at `data` lie, and on which device.
  Place place(const void* data, std::size_t n_bytes) const;
  bool on_device(const void* data, std::size_t n_bytes, int device) const;

  /// Lets the host's instructions reach the memory of that device and of no other; kPinned: of none.
  void open(int device);

  /// Bytes of the open device's pages that `work` reads, and that it writes. Throws std::runtime_error where that cannot be told.
  struct Touched {
    std::int64_t n_read = 0, n_written = 0;
  };
  Touched touched_by(const std::function<void()>& work) const;

  /// Whether bytes around an allocation have been written to. Seen while its memory is within reach, and remembered.
  bool damaged();

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
  struct Mapping {
    std::byte* base;
    std::size_t n_mapped;
  };
  using Allocations = std::map<std::uintptr_t, Allocation>;  // by address of the mapping

  const Allocation* find(std::uintptr_t first, std::uintptr_t last) const;
  bool canaries_hold(const Allocation& allocation) const;
  void protect(const Allocation& allocation) const;
  void set_access_of_device(int access) const;
  void bury(const Allocation& allocation);

  Allocations live_;
  std::deque<Mapping> freed_;  // kept out of reach, so that no other allocation takes the addresses
  std::size_t freed_bytes_ = 0;
  int open_device_ = kPinned;
  bool damaged_ = false;
};

}  // namespace emulated
