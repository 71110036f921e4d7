#pragma once
// The files of a training run: MODEL, MODEL.best, MODEL.ckpt and the log. Each is replaced as a whole or not at all.
#include <cstdint>
#include <optional>
#include <string>

#include "snn/checkpoint.h"
#include "snn/trainer.h"

namespace tools {

class RunFiles {
 public:
  /// model: path of the model. log: path of the log, or empty. Throws std::runtime_error if the model cannot be written
  /// there.
  RunFiles(std::string model, std::string log);

  /// The checkpoint of the run that `fresh` began, or nothing if there is none. Throws std::runtime_error if it is
  /// damaged or of another run: other data, parameters or recipe.
  std::optional<snn::Checkpoint> find_checkpoint(const snn::Checkpoint& fresh) const;
  /// Throws std::runtime_error if an unfinished run lies there, which a new one would write over.
  void refuse_unfinished() const;

  /// Starts the log anew, or cuts it back to the n_bytes that the checkpoint of a resumed run saw. Throws std::runtime_error
  /// if the file is no log of a training, if it is shorter, or if a resumed run, of which epochs_before are done,
  /// knows nothing of what stands in it.
  void open_log(std::uint64_t n_bytes, std::optional<int> epochs_before);
  /// Adds the epoch's line to the log.
  void log(const snn::EpochReport& report, const snn::TrainingParams& params, double seconds);

  /// The checkpoint of a run at its beginning, in place of what an earlier run left: its MODEL.best would pass for this one's.
  void begin(const snn::Checkpoint& state) const;
  void write_checkpoint(snn::Checkpoint state) const;
  void write_best(const snn::Model& model) const;
  /// The last epoch's.
  void write_model(const snn::Model& model) const;

  std::string checkpoint_path() const { return model_ + ".ckpt"; }
  std::string best_path() const { return model_ + ".best"; }

 private:
  snn::Checkpoint read_checkpoint_there() const;

  std::string model_;
  std::string log_;
  std::uint64_t log_bytes_ = 0;
};

}  // namespace tools
