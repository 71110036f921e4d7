#pragma once
// The network on a CUDA device: every stage is a product and a scan, and nothing waits inside a step.
#include "snn/backend/backend.h"
#include "snn/backend/cuda/blas.h"
#include "snn/backend/cuda/graph_recorder.h"
#include "snn/backend/cuda/launch.cuh"
#include "snn/backend/cuda/value_store.h"
#include "snn/backend/cuda/walk.cuh"

namespace snn::cuda {

/// A read-back empties the device's queue; so many batches of some 300 us keep that below a percent.
inline constexpr int kBatchesPerReadback = 16;

/// Makes the device the calling thread's, and sees that a context can be had and that this build has code for it. Throws
/// what find_device throws.
inline Device use(const std::string& name) {
  const Device device = find_device(name);
  cudaFuncAttributes attributes = {};
  cudaError_t error = cudaSetDevice(device.index);
  if (error == cudaSuccess) error = cudaFree(nullptr);
  if (error == cudaSuccess) error = cudaFuncGetAttributes(&attributes, run_sums<GradientNorm>);
  if (error != cudaSuccess) refuse(device, cudaGetErrorString(error));
  return device;
}

/// Spikes are kept as numbers 0 and 1, [rows][N]: what cuBLAS multiplies, twice a step (README.md, budget).
template <class Real>
class CudaBackend final : public Backend<Real> {
 public:
  /// Throws what find_device and parse_precision throw.
  explicit CudaBackend(const BackendChoice& choice)
      : device_(use(choice.device)),
        stream_(make_stream()),
        memory_(device_, stream_.get()),
        blas_(memory_, stream_.get(), parse_precision(choice.precision, device_)),
        values_(memory_, stream_.get()),
        graphs_(memory_, stream_.get()) {}

  std::string name() const override { return "cuda:" + std::to_string(device_.index); }
  BackendTraits traits() const override {
    return {.row_step = kCudaRowStep, .batches_per_readback = kBatchesPerReadback};
  }

  void* allocate(std::size_t n_bytes) override { return memory_.allocate(n_bytes); }
  void release(void* memory) noexcept override { memory_.release(memory); }
  void upload(void* to, const void* from_host, std::size_t n_bytes) override { memory_.upload(to, from_host, n_bytes); }
  void download(void* to_host, const void* from, std::size_t n_bytes) override {
    memory_.download(to_host, from, n_bytes);
  }

  std::size_t spike_bytes(std::size_t n_rows, int n_neurons) const override {
    return n_rows * pitched_area(1, n_neurons) * sizeof(Real);
  }
  std::shared_ptr<void> keep(const UtteranceBytes& utterances, std::size_t leave_free) override {
    return values_.keep(utterances, leave_free);
  }
  std::vector<const void*> fetch(const UtteranceBytes& utterances) override { return values_.fetch(utterances); }
  void repeat(const SequenceKey& key, const std::function<void()>& sequence) override { graphs_.run(key, sequence); }

  void run(const ForwardStage<Real>& stage) override;
  void run(const BackwardStage<Real>& stage) override;
  void run(const WeightGradient<Real>& product) override;
  void run(const ScanBody<Real>& body) override {
    std::visit([this](const auto& each) { launch(each, stream()); }, body);
  }

