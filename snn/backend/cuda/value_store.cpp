#include "snn/backend/cuda/value_store.h"

#include <algorithm>
#include <cstring>

namespace snn::cuda {

namespace {

std::size_t aligned(std::size_t n_bytes) {
  return (n_bytes + kValueAlignment - 1) / kValueAlignment * kValueAlignment;
}

std::size_t bytes_of(const UtteranceBytes& utterances) {
  std::size_t n_bytes = 0;
  for (const auto& utterance : utterances) n_bytes += aligned(utterance.size());
  return n_bytes;
}

}  // namespace

ValueStore::ValueStore(DeviceMemory& memory, cudaStream_t stream)
    : memory_(&memory), stream_(stream), copies_(make_stream()) {
  for (Staging& staging : staging_) {
    staging.copied = make_event();
    staging.consumed = make_event();
  }
}

ValueStore::~ValueStore() {
  cudaStreamSynchronize(copies_.get());  // before the page-locked memory goes
}

std::shared_ptr<void> ValueStore::keep(const UtteranceBytes& utterances, std::size_t leave_free) {
  const std::size_t free = memory_->free_bytes(), wanted = bytes_of(utterances);
  if (wanted > free || leave_free > free - wanted) return nullptr;
  const auto kept = std::make_shared<Kept>(Kept{{*memory_, wanted}, {}});
  std::size_t offset = 0;
  for (const auto& utterance : utterances) {
    kept->offsets.emplace(utterance.data(), offset);
    kept->data.upload(utterance, offset);
    offset += aligned(utterance.size());
  }
  std::erase_if(kept_, [](const auto& each) { return each.expired(); });
  kept_.push_back(kept);
  return kept;
}

/// Null where it is not kept.
const void* ValueStore::find(const void* host) const {
  for (const auto& each : kept_) {
    const std::shared_ptr<const Kept> kept = each.lock();
    if (kept == nullptr) continue;
    const auto found = kept->offsets.find(host);
    if (found != kept->offsets.end()) return kept->data.data() + found->second;
  }
  return nullptr;
}

std::vector<const void*> ValueStore::fetch(const UtteranceBytes& utterances) {
  std::vector<const void*> found;
  UtteranceBytes rest;
  for (const auto& utterance : utterances) {
    found.push_back(find(utterance.data()));
    if (found.back() == nullptr && !utterance.empty()) rest.push_back(utterance);
  }
  if (rest.empty()) return found;
  const std::vector<const void*> copied = copy(rest);
  auto next = copied.begin();
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == nullptr && !utterances[i].empty()) found[i] = *next++;
  }
  return found;
}

void ValueStore::grow(Staging& staging, std::size_t n_bytes) {
  most_bytes_ = std::max(most_bytes_, n_bytes);
  if (staging.device.size() >= n_bytes && staging.host.size() >= n_bytes) return;
  staging.host = PinnedMemory(most_bytes_);
  staging.device.renew(*memory_, most_bytes_);
  // It was cleared in the order of the stream; the copies come on another one.
  check(cudaStreamSynchronize(stream_), "waiting for the device");
}

std::vector<const void*> ValueStore::copy(const UtteranceBytes& utterances) {
  Staging& before = staging_[last_];
  if (before.in_use) check(cudaEventRecord(before.consumed.get(), stream_), "marking a batch");
  last_ = 1 - last_;
  Staging& staging = staging_[last_];
  if (staging.in_use) {
    check(cudaEventSynchronize(staging.copied.get()), "waiting for a copy to the device");
    check(cudaStreamWaitEvent(copies_.get(), staging.consumed.get(), 0), "waiting for a batch");
  }
  const std::size_t n_bytes = bytes_of(utterances);
  grow(staging, n_bytes);
  std::vector<const void*> found;
  std::size_t offset = 0;
  for (const auto& utterance : utterances) {
    std::memcpy(staging.host.data() + offset, utterance.data(), utterance.size());
    found.push_back(staging.device.data() + offset);
    offset += aligned(utterance.size());
  }
  check(cudaMemcpyAsync(staging.device.data(), staging.host.data(), n_bytes, cudaMemcpyHostToDevice, copies_.get()),
        "copying a batch to the device");
  check(cudaEventRecord(staging.copied.get(), copies_.get()), "marking a copy");
  check(cudaStreamWaitEvent(stream_, staging.copied.get(), 0), "waiting for a batch");
  staging.in_use = true;
  return found;
}

}  // namespace snn::cuda
