#pragma once
// Batch normalisation of a layer's drive, forward and backward. Sums run over an utterance's steps, then over the utterances, in a
// fixed order and in double.
#include <cstddef>

#include "snn/base/hd.h"
#include "snn/neuron/adam.h"
#include "snn/neuron/normalisation.h"
#include "snn/scan/reductions.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// Sums of each utterance: of the drive and of its square, or of the product of drive's normalised form and error.
template <class Real>
struct DriveSums {
  Shape shape;           // n_batch: utterances of the batch, without what fills up its rows
  const int* row_begin;  // [B + 1]
  const Real* drive;     // [rows][N]
  double* sums;          // [B][N], out
  double* squares;       // [B][N], out

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    double sum[kWidth] = {}, square[kWidth] = {};
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      const Real* SNN_RESTRICT values = drive + shape.index(row, first);
      for (int j = 0; j < last - first; ++j) {
        const auto value = static_cast<double>(values[j]);
        sum[j] += value;
        square[j] += value * value;
      }
    }
    for (int j = 0; j < last - first; ++j) {
      sums[shape.batch_index(b, first + j)] = sum[j];
      squares[shape.batch_index(b, first + j)] = square[j];
    }
  }
};

/// What normalising a layer needs of a batch, [N] each.
template <class Real>
struct NormFactors {
  Real* mean;
  Real* variance;
  Real* inv_deviation;
};

/// A tile's part of an array of neurons: a processor keeps it beside the rows, which a pointer might change.
template <int kWidth, class Real>
SNN_HD void copy_tile(const Real* from, int first, int last, Real (&to)[kWidth]) {
  for (int j = 0; j < last - first; ++j) to[j] = from[first + j];
}

/// From the sums of all utterances.
template <class Real>
struct FindNorm {
  int n_batch;
  int n_neurons;
  const int* n_rows;      // one number: steps of the batch
  const double* sums;     // [B][N]
  const double* squares;  // [B][N]
  NormFactors<Real> out;

  SNN_HD Extent extent() const { return {1, n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int, int first, int last) const {
    for (int n = first; n < last; ++n) {
      const Moments found = moments_of(sum_in_order(sums + n, n_neurons, n_batch),
                                       sum_in_order(squares + n, n_neurons, n_batch), static_cast<double>(*n_rows));
      out.mean[n] = static_cast<Real>(found.mean);
      out.variance[n] = static_cast<Real>(found.variance);
      out.inv_deviation[n] = static_cast<Real>(inverse_deviation(found.variance));
    }
  }
};

/// u = gain normalised(drive) + bias.
template <class Real>
struct ApplyNorm {
  Shape shape;
  const int* row_begin;  // [B + 1]
  const Real* drive;     // [rows][N]
  NormFactors<Real> norm;
  const Real* gain;  // [N]
  const Real* bias;  // [N]
  Real* u;           // [rows][N], out

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    Real mean[kWidth], inv_deviation[kWidth], factor[kWidth], offset[kWidth];
    copy_tile(norm.mean, first, last, mean);
    copy_tile(norm.inv_deviation, first, last, inv_deviation);
    copy_tile(gain, first, last, factor);
    copy_tile(bias, first, last, offset);
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      const Real* SNN_RESTRICT from = drive + shape.index(row, first);
      Real* SNN_RESTRICT to = u + shape.index(row, first);
      for (int j = 0; j < last - first; ++j) {
        to[j] = scaled_drive(normalised_drive(from[j], mean[j], inv_deviation[j]), factor[j], offset[j]);
      }
    }
  }
};

