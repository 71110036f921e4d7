#pragma once
// The one parallel loop of the project.
#include <functional>

namespace snn {

/// Calls body(chunk) once for each chunk in 0..n_chunks-1, on at most n_threads threads (0: all that the machine
/// offers; fewer where the system refuses so many), and returns when all are done. The caller cuts the work into chunks that do not depend on n_threads, and
/// adds partial results in chunk order; then threads cannot change a bit. In every thread subnormal numbers are flushed
/// to zero while body runs. If bodies throw, the remaining chunks may be left out, and the exception of the lowest
/// chunk that threw is passed on.
void parallel_for(int n_chunks, int n_threads, const std::function<void(int)>& body);

/// The same, and the body is told which of the at most count_threads(n_threads) workers it runs on, from 0: for scratch
/// memory of its own.
void parallel_workers(int n_chunks, int n_threads, const std::function<void(int chunk, int worker)>& body);

/// Most workers that a parallel loop of n_threads has; 0: all that the machine offers.
int count_threads(int n_threads);

/// Number of threads that the machine offers to this process, at least 1.
int available_threads();

/// Flushes subnormal results and operands to zero in this thread while it lives: they cost a hundredfold and carry
/// nothing.
class FlushSubnormals {
 public:
  FlushSubnormals();
  ~FlushSubnormals();
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
  unsigned long long before_;
};

}  // namespace snn
