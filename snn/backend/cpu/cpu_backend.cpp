// The CPU: OpenMP over utterances and tiles of neurons, kernels of one instruction set.
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "snn/backend/cpu/product.h"
#include "snn/backend/cpu/spike_product.h"
#include "snn/backend/cpu/stages.h"
#include "snn/base/parallel.h"

namespace snn {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{1} << 21;

/// Arrays over time are walked with wide strides: of large pages the processor remembers enough.
std::size_t alignment_of(std::size_t n_bytes) {
  return n_bytes >= kHugePage ? kHugePage : kAlignment;
}
constexpr int kTilesPerChunk = 4;  // of a parallel loop

template <class Real>
class CpuBackend final : public Backend<Real> {
 public:
  CpuBackend(int n_threads, const std::string& isa)
      : n_threads_(n_threads > 0 ? n_threads : available_threads()), kernels_(find_kernels<Real>(isa)) {}

  std::string name() const override { return "cpu"; }
  BackendTraits traits() const override { return {}; }
  std::size_t spike_bytes(std::size_t n_rows, int n_neurons) const override {
    return n_rows * static_cast<std::size_t>(spike_words(n_neurons)) * sizeof(std::uint64_t);
  }
  // Bodies read the host's memory.
  std::shared_ptr<void> keep(const UtteranceBytes&, std::size_t) override { return nullptr; }
  std::vector<const void*> fetch(const UtteranceBytes& utterances) override {
    std::vector<const void*> values;
    for (const auto& utterance : utterances) values.push_back(utterance.data());
    return values;
  }
  void repeat(const SequenceKey&, const std::function<void()>& sequence) override { sequence(); }

  void* allocate(std::size_t n_bytes) override {
    const std::size_t alignment = alignment_of(n_bytes);
    const std::size_t size = (std::max<std::size_t>(n_bytes, 1) + kAlignment - 1) / kAlignment * kAlignment;
    void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    if (alignment == kHugePage) madvise(memory, n_bytes, MADV_HUGEPAGE);
    std::memset(memory, 0, n_bytes);
    return memory;
  }
  void release(void* memory) noexcept override { std::free(memory); }
  void upload(void* to, const void* from_host, std::size_t n_bytes) override { std::memcpy(to, from_host, n_bytes); }
  void download(void* to_host, const void* from, std::size_t n_bytes) override { std::memcpy(to_host, from, n_bytes); }

  void run(const ForwardStage<Real>& stage) override { run_forward(kernels_, stage, n_threads_, forward_scratch_); }
  void run(const BackwardStage<Real>& stage) override { run_backward(kernels_, stage, n_threads_, backward_scratch_); }
  void run(const WeightGradient<Real>& p) override;
  void run(const ScanBody<Real>& body) override {
    std::visit([this](const auto& each) { run_tiles(each); }, body);
  }

 private:
  /// Runs a body over all utterances and tiles of neurons.
  template <class Body>
  void run_tiles(const Body& body) {
    const auto runner = std::get<TileRunner<Body>>(kernels_.tile_runners);
    const Extent extent = body.extent();
    const int n_tiles = extent.n_batch * count_tiles(extent.n_neurons);
    parallel_for((n_tiles + kTilesPerChunk - 1) / kTilesPerChunk, n_threads_, [&](int chunk) {
      runner(body, chunk * kTilesPerChunk, std::min((chunk + 1) * kTilesPerChunk, n_tiles));
    });
  }

  int n_threads_;
  const Kernels<Real>& kernels_;
  ForwardScratch<Real> forward_scratch_;
  BackwardScratch<Real> backward_scratch_;
  EventScratch<Real> event_scratch_;
  std::vector<Real> parts_, dense_, later_;  // partial products; spikes as numbers; errors some steps later
};

/// dW = sum over all rows of error s, by events or as one product. [ScSr Eq. 13]
template <class Real>
void CpuBackend<Real>::run(const WeightGradient<Real>& p) {
  const Source<Real>& source = p.source;
  const Real* values = source.values;
  if (values == nullptr) {
    const SpikeRows rows = spike_rows(source, 0, p.n_rows);
    if (by_events(kernels_.count_spikes(rows), p.n_rows, source.n_neurons)) {
      return weight_gradient_by_events(kernels_, p, n_threads_, event_scratch_);
    }
    dense_.resize(pitched_area(p.n_rows, source.n_neurons));
    kernels_.expand(rows, source.n_neurons, dense_.data());
    values = dense_.data();
  }
  for (std::size_t d = 0; d < p.delays.size(); ++d) {
    const int delay = p.delays[d];
    if (delay > 0) {
      later_.resize(std::max(later_.size(), pitched_area(p.n_rows, p.n_neurons)));
      run_tiles(DelayedRows<Real>{.shape = {p.n_rows, p.n_batch, p.n_neurons},
                                  .row_begin = p.row_begin,
                                  .from = p.error,
                                  .to = later_.data(),
                                  .offset = delay,
                                  .adds = false});
    }
    multiply_inner(kernels_,
                   Product<Real>{.a = delay > 0 ? later_.data() : p.error,
                                 .a_transposed = true,
                                 .b = values,
                                 .c = p.dw + d * pitched_area(p.n_neurons, source.n_neurons),
                                 .m = p.n_neurons,
                                 .n = source.n_neurons,
                                 .k = p.n_rows},
                   n_threads_, parts_);
  }
}

}  // namespace

template <class Real>
std::unique_ptr<Backend<Real>> make_cpu_backend(int n_threads, const std::string& isa) {
  return std::make_unique<CpuBackend<Real>>(n_threads, isa);
}

template std::unique_ptr<Backend<OSSICLE_REAL>> make_cpu_backend(int, const std::string&);

}  // namespace snn
