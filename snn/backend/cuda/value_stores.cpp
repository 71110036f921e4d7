#include "snn/backend/cuda/value_stores.h"

#include <algorithm>
#include <cstring>

namespace snn::cuda {

namespace {

std::size_t aligned(std::size_t n_bytes) {
  return (n_bytes + kValueAlignment - 1) / kValueAlignment * kValueAlignment;
}

}  // namespace

std::size_t ResidentValues::bytes_of(const std::vector<std::span<const std::byte>>& utterances) {
  std::size_t n_bytes = 0;
  for (const auto& utterance : utterances) n_bytes += aligned(utterance.size());
  return n_bytes;
}

ResidentValues::ResidentValues(Memory& memory, const std::vector<std::span<const std::byte>>& utterances)
    : data_(memory, bytes_of(utterances)) {
  std::size_t offset = 0;
  for (const auto& utterance : utterances) {
    offsets_.push_back(offset);
    data_.upload(utterance, offset);
    offset += aligned(utterance.size());
  }
}

std::vector<const void*> ResidentValues::fetch(std::span<const int> indices) {
  std::vector<const void*> places;
  for (const int i : indices) places.push_back(data_.data() + offsets_.at(static_cast<std::size_t>(i)));
  return places;
}

StreamedValues::StreamedValues(DeviceMemory& memory, cudaStream_t stream,
                               std::vector<std::span<const std::byte>> utterances)
    : memory_(&memory), stream_(stream), copies_(make_stream()), utterances_(std::move(utterances)) {
  for (Place& place : places_) {
    place.copied = make_event();
    place.consumed = make_event();
  }
}

StreamedValues::~StreamedValues() {
  cudaStreamSynchronize(copies_.get());  // before the page-locked memory goes
}

void StreamedValues::grow(Place& place, std::size_t n_bytes) {
  if (place.device.size() >= n_bytes && place.host.size() >= n_bytes) return;
  place.host = PinnedMemory(n_bytes);
  place.device.renew(*memory_, n_bytes);
  // It was cleared in the order of the stream; the copies come on another one.
  check(cudaStreamSynchronize(stream_), "waiting for the device");
}

std::vector<const void*> StreamedValues::fetch(std::span<const int> indices) {
  Place& before = places_[static_cast<std::size_t>(last_)];
  if (before.in_use) check(cudaEventRecord(before.consumed.get(), stream_), "marking a batch");
  last_ = 1 - last_;
  Place& place = places_[static_cast<std::size_t>(last_)];
  if (place.in_use) {
    check(cudaEventSynchronize(place.copied.get()), "waiting for a copy to the device");
    check(cudaStreamWaitEvent(copies_.get(), place.consumed.get(), 0), "waiting for a batch");
  }
  std::size_t n_bytes = 0;
  for (const int i : indices) n_bytes += aligned(utterances_.at(static_cast<std::size_t>(i)).size());
  grow(place, n_bytes);
  std::vector<const void*> found;
  std::size_t offset = 0;
  for (const int i : indices) {
    const auto& utterance = utterances_[static_cast<std::size_t>(i)];
    if (!utterance.empty()) std::memcpy(place.host.data() + offset, utterance.data(), utterance.size());
    found.push_back(place.device.data() + offset);
    offset += aligned(utterance.size());
  }
  check(cudaMemcpyAsync(place.device.data(), place.host.data(), n_bytes, cudaMemcpyHostToDevice, copies_.get()),
        "copying a batch to the device");
  check(cudaEventRecord(place.copied.get(), copies_.get()), "marking a copy");
  check(cudaStreamWaitEvent(stream_, place.copied.get(), 0), "waiting for a batch");
  place.in_use = true;
  return found;
}

std::unique_ptr<ValueStore> store_values(DeviceMemory& memory, cudaStream_t stream,
                                         std::vector<std::span<const std::byte>> utterances, std::size_t leave_free) {
  const std::size_t free = memory.free_bytes(), wanted = ResidentValues::bytes_of(utterances);
  if (wanted <= free && leave_free <= free - wanted) return std::make_unique<ResidentValues>(memory, utterances);
  return std::make_unique<StreamedValues>(memory, stream, std::move(utterances));
}

}  // namespace snn::cuda
