#include "snn/backend/cuda/device_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "snn/backend/out_of_memory.h"

namespace snn::cuda {

namespace {

constexpr std::size_t kSlotBytes = std::size_t{256} << 10, kSlots = 16;

}  // namespace

PinnedMemory::PinnedMemory(std::size_t n_bytes) : size_(n_bytes) {
  void* data = nullptr;
  const cudaError_t error = cudaMallocHost(&data, n_bytes);
  if (error == cudaErrorMemoryAllocation) {
    cudaGetLastError();
    throw std::runtime_error(
        fmt::format("CUDA: out of page-locked memory of the host: {:.1f} MB wanted; use a smaller "
                    "--batch",
                    static_cast<double>(n_bytes) / 1e6));
  }
  check(error, "taking page-locked memory");
  data_.reset(static_cast<std::byte*>(data));
}

DeviceMemory::DeviceMemory(const Device& device, cudaStream_t stream) : device_(device), stream_(stream) {
  for (std::size_t i = 0; i < kSlots; ++i) slots_.push_back({PinnedMemory(kSlotBytes), make_event()});
}

void* DeviceMemory::take(std::size_t n_bytes) {
  check(cudaSetDevice(device_.index), "choosing the device");
  void* memory = nullptr;
  const std::size_t size = std::max<std::size_t>(n_bytes, 1);
  const cudaError_t error = cudaMalloc(&memory, size);
  if (error == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // or the next call would report it once more
    std::size_t free = 0, total = 0;
    cudaMemGetInfo(&free, &total);
    throw OutOfMemory(
        fmt::format("{}: out of memory: {:.1f} MB wanted, {:.1f} of {:.1f} MB free; use a smaller --batch or --hidden",
                    device_.label(), static_cast<double>(size) / 1e6, static_cast<double>(free) / 1e6,
                    static_cast<double>(total) / 1e6));
  }
  check(error, "taking device memory");
  return memory;
}

void* DeviceMemory::allocate(std::size_t n_bytes) {
  void* memory = take(n_bytes);
  const cudaError_t cleared = n_bytes > 0 ? cudaMemsetAsync(memory, 0, n_bytes, stream_) : cudaSuccess;
  if (cleared != cudaSuccess) cudaFree(memory);
  check(cleared, "clearing device memory");
  return memory;
}

void DeviceMemory::release(void* memory) noexcept {
  ++generation_;
  cudaFree(memory);
}

DeviceMemory::Slot& DeviceMemory::next_slot() {
  Slot& slot = slots_[next_];
  next_ = (next_ + 1) % slots_.size();
  if (slot.in_use) check(cudaEventSynchronize(slot.copied.get()), "waiting for a copy to the device");
  slot.in_use = true;
  return slot;
}

void DeviceMemory::upload(void* to, const void* from_host, std::size_t n_bytes) {
  for (std::size_t done = 0; done < n_bytes; done += kSlotBytes) {
    const std::size_t n = std::min(kSlotBytes, n_bytes - done);
    Slot& slot = next_slot();
    std::memcpy(slot.memory.data(), static_cast<const std::byte*>(from_host) + done, n);
    check(cudaMemcpyAsync(static_cast<std::byte*>(to) + done, slot.memory.data(), n, cudaMemcpyHostToDevice, stream_),
          "copying to the device");
    check(cudaEventRecord(slot.copied.get(), stream_), "marking a copy");
  }
}

void DeviceMemory::download(void* to_host, const void* from, std::size_t n_bytes) {
  for (std::size_t done = 0; done < n_bytes; done += kSlotBytes) {
    const std::size_t n = std::min(kSlotBytes, n_bytes - done);
    Slot& slot = next_slot();
    check(cudaMemcpyAsync(slot.memory.data(), static_cast<const std::byte*>(from) + done, n, cudaMemcpyDeviceToHost,
                          stream_),
          "copying from the device");
    check(cudaEventRecord(slot.copied.get(), stream_), "marking a copy");
    check(cudaStreamSynchronize(stream_), "waiting for the device");
    std::memcpy(static_cast<std::byte*>(to_host) + done, slot.memory.data(), n);
  }
}

std::size_t DeviceMemory::free_bytes() const {
  std::size_t free = 0, total = 0;
  check(cudaSetDevice(device_.index), "choosing the device");
  check(cudaMemGetInfo(&free, &total), "asking for free memory");
  return free;
}

}  // namespace snn::cuda
