#pragma once
// Bare OpenBLAS products on one thread, and the processor time they take.
#include <string>
#include <vector>

#include "scripts/bench/cases.h"

namespace bench {

/// Processor time of all threads of this process so far, in seconds.
double cpu_seconds();

/// The products of a case with memory of their own, filled with values of the size that potentials and errors have.
class Products {
 public:
  explicit Products(const Case& each);
  const std::vector<Gemm>& gemms() const { return gemms_; }
  /// Runs product `i` once; its processor time in seconds.
  double run(std::size_t i);

 private:
  std::vector<Gemm> gemms_;
  std::vector<float> a_, b_, c_;  // as large as the largest product needs
};

/// Holds OpenBLAS to one thread; its version, kernel and number of threads, for the record. Throws std::runtime_error
/// if it would use more, or if the environment chooses the kernel in its place.
std::string prepare_blas();

/// A line "case,repetition,part,connection,m,n,k,cpu_s" and the header of such lines.
std::string csv_header();
std::string csv_line(const Case& each, int repetition, const Gemm& gemm, double seconds);
std::string csv_line(const Case& each, int repetition, const std::string& part, double seconds);

}  // namespace bench
