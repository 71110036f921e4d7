#pragma once
// The contract between the network and the machine that runs it: memory, the stages of a layer, and scan bodies.
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "snn/scan/adam_update.h"
#include "snn/scan/add_noise.h"
#include "snn/scan/backward_scan.h"
#include "snn/scan/batch_counts.h"
#include "snn/scan/delayed_rows.h"
#include "snn/scan/direct_input.h"
#include "snn/scan/draw_silent.h"
#include "snn/scan/draw_taps.h"
#include "snn/scan/forward_scan.h"
#include "snn/scan/gather_batch.h"
#include "snn/scan/keep_answers.h"
#include "snn/scan/lateral_step.h"
#include "snn/scan/loss_grad.h"
#include "snn/scan/missing_connections.h"
#include "snn/scan/mix_batch.h"
#include "snn/scan/normalisation.h"
#include "snn/scan/readout_scan.h"
#include "snn/scan/reductions.h"

namespace snn {

/// Memory of a back end. Its pointers are not the host's: only bodies that run on the back end, and the copies below, may
/// read or write through them. Calls may return before their work is done, but the work is done in the order of the calls:
/// the caller may change what it uploaded at once, and download() waits for all work before it.
class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  virtual ~Memory() = default;
  /// n_bytes of zeroed memory, aligned to 64 bytes. Throws std::bad_alloc or std::runtime_error.
  virtual void* allocate(std::size_t n_bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  virtual void upload(void* to, const void* from_host, std::size_t n_bytes) = 0;
  virtual void download(void* to_host, const void* from, std::size_t n_bytes) = 0;
};

/// An array in a back end's memory, owned.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  Buffer(Memory& memory, std::size_t size)
      : memory_(&memory), data_(static_cast<T*>(memory.allocate(size * sizeof(T)))), size_(size) {}
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer() {
    if (data_ != nullptr) memory_->release(data_);
  }

  /// Releases what it has and takes `size` new elements, zeroed. Empty if memory runs out.
  void renew(Memory& memory, std::size_t size) {
    *this = Buffer();
    *this = Buffer(memory, size);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }

  /// Throw std::invalid_argument if the range does not fit.
  void upload(std::span<const T> values, std::size_t offset = 0) {
    check(offset, values.size());
    if (!values.empty()) memory_->upload(data_ + offset, values.data(), values.size_bytes());
  }
  std::vector<T> download(std::size_t offset, std::size_t n) const {
    check(offset, n);
    std::vector<T> values(n);
    if (n > 0) memory_->download(values.data(), data_ + offset, n * sizeof(T));
    return values;
  }
  std::vector<T> download() const { return download(0, size_); }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }
  void check(std::size_t offset, std::size_t n) const {
    if (offset > size_ || n > size_ - offset) throw std::invalid_argument("buffer: the range exceeds its size");
  }

  Memory* memory_ = nullptr;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A population as the source of a connection, either by its spikes or, the network's input, by values.
template <class Real>
struct Source {
  int n_neurons = 0;             // I
  const Real* values = nullptr;  // [rows][I], or null
  const void* spikes = nullptr;  // of all rows, as the back end keeps them, or null
};

/// A source with the weights of its connection.
template <class Real>
struct WeightedSource {
  Source<Real> source;
  const Real* w = nullptr;        // [delays][N][I]
  std::vector<int> delays = {0};  // steps after which each product arrives, ascending
};

/// The matrix by which a recurrent layer's neurons reach each other, one step later.
template <class Real>
struct Lateral {
  const Real* w = nullptr;  // [N][N], [to][from]
  int n_steps = 0;          // of the longest utterance, or more
};

/// A layer forward: the drive of each step from all sources, the neurons over time, their spikes. Products of a delay are taken
/// over all rows as they are and read so many rows later within the utterance.
template <class Real>
struct ForwardStage {
  std::vector<WeightedSource<Real>> sources;  // none: scan.u holds the drive already
  bool only_events =
      false;  // spikes are added one by one, however many there are: no utterance's bits depend on the others
  bool drive_only = false;  // no neurons: scan.u gets the drive, nothing else of scan but shape and row_begin counts
  std::optional<DriveSums<Real>> sums = {};   // taken of the drive
  std::optional<ApplyNorm<Real>> norm = {};   // gives scan.u the drive, before the neurons
  std::optional<Lateral<Real>> lateral = {};  // of a hidden layer; what it brings joins the drive behind the norm
  ForwardScan<Real>
      scan;  // u: null where nobody wants the potentials; fired: null, the back end sets it if it needs it
  void* spikes = nullptr;  // of all rows, out, as the back end keeps them; or null
};

/// A population that a layer sends to, with its error.
template <class Real>
struct Target {
  int n_neurons = 0;              // M
  const Real* delta = nullptr;    // [rows][M]
  const Real* w = nullptr;        // [delays][M][N]
  std::vector<int> delays = {0};  // of the connection, ascending: the errors come so many steps later
};

/// A layer backward: the error of its PSCs from all targets, then the neurons over time. Without targets, in the output
/// layer, scan.delta holds that error already. By the step rule the back end computes scan.psc from scan.u (PscScan).
template <class Real>
struct BackwardStage {
  std::vector<Target<Real>> targets;
  BackwardScan<Real> scan;
  std::optional<GainSums<Real>> gain = {};  // after the neurons
  std::optional<Lateral<Real>> lateral = {};
};

