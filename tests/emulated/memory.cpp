#include "tests/emulated/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace emulated {

namespace {

constexpr std::size_t kAlignment = 256;  // what cudaMalloc promises
constexpr std::byte kCanary{0xC5};
constexpr int kFresh = 0xFF;  // as float or double a NaN
// Pages that were never touched cost nothing when access changes, and a large workspace is seldom used to its end.
constexpr std::size_t kMostFresh = std::size_t{1} << 20;
constexpr std::size_t kFreedKept = std::size_t{256} << 20;

std::size_t page_size() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::size_t round_up(std::size_t n, std::size_t unit) {
  return (n + unit - 1) / unit * unit;
}

std::uintptr_t address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

void set_access(std::byte* base, std::size_t n_bytes, int access) {
  if (mprotect(base, n_bytes, access) == 0) return;
  std::perror("emulated CUDA: mprotect");
  std::abort();
}

bool all_canary(const std::byte* first, const std::byte* last) {
  return std::all_of(first, last, [](std::byte value) { return value == kCanary; });
}

}  // namespace

Memory::~Memory() {
  for (const auto& [base, allocation] : live_) munmap(allocation.base, allocation.n_mapped);
  for (const Allocation& allocation : freed_) munmap(allocation.base, allocation.n_mapped);
}

void* Memory::allocate(std::size_t n_bytes, int device) {
  const std::size_t page = page_size();
  if (n_bytes > SIZE_MAX / 2) return nullptr;
  const std::size_t n_used = round_up(n_bytes, page);
  void* const base =
      mmap(nullptr, n_used + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return nullptr;
  auto* const first = static_cast<std::byte*>(base);
  std::byte* const guard = first + n_used;
  std::byte* const data = guard - round_up(n_bytes, kAlignment);
  std::fill(first, data, kCanary);
  std::memset(data, kFresh, std::min(n_bytes, kMostFresh));
  std::fill(data + n_bytes, guard, kCanary);
  set_access(guard, page, PROT_NONE);
  const Allocation allocation{first, n_used + page, data, n_bytes, device};
  protect(allocation);
  live_.emplace(address(first), allocation);
  return data;
}

bool Memory::release(void* data, bool pinned) {
  const Allocation* const found = find(address(data), address(data));
  if (found == nullptr || found->data != data || (found->device == kPinned) != pinned) return false;
  const Allocation allocation = *found;
  live_.erase(address(allocation.base));
  bury(allocation);
  return true;
}

void Memory::bury(const Allocation& allocation) {
  madvise(allocation.base, allocation.n_mapped, MADV_DONTNEED);
  set_access(allocation.base, allocation.n_mapped, PROT_NONE);
  freed_.push_back(allocation);
  freed_bytes_ += allocation.n_mapped;
  while (freed_bytes_ > kFreedKept) {
    freed_bytes_ -= freed_.front().n_mapped;
    munmap(freed_.front().base, freed_.front().n_mapped);
    freed_.pop_front();
  }
}

/// The live allocation whose mapping holds a byte of first..last, or null.
const Memory::Allocation* Memory::find(std::uintptr_t first, std::uintptr_t last) const {
  auto after = live_.upper_bound(last);
  if (after == live_.begin()) return nullptr;
  const Allocation& allocation = std::prev(after)->second;
  return address(allocation.base) + allocation.n_mapped > first ? &allocation : nullptr;
}

int Memory::where(const void* data, std::size_t n_bytes) const {
  const std::uintptr_t first = address(data);
  if (n_bytes - 1 > UINTPTR_MAX - first) return kElsewhere;
  const std::uintptr_t last = first + (n_bytes - 1);
  const Allocation* const found = find(first, last);
  if (found == nullptr) return kElsewhere;
  const std::uintptr_t begin = address(found->data);
  return first < begin || last >= begin + found->n_bytes ? kElsewhere : found->device;
}

void Memory::protect(const Allocation& allocation) const {
  if (allocation.device == kPinned) return;
  const int access = allocation.device == open_device_ ? PROT_READ | PROT_WRITE : PROT_NONE;
  set_access(allocation.base, allocation.n_mapped - page_size(), access);
}

void Memory::set_access_of_device(int access) const {
  for (const auto& [base, allocation] : live_) {
    if (allocation.device == open_device_) {
      set_access(allocation.base, allocation.n_mapped - page_size(), access);
    }
  }
}

void Memory::open(int device) {
  if (device == open_device_) return;
  open_device_ = device;
  for (const auto& [base, allocation] : live_) protect(allocation);
}

/// Whether the bytes around the allocation are as they were; true if nobody can reach them now.
bool Memory::canaries_hold(const Allocation& allocation) const {
  if (allocation.device != kPinned && allocation.device != open_device_) return true;
  const std::byte* const guard = allocation.base + allocation.n_mapped - page_size();
  return all_canary(allocation.base, allocation.data) && all_canary(allocation.data + allocation.n_bytes, guard);
}

bool Memory::damaged() const {
  return !std::all_of(live_.begin(), live_.end(), [this](const auto& entry) { return canaries_hold(entry.second); });
}

std::size_t Memory::bytes_live(int device) const {
  std::size_t sum = 0;
  for (const auto& [base, allocation] : live_) sum += allocation.device == device ? allocation.n_bytes : 0;
  return sum;
}

std::size_t Memory::bytes_of_devices() const {
  std::size_t sum = 0;
  for (const auto& [base, allocation] : live_) sum += allocation.device == kPinned ? 0 : allocation.n_bytes;
  return sum;
}

std::size_t Memory::n_live(bool pinned) const {
  return static_cast<std::size_t>(std::count_if(
      live_.begin(), live_.end(), [&](const auto& entry) { return (entry.second.device == kPinned) == pinned; }));
}

}  // namespace emulated
