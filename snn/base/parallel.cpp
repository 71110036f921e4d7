#include "snn/base/parallel.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace snn {

namespace {

constexpr int kMostThreads = 256;
constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;  // bits of MXCSR
constexpr unsigned long long kArmFlushToZero = 1ULL << 24;             // bit of FPCR

using Body = std::function<void(int chunk, int worker)>;

/// Runs chunks, until one throws.
class Chunks {
 public:
  Chunks(int n_chunks, const Body& body) : body_(body), errors_(static_cast<std::size_t>(n_chunks)) {}
  void run(int chunk, int worker) {
    if (failed_) return;
    const FlushSubnormals flush;
    try {
      body_(chunk, worker);
    } catch (...) {
      errors_[static_cast<std::size_t>(chunk)] = std::current_exception();
      failed_ = true;
    }
  }
  /// What the lowest chunk threw.
  void rethrow() const {
    const auto first = std::ranges::find_if(errors_, [](const std::exception_ptr& error) { return error != nullptr; });
    if (first != errors_.end()) std::rethrow_exception(*first);
  }

 private:
  const Body& body_;
  std::vector<std::exception_ptr> errors_;  // by chunk
  std::atomic<bool> failed_ = false;
};

}  // namespace

FlushSubnormals::FlushSubnormals() {
#if defined(__x86_64__)
  before_ = _mm_getcsr();
  _mm_setcsr(static_cast<unsigned>(before_) | kFlushToZero | kDenormalsAreZero);
#elif defined(__aarch64__)
  __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
  __asm__ volatile("msr fpcr, %0" : : "r"(before_ | kArmFlushToZero));
#else
  before_ = 0;
#endif
}

FlushSubnormals::~FlushSubnormals() {
#if defined(__x86_64__)
  _mm_setcsr(static_cast<unsigned>(before_));
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(before_));
#endif
}

int available_threads() {
  return std::max(1, omp_get_num_procs());
}

int count_threads(int n_threads) {
  return std::min(n_threads > 0 ? n_threads : available_threads(), kMostThreads);
}

void parallel_for(int n_chunks, int n_threads, const std::function<void(int)>& body) {
  parallel_workers(n_chunks, n_threads, [&body](int chunk, int) { body(chunk); });
}

#if defined(__SANITIZE_THREAD__)

// GCC's OpenMP runtime is not instrumented: the thread sanitizer would see races that are none.
void parallel_workers(int n_chunks, int n_threads, const Body& body) {
  Chunks chunks(n_chunks, body);
  std::atomic<int> next = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < std::min(count_threads(n_threads), n_chunks); ++i) {
      threads.emplace_back([&, i] {
        for (int chunk = next++; chunk < n_chunks; chunk = next++) chunks.run(chunk, i);
      });
    }
  }
  chunks.rethrow();
}

#else

namespace {

/// How many of `n` threads, this one among them, can be had at once.
int try_threads(int n) {
  std::vector<std::jthread> threads;
  std::promise<void> all_there;
  const std::shared_future<void> end = all_there.get_future().share();
  try {
    while (static_cast<int>(threads.size()) + 1 < n) threads.emplace_back([end] { end.wait(); });
  } catch (const std::system_error&) {
  } catch (const std::bad_alloc&) {
  }
  all_there.set_value();
  return static_cast<int>(threads.size()) + 1;
}

/// OpenMP ends the program, with exit code 1, if it cannot create a thread. So it is asked for no more than half of what can be
/// had: it makes new threads before those of the last loop have quite ended.
int usable_threads(int n_threads) {
  static std::mutex mutex;
  static int n_tried = 1, limit = kMostThreads;
  const std::lock_guard lock(mutex);
  if (n_threads > n_tried) {
    limit = std::min(limit, std::max(1, try_threads(2 * n_threads) / 2));
    n_tried = n_threads;
  }
  return std::min(n_threads, limit);
}

}  // namespace

void parallel_workers(int n_chunks, int n_threads, const Body& body) {
  Chunks chunks(n_chunks, body);
  const int wanted = n_chunks > 1 ? std::min(usable_threads(count_threads(n_threads)), n_chunks) : n_chunks;
  if (wanted <= 1) {
    for (int chunk = 0; chunk < n_chunks; ++chunk) chunks.run(chunk, 0);
  } else {
#pragma omp parallel for schedule(dynamic, 1) num_threads(wanted)
    for (int chunk = 0; chunk < n_chunks; ++chunk) chunks.run(chunk, omp_get_thread_num());
  }
  chunks.rethrow();
}

#endif

}  // namespace snn