 private:
  /// The stream, with the device made the calling thread's: it may have used another one in between.
  cudaStream_t stream() const {
    check(cudaSetDevice(device_.index), "choosing the device");
    return stream_.get();
  }
  void multiply(const Product<Real>& product) {
    stream();
    blas_.multiply(product);
  }
  static const Real* values_of(const Source<Real>& source) {
    return source.values != nullptr ? source.values : static_cast<const Real*>(source.spikes);
  }
  /// The product, or, with an offset, what it gives some rows before or after within the utterance.
  void add_product(Product<Real> product, const Shape& shape, const int* row_begin, int offset) {
    if (offset == 0) return multiply(product);
    DelayedRows<Real> rows{.shape = shape,
                           .row_begin = row_begin,
                           .from = room(delayed_, shape),
                           .to = product.c,
                           .offset = offset,
                           .adds = product.accumulate};
    product.c = room(delayed_, shape);
    product.accumulate = false;
    multiply(product);
    launch(rows, stream());
  }
  Real* room(Buffer<Real>& buffer, const Shape& shape) {
    if (buffer.size() < shape.size()) buffer.renew(memory_, shape.size());
    return buffer.data();
  }
  Real* scratch(const Shape& shape) { return room(scratch_, shape); }
  const Real* arrive(const Real* leaves, const Real* w, bool is_transposed, const Shape& once);
  void walk(const ForwardScan<Real>& scan, const Lateral<Real>& lateral);
  void walk_back(const BackwardScan<Real>& scan, const Lateral<Real>& lateral);
  /// The state of a recurrent layer between its steps, with nothing that arrives yet.
  template <class Tile>
  LateralState<Real> lateral_state(const Shape& shape) {
    const Shape once{shape.n_batch, shape.n_batch, shape.n_neurons};
    if (tiles_.size() < once.size() * sizeof(Tile)) tiles_.renew(memory_, once.size() * sizeof(Tile));
    return {tiles_.data(), 0, nullptr, room(leaves_, once)};
  }