/// dw = error^T source, summed over all rows, for each delay of a connection: a row of the source is paired with the error so
/// many steps later in its utterance. error: dL/d drive of the connection's end.
template <class Real>
struct WeightGradient {
  int n_rows = 0;
  Source<Real> source;
  int n_neurons = 0;              // N
  const Real* error = nullptr;    // [rows][N]
  std::vector<int> delays = {0};  // ascending
  Real* dw = nullptr;             // [delays][N][I], out; its gaps stay as they are
  int n_batch = 0;
  const int* row_begin = nullptr;  // [n_batch + 1], where there is a delay
};

/// A matrix product, as machines compute the stages' sums: C = op(A) op(B), or C += op(A) op(B). All row-major, rows pitch(columns)
/// apart as they are stored (pitch.h): op(A) is m x k, op(B) k x n, C m x n. At most one of them is transposed.
template <class Real>
struct Product {
  const Real* a = nullptr;
  bool a_transposed = false;  // A is stored k x m
  const Real* b = nullptr;
  bool b_transposed = false;  // B is stored n x k
  Real* c = nullptr;
  int m = 0, n = 0, k = 0;
  bool accumulate = false;
};

/// A body that is run over its extent, by itself and in no stage.
template <class Real>
using ScanBody =
    std::variant<DrawTaps, DrawSilent, GatherBatch<Real>, MixBatch<Real>, AddNoise<Real>, BatchCounts<Real>, FiringRate,
                 LossGrad<Real>, BatchSum<Real>, SquareSums<Real>, GradientNorm, AdamUpdate<Real>, DelayedRows<Real>,
                 FindNorm<Real>, FindErrorMeans<Real>, UndoNorm<Real>, KeepNorm<Real>, ReadoutForward<Real>,
                 ReadoutBackward<Real>, MissingConnections<Real>, DirectInput<Real>, KeepAnswers<Real>>;

/// The values of utterances in the host's memory, as bytes.
using UtteranceBytes = std::vector<std::span<const std::byte>>;

/// Names a sequence of stages and bodies that runs again and again: whose it is, and what its launches depend on.
struct SequenceKey {
  const void* owner = nullptr;  ///< anything that belongs to this sequence alone
  int n_rows = 0, n_batch = 0, n_labelled = 0;
  int n_steps = 0;  ///< of the longest utterance, where a layer is recurrent
  BatchDraws draws = {};
  bool has_taps = false;  ///< of some utterances' channels
  bool is_mixed = false;  ///< utterances mixed with others
  bool is_noisy = false;  ///< noise added to the input
  auto operator<=>(const SequenceKey&) const = default;
};

/// What suits a back end.
struct BackendTraits {
  int row_step = 1;  ///< rows are filled up to a multiple of it, so that more batches share a sequence's key
  int batches_per_readback = 1;  ///< results should be read back no more often: that waits until all work is done
};

/// A machine. Results depend on the machine's kind and its instruction set alone, never on its number of threads.
template <class Real>
class Backend : public Memory {
 public:
  /// As the device is chosen: "cpu", "cuda:0".
  virtual std::string name() const = 0;
  virtual BackendTraits traits() const = 0;
  /// Bytes of the spikes of that many rows, as it keeps them.
  virtual std::size_t spike_bytes(std::size_t n_rows, int n_neurons) const = 0;
  /// Keeps the values of a data set where bodies can read them, if they fit beside `leave_free` bytes that others will
  /// want of the back end's memory. They are kept until the returned pointer ends, which must be before the back end; until
  /// then the host's values must not change or move. Null: not kept. Throws std::runtime_error.
  virtual std::shared_ptr<void> keep(const UtteranceBytes& utterances, std::size_t leave_free) = 0;
  /// Where bodies find those values until the next call, in that order: what is not kept is copied. Null for no values.
  virtual std::vector<const void*> fetch(const UtteranceBytes& utterances) = 0;
  /// Does what `sequence` does: by calling it, or by repeating what it did when it was called under the same key. It may
  /// only run stages and bodies, under one key always with the same arguments.
  virtual void repeat(const SequenceKey& key, const std::function<void()>& sequence) = 0;
  virtual void run(const ForwardStage<Real>& stage) = 0;
  virtual void run(const BackwardStage<Real>& stage) = 0;
  virtual void run(const WeightGradient<Real>& product) = 0;
  virtual void run(const ScanBody<Real>& body) = 0;
};

/// Which machine, and how.
struct BackendChoice {
  std::string device = "cpu";  ///< "cpu", "cuda", "cuda:N", or "auto": a CUDA device if one can be used, else the CPU
  int n_threads = 0;           ///< of the CPU; 0: all that the machine offers
  std::string isa = "auto";    ///< kernels of the CPU: one of isa_names(), or "auto": the best of them
  std::string precision =
      "fp32";  ///< of the products on a CUDA device: "fp32", "tf32" or "bf16"; the CPU has fp32 only
};

/// The device of a choice, once "auto" is decided.
struct ResolvedDevice {
  std::string device;   ///< "cpu" or "cuda:N"
  std::string label;    ///< the same with the device's name
  std::string why_cpu;  ///< under "auto": why no CUDA device can be used; empty if one can
};

/// Throws what make_backend throws, as far as it can be told without taking memory.
ResolvedDevice resolve_device(const BackendChoice& choice);

/// Throws std::invalid_argument for a choice that this build does not know, std::runtime_error for a device that cannot
/// be used, naming why. A back end is used by one thread at a time.
std::unique_ptr<Backend<float>> make_backend(const BackendChoice& choice);

/// The CPU alone, as make_backend has it. Real: float; the tests' own library has double.
template <class Real>
std::unique_ptr<Backend<Real>> make_cpu_backend(int n_threads, const std::string& isa);

/// Instruction sets of the CPU back end that this machine can run, the best one first; the last one is "baseline".
std::vector<std::string> isa_names();

}  // namespace snn