/// An utterance's part of dL/dgain: the sum of error times normalised drive.
template <class Real>
struct GainSums {
  Shape shape;
  const int* row_begin;  // [B + 1]
  const Real* drive;     // [rows][N]
  const Real* error;     // [rows][N], dL/d scaled drive
  NormFactors<Real> norm;
  Real* dgain;  // [B] rows of part_stride, out
  std::size_t part_stride;

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    Real sum[kWidth] = {}, mean[kWidth], inv_deviation[kWidth];
    copy_tile(norm.mean, first, last, mean);
    copy_tile(norm.inv_deviation, first, last, inv_deviation);
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      const Real* SNN_RESTRICT from = drive + shape.index(row, first);
      const Real* SNN_RESTRICT e = error + shape.index(row, first);
      for (int j = 0; j < last - first; ++j) sum[j] += e[j] * normalised_drive(from[j], mean[j], inv_deviation[j]);
    }
    for (int j = 0; j < last - first; ++j) {
      dgain[static_cast<std::size_t>(b) * part_stride + static_cast<std::size_t>(first + j)] = sum[j];
    }
  }
};

/// Means over the batch's steps of the error and of error times normalised drive, from the utterances' parts of the gradients.
template <class Real>
struct FindErrorMeans {
  int n_batch;
  int n_neurons;
  const int* n_rows;  // one number: steps of the batch
  const Real* dbias;  // [B] rows of part_stride
  const Real* dgain;  // likewise
  std::size_t part_stride;
  Real* mean_error;    // [N], out
  Real* mean_product;  // [N], out

  SNN_HD Extent extent() const { return {1, n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int, int first, int last) const {
    const auto stride = static_cast<int>(part_stride);
    const auto n = static_cast<double>(*n_rows);
    for (int i = first; i < last; ++i) {
      mean_error[i] = static_cast<Real>(sum_in_order(dbias + i, stride, n_batch) / n);
      mean_product[i] = static_cast<Real>(sum_in_order(dgain + i, stride, n_batch) / n);
    }
  }
};

/// dL/d scaled drive -> dL/d drive, in place; zero in the rows that fill up the batch.
template <class Real>
struct UndoNorm {
  Shape shape;
  int n_utterances;      // of the batch
  const int* row_begin;  // [B + 1]
  const Real* drive;     // [rows][N]
  Real* error;           // [rows][N], in and out
  NormFactors<Real> norm;
  const Real* gain;          // [N]
  const Real* mean_error;    // [N]
  const Real* mean_product;  // [N]

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const bool is_there = b < n_utterances;
    Real mean[kWidth], inv_deviation[kWidth], factor[kWidth], of_error[kWidth], of_product[kWidth];
    copy_tile(norm.mean, first, last, mean);
    copy_tile(norm.inv_deviation, first, last, inv_deviation);
    copy_tile(gain, first, last, factor);
    copy_tile(mean_error, first, last, of_error);
    copy_tile(mean_product, first, last, of_product);
    for (int j = 0; j < last - first; ++j) factor[j] *= inv_deviation[j];
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      const Real* SNN_RESTRICT from = drive + shape.index(row, first);
      Real* SNN_RESTRICT e = error + shape.index(row, first);
      for (int j = 0; j < last - first; ++j) {
        const Real normalised = normalised_drive(from[j], mean[j], inv_deviation[j]);
        const Real found = unnormalised_error(e[j], normalised, factor[j], of_error[j], of_product[j]);
        e[j] = is_there ? found : Real(0);
      }
    }
  }
};

/// Running mean and variance of a layer, after an update that was not stopped.
template <class Real>
struct KeepNorm {
  int n_neurons;
  const GradientState* state;
  const AdamCoeffs<Real>* coeffs;  // of the update
  NormFactors<Real> norm;          // of the batch
  Real* mean;                      // [N], in and out
  Real* variance;                  // [N], in and out

  SNN_HD Extent extent() const { return {1, n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int, int first, int last) const {
    if (state->stopped_at != 0) return;
    const Real rate = coeffs->running_rate;
    for (int n = first; n < last; ++n) {
      mean[n] = running_step(mean[n], norm.mean[n], rate);
      variance[n] = running_step(variance[n], norm.variance[n], rate);
    }
  }
};

}  // namespace snn
