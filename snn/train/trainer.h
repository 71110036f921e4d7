#pragma once
// Training: epochs of batches, validation, and a state that can be put down and taken up without a trace.
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "snn/data/augment.h"
#include "snn/data/dataset.h"
#include "snn/files/checkpoint.h"
#include "snn/model/folding.h"
#include "snn/network/network.h"
#include "snn/score/calibration.h"
#include "snn/train/optimiser.h"

namespace snn {

/// After a batch; loss and accuracy are those of the epoch up to the batch that was last read back from the back end.
/// Epochs and batches count from 1.
struct BatchReport {
  int epoch = 0, n_epochs = 0;
  int batch = 0, n_batches = 0;
  std::int64_t n_counted = 0;  ///< utterances that the means are of; 0: nothing was read back yet
  double loss = 0.0;           ///< mean per utterance (kernel, count) or mean cross-entropy (softmax)
  double accuracy = 0.0;       ///< 0..1, of decisions before each batch's update
};

/// L2 norms of an array's gradient, means over the updates of an epoch.
struct GradientReport {
  double norm = 0.0;     ///< before the clip
  double clipped = 0.0;  ///< behind it
  bool operator==(const GradientReport&) const = default;
};

/// An array's values at the end of an epoch.
struct ArrayReport {
  std::string name;
  double min = 0.0, mean = 0.0, max = 0.0;
  double rms = 0.0;                          ///< root of the mean square
  std::optional<GradientReport> gradient{};  ///< of a trained array
  bool operator==(const ArrayReport&) const = default;
};

/// After an epoch.
struct EpochReport {
  int epoch = 0, n_epochs = 0;           ///< from 1
  double loss = 0.0, accuracy = 0.0;     ///< as in BatchReport, of the whole epoch
  double gradient_norm = 0.0;            ///< mean over batches, before the clip
  double rate_factor = 1.0;              ///< the schedule's at the last update
  std::vector<double> firing_rates;      ///< of each layer 1..L that fires, 0..1, over the epoch
  NeuronShares neurons;                  ///< over the epoch
  std::vector<double> surrogate_shares;  ///< rule layer: of each layer, of the batches in which it took the surrogate
  std::vector<ArrayReport> arrays;       ///< of all, as they are trained on, not averaged
  std::optional<CorrectCount> valid;     ///< on the validation set, after the epoch
  bool is_best = false;                  ///< a better validation accuracy than in any epoch before
  std::optional<double> best_accuracy;   ///< on the validation set so far
  int best_epoch = 0;                    ///< its epoch, from 1
};

/// A run at its beginning: initial parameters from the seed, or those given. The model's classes are those of the
/// training set.
/// Throws std::invalid_argument for parameters or data that do not fit.
Checkpoint start_training(const TrainingParams& params, const Dataset& train, const Dataset* valid,
                          const std::string& input_kind, const std::string& recipe_json,
                          std::optional<Tensors> initial = {});

/// Of all arrays, in the order of the layout. gradients: of the trained ones, in the same order, over n_updates. Throws
/// std::invalid_argument for gradients of another number of arrays, std::out_of_range for an array that is missing.
std::vector<ArrayReport> array_reports(const ArrayLayout& layout, const Tensors& parameters,
                                       std::span<const ArrayGradient> gradients, std::int64_t n_updates);

/// Trains one network. The result depends on parameters, data and the back end's instruction set alone: not on threads,
/// and not on how often the run was stopped and resumed.
class Trainer {
 public:
  /// Goes on from `state`: of start_training, or read back from a file. `valid` may be null. Everything referred to
  /// must outlive the trainer. Throws std::invalid_argument if data and state do not fit.
  Trainer(Checkpoint state, const Dataset& train, const Dataset* valid, Backend<float>& backend);

  const TrainingParams& params() const { return state_.model.training; }
  int n_epochs_done() const { return state_.epoch; }
  bool is_done() const { return state_.epoch >= params().n_epochs; }
  /// Runs the epoch in progress to its end. After each batch `on_batch` decides whether to go on; if not, returns
  /// nothing, and a later call, or another trainer with state(), continues there. Throws std::runtime_error for a
  /// gradient that is not finite, naming epoch, batch and keys; state() is then that before the batch, however late it was
  /// seen. So it does at the end of an epoch whose running means or variances are not finite; there is no state() then.
  std::optional<EpochReport> run_epoch(const std::function<bool(const BatchReport&)>& on_batch);

  /// Everything that a resumed run needs.
  Checkpoint state() const;
  /// The network that is scored, as it is now, with the calibration of its confidences where there is a validation set. which: "last"
  /// or "best".
  Model model(const std::string& which) const;

 private:
  void rehearse();
  void run_batch(std::span<const int> distinct);
  void step(std::span<const int> indices);
  bool make_room();
  bool has_layer_rule() const { return params().gradient.rule == Rule::kLayer; }
  void restore_counts();
  void read_back();
  [[noreturn]] void stop();
  std::int64_t count_steps(std::span<const int> indices) const;
  Checkpoint::Sums sums() const;
  Folded scored() const;
  CorrectCount score_valid();
  BatchReport batch_report() const;
  EpochReport finish_epoch();

  Checkpoint state_;  // without parameters, moments and sums, which live elsewhere; state() adds them
  const Dataset* train_;
  const Dataset* valid_;
  std::shared_ptr<void> train_values_, valid_values_;  // where the back end keeps them
  Network<float> network_;
  Optimiser<float> optimiser_;
  EpochCounts counts_;
  std::optional<Network<float>> scorer_;  // the network that validation sees, where it is not the one that is trained
  int n_batches_;
  std::int64_t n_utterances_ = 0, n_steps_ = 0;  // of the epoch in progress
  EpochSums counted_;                            // of the epoch in progress, when it was last read back
  GradientState gradient_;                       // likewise
  std::int64_t n_utterances_read_ = 0;           // likewise
  std::optional<double> valid_accuracy_;         // of the last epoch
  std::optional<Calibration> calibration_;       // likewise
};

}  // namespace snn
