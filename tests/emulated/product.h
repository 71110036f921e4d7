#pragma once
// The product behind the emulated cublasGemmEx. Inner header of tests/emulated/.

namespace emulated {

/// What the operands are rounded to before they are multiplied.
enum class Rounding { none, tf32, bf16 };

/// The float with 10 bits of mantissa (of 23) nearest to x, of two the one of larger size.
float round_to_tf32(float x);

/// The float with 7 bits of mantissa (of 23) nearest to x, of two the even one.
float round_to_bf16(float x);

/// C = alpha op(A) op(B) + beta C, column-major with leading dimensions; op(A) is m x k, op(B) k x n. C is not read if
/// beta is 0. Each sum is taken over k in ascending order, in T.
template <typename T>
struct Product {
  bool transpose_a, transpose_b;
  int m, n, k;
  T alpha;
  const T* a;
  int ld_a;
  const T* b;
  int ld_b;
  T beta;
  T* c;
  int ld_c;
  Rounding rounding;  // none for double
};

void multiply(const Product<float>& product);
void multiply(const Product<double>& product);

}  // namespace emulated