  Device device_;
  Stream stream_;
  DeviceMemory memory_;
  Blas blas_;
  ValueStore values_;
  GraphRecorder graphs_;
  Buffer<Real> scratch_;           // [rows][N]: potentials that nobody wants, or PSCs by the step rule
  Buffer<Real> delayed_;           // [rows][N]: products or errors that are read some rows away
  Buffer<std::byte> tiles_;        // [B][N] of a recurrent layer
  Buffer<Real> leaves_, arrives_;  // [B][N], likewise
};

/// What arrives at all utterances' neurons of what left them in the step before, by the lateral matrix or its transpose.
template <class Real>
const Real* CudaBackend<Real>::arrive(const Real* leaves, const Real* w, bool is_transposed, const Shape& once) {
  Real* arrives = room(arrives_, once);
  multiply({.a = leaves,
            .b = w,
            .b_transposed = is_transposed,
            .c = arrives,
            .m = once.n_batch,
            .n = once.n_neurons,
            .k = once.n_neurons});
  return arrives;
}

/// In one kernel, if the matrix fits on the chip. Else each step is a product of all utterances' spikes of the step before, and
/// a scan of one step.
template <class Real>
void CudaBackend<Real>::walk(const ForwardScan<Real>& scan, const Lateral<Real>& lateral) {
  const Shape once{scan.shape.n_batch, scan.shape.n_batch, scan.shape.n_neurons};
  if (fits<ForwardWalk<Real>>(once.n_neurons, device_.shared_bytes)) {
    return launch_walk(ForwardWalk<Real>{{.scan = scan, .w = lateral.w}}, stream());
  }
  ForwardStep<Real> step{.scan = scan, .state = lateral_state<ForwardTile<Real, 1>>(scan.shape), .step = 0};
  for (; step.step < lateral.n_steps; ++step.step) {
    if (step.step > 0) {
      step.state.arrives = arrive(step.state.leaves, lateral.w, true, once);
    }
    launch(step, stream());
  }
}

/// The same backward, with the errors of the step behind.
template <class Real>
void CudaBackend<Real>::walk_back(const BackwardScan<Real>& scan, const Lateral<Real>& lateral) {
  const Shape once{scan.shape.n_batch, scan.shape.n_batch, scan.shape.n_neurons};
  if (fits<BackwardWalk<Real>>(once.n_neurons, device_.shared_bytes)) {
    return launch_walk(BackwardWalk<Real>{{.scan = scan, .w = lateral.w}}, stream());
  }
  BackwardStep<Real> step{
      .scan = scan, .state = lateral_state<BackwardTile<Real, 1>>(scan.shape), .step = lateral.n_steps - 1};
  for (; step.step >= 0; --step.step) {
    if (step.step < lateral.n_steps - 1) {
      step.state.arrives = arrive(step.state.leaves, lateral.w, false, once);
    }
    launch(step, stream());
  }
}

/// Drive = sum of W s over the chain and skips alike; the scan filters it into the current. [ScSr Eq. 7]
template <class Real>
void CudaBackend<Real>::run(const ForwardStage<Real>& stage) {
  ForwardScan<Real> scan = stage.scan;
  const Shape& shape = scan.shape;
  if (scan.u == nullptr) scan.u = scratch(shape);
  bool is_there = false;
  for (const auto& [source, w, delays] : stage.sources) {
    for (std::size_t d = 0; d < delays.size(); ++d) {
      add_product(Product<Real>{.a = values_of(source),
                                .b = w + d * pitched_area(shape.n_neurons, source.n_neurons),
                                .b_transposed = true,
                                .c = scan.u,
                                .m = shape.n_rows,
                                .n = shape.n_neurons,
                                .k = source.n_neurons,
                                .accumulate = is_there},
                  shape, scan.row_begin, -delays[d]);
      is_there = true;
    }
  }
  if (stage.sums) launch(*stage.sums, stream());
  if (stage.drive_only) return;
  if (stage.norm) launch(*stage.norm, stream());
  scan.fired = static_cast<Real*>(stage.spikes);
  stage.lateral ? walk(scan, *stage.lateral) : launch(scan, stream());
}

/// Error of the PSCs = sum of delta W over the targets: the next layer [ScSr Eq. 16] and those of skips [ScSr Eq. 19].
template <class Real>
void CudaBackend<Real>::run(const BackwardStage<Real>& stage) {
  BackwardScan<Real> scan = stage.scan;
  const Shape& shape = scan.shape;
  bool is_there = false;
  for (const Target<Real>& target : stage.targets) {
    for (std::size_t d = 0; d < target.delays.size(); ++d) {
      add_product(Product<Real>{.a = target.delta,
                                .b = target.w + d * pitched_area(target.n_neurons, shape.n_neurons),
                                .c = scan.delta,
                                .m = shape.n_rows,
                                .n = shape.n_neurons,
                                .k = target.n_neurons,
                                .accumulate = is_there},
                  shape, scan.row_begin, target.delays[d]);
      is_there = true;
    }
  }
  if (scan.rule == Rule::kStep) {
    Real* psc = scratch(shape);
    const auto stride = static_cast<std::size_t>(shape.pitch());
    launch(PscScan<Real>{.shape = shape,
                         .row_begin = scan.row_begin,
                         .u = scan.u,
                         .psc = {psc, 0, 0, stride},
                         .v_th = scan.coeffs.v_th,
                         .keep_s = scan.coeffs.keep_s,
                         .gain_s = scan.coeffs.gain_s},
           stream());
    scan.psc = {psc, 0, 0, stride};
  }
  stage.lateral ? walk_back(scan, *stage.lateral) : launch(scan, stream());
  if (stage.gain) launch(*stage.gain, stream());
}

/// dW = sum over all rows of error s. [ScSr Eq. 13]
template <class Real>
void CudaBackend<Real>::run(const WeightGradient<Real>& product) {
  for (std::size_t d = 0; d < product.delays.size(); ++d) {
    const int delay = product.delays[d];
    const Real* error = product.error;
    if (delay > 0) {
      const Shape shape{product.n_rows, product.n_batch, product.n_neurons};
      Real* later = room(delayed_, shape);
      launch(DelayedRows<Real>{.shape = shape,
                               .row_begin = product.row_begin,
                               .from = error,
                               .to = later,
                               .offset = delay,
                               .adds = false},
             stream());
      error = later;
    }
    multiply(Product<Real>{.a = error,
                           .a_transposed = true,
                           .b = values_of(product.source),
                           .c = product.dw + d * pitched_area(product.n_neurons, product.source.n_neurons),
                           .m = product.n_neurons,
                           .n = product.source.n_neurons,
                           .k = product.n_rows});
  }
}

}  // namespace snn::cuda
