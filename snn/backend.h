#pragma once
// The contract between the network and the machine that runs it: memory, matrix products, and every scan body.
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "snn/scan/adam_update.h"
#include "snn/scan/backward_scan.h"
#include "snn/scan/forward_scan.h"
#include "snn/scan/loss_grad.h"
#include "snn/scan/reductions.h"

namespace snn {

/// Memory of a back end. Pointers are the back end's own: only its bodies and copies may follow them.
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

/// C = op(A) op(B), or C += op(A) op(B). All row-major without gaps: op(A) is m x k, op(B) k x n, C m x n.
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

/// A machine. Results depend on the back end's instruction set alone, never on its number of threads.
template <class Real>
class Backend : public Memory {
 public:
  virtual std::string name() const = 0;
  virtual void product(const Product<Real>& product) = 0;
  virtual void run(const InputScan<Real>& body) = 0;
  virtual void run(const ForwardScan<Real>& body) = 0;
  virtual void run(const FiringRate& body) = 0;
  virtual void run(const ClassSums<Real>& body) = 0;
  virtual void run(const LossGrad<Real>& body) = 0;
  virtual void run(const BackwardScan<Real>& body) = 0;
  virtual void run(const BatchSum<Real>& body) = 0;
  virtual void run(const SquareSums<Real>& body) = 0;
  virtual void run(const GradientNorm& body) = 0;
  virtual void run(const AdamUpdate<Real>& body) = 0;
};

/// The back end of a device name: "cpu" with that many threads (0: all that the machine offers). Throws
/// std::invalid_argument for a name that this build does not know. Real: float or double.
template <class Real>
std::unique_ptr<Backend<Real>> make_backend(const std::string& device, int n_threads);

}  // namespace snn
