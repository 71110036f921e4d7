#include "snn/cpu/cpu_backend.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "snn/cpu/product.h"
#include "snn/parallel.h"

namespace snn {

namespace {

constexpr std::align_val_t kAlignment{64};
constexpr int kTilesPerChunk = 4;  // of a parallel loop

/// Runs a body over all utterances and tiles of neurons.
template <class Body>
void run_tiles(const Body& body, int n_threads) {
  const Extent extent = body.extent();
  const int tiles_a_row = (extent.n_neurons + kTileWidth - 1) / kTileWidth;
  const int n_tiles = extent.n_batch * tiles_a_row;
  parallel_for((n_tiles + kTilesPerChunk - 1) / kTilesPerChunk, n_threads, [&](int chunk) {
    const int end = std::min((chunk + 1) * kTilesPerChunk, n_tiles);
    for (int tile = chunk * kTilesPerChunk; tile < end; ++tile) {
      const int first = tile % tiles_a_row * kTileWidth;
      body.template run<kTileWidth>(tile / tiles_a_row, first, std::min(first + kTileWidth, extent.n_neurons));
    }
  });
}

template <class Real>
class CpuBackend final : public Backend<Real> {
 public:
  explicit CpuBackend(int n_threads) : n_threads_(n_threads > 0 ? n_threads : available_threads()) {}

  std::string name() const override { return "cpu"; }

  void* allocate(std::size_t n_bytes) override {
    void* memory = ::operator new(std::max<std::size_t>(n_bytes, 1), kAlignment);
    std::memset(memory, 0, n_bytes);
    return memory;
  }
  void release(void* memory) noexcept override { ::operator delete(memory, kAlignment); }
  void upload(void* to, const void* from_host, std::size_t n_bytes) override { std::memcpy(to, from_host, n_bytes); }
  void download(void* to_host, const void* from, std::size_t n_bytes) override { std::memcpy(to_host, from, n_bytes); }

  void product(const Product<Real>& product) override { cpu_product(product, n_threads_, scratch_); }
  void run(const InputScan<Real>& body) override { run_tiles(body, n_threads_); }
  void run(const ForwardScan<Real>& body) override { run_tiles(body, n_threads_); }
  void run(const FiringRate& body) override { run_tiles(body, n_threads_); }
  void run(const ClassSums<Real>& body) override { run_tiles(body, n_threads_); }
  void run(const LossGrad<Real>& body) override { run_tiles(body, n_threads_); }
  void run(const BackwardScan<Real>& body) override { run_tiles(body, n_threads_); }
  void run(const BatchSum<Real>& body) override { run_tiles(body, n_threads_); }
  void run(const SquareSums<Real>& body) override { run_tiles(body, n_threads_); }
  void run(const GradientNorm& body) override { run_tiles(body, n_threads_); }
  void run(const AdamUpdate<Real>& body) override { run_tiles(body, n_threads_); }

 private:
  int n_threads_;
  std::vector<Real> scratch_;  // partial products
};

}  // namespace

template <class Real>
std::unique_ptr<Backend<Real>> make_cpu_backend(int n_threads) {
  return std::make_unique<CpuBackend<Real>>(n_threads);
}

template std::unique_ptr<Backend<float>> make_cpu_backend(int);
template std::unique_ptr<Backend<double>> make_cpu_backend(int);

}  // namespace snn
