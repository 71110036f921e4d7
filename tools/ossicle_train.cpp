// Trains a network on a stream.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "snn/train/trainer.h"
#include "tools/common/config_file.h"
#include "tools/common/io.h"
#include "tools/common/load.h"
#include "tools/common/run_tool.h"
#include "tools/common/stop_signals.h"
#include "tools/options/backend_options.h"
#include "tools/options/training_options.h"
#include "tools/train/inputs.h"
#include "tools/train/report.h"
#include "tools/train/run_files.h"

namespace {

struct Options {
  std::vector<std::string> streams;
  std::string model;
  std::vector<std::string> variants;
  std::vector<std::string> unknown;
  tools::ValidationOptions valid;
  std::string init;
  std::string log;
  std::string config;
  tools::BackendOptions backend;
  bool resume = false;
  bool overwrite = false;
  bool dry_run = false;
  snn::TrainingChoices choices;
};

const tools::ToolInfo kInfo = {"ossicle-train",
                               "Trains a skip-connected self-recurrent spiking network on streams of utterances.",
                               "ossicle-lyon --list train.tsv | ossicle-train -o digits.model --epochs 30"};

void define(CLI::App& app, Options& o) {
  app.add_option("STREAM", o.streams, "Streams to train on; - or none: standard input");
  app.add_option("-o,--output", o.model,
                 "Model to write; MODEL.ckpt and, with a validation set, MODEL.best stand beside it")
      ->type_name("MODEL");
  app.add_option("--variant", o.variants,
                 "Stream of the same recordings in another form, such as with noise: for each utterance and epoch one "
                 "of all forms is drawn; may be given again")
      ->type_name("STREAM")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--unknown", o.unknown,
                 "Stream of other words and noise: one class (unknown) more, whatever their labels; may be given again")
      ->take_all()
      ->allow_extra_args(false);
  tools::add_validation_options(app, o.valid);
  app.add_option(
         "--init", o.init,
         "Model to start from: its network and its parameters, instead of drawn ones. Output neurons go with the "
         "names of their classes; those of new classes are drawn")
      ->type_name("MODEL");
  app.add_option("--log", o.log, "File that gets one JSON line an epoch")->type_name("FILE");
  tools::add_backend_options(app, o.backend);
  app.add_flag("--resume,!--no-resume", o.resume, "Go on from MODEL.ckpt if it is there");
  app.add_flag("--overwrite,!--no-overwrite", o.overwrite,
               "Begin anew, and write over the model, the best model, the checkpoint and the log that are there");
  app.add_flag("--dry-run,!--no-dry-run", o.dry_run,
               "Read the streams, say what the training would take, train nothing and write nothing");
  tools::add_config(app, o.config);
  tools::add_training_options(app, o.choices);
}

void check(Options& o) {
  tools::check(o.backend);
  if (o.model.empty() && !o.dry_run) throw std::invalid_argument("--output is required; name the model with -o");
  if (!o.unknown.empty() && !o.variants.empty()) {
    throw std::invalid_argument(
        "--unknown and --variant: wanted one of them; a variant has the recordings of STREAM alone");
  }
  if (o.resume && o.overwrite) throw std::invalid_argument("--resume and --overwrite: wanted one of them");
}

void train(snn::Trainer& trainer, tools::RunFiles& files, tools::Context& context) {
  tools::Progress progress(context.quiet());
  tools::ActivityWarnings warnings;
  tools::stop_on_signals();
  while (!trainer.is_done()) {
    const auto report = trainer.run_epoch([&](const snn::BatchReport& batch) {
      progress.batch(batch);
      return !tools::stop_asked();
    });
    if (!report) {
      files.write_checkpoint(trainer.state());
      throw std::runtime_error(fmt::format(
          "stopped; {} holds the run so far: give the same command with --resume to go on", files.checkpoint_path()));
    }
    progress.epoch(*report);
    for (const std::string& warning : warnings.look(*report, trainer.params().network.normalised))
      context.warn(warning);
    if (report->is_best) files.write_best(trainer.model("best"));
    files.log(*report, trainer.params(), progress.seconds());
    files.write_checkpoint(trainer.state());
  }
}

/// No output may be an input or another output.
void keep_inputs(const Options& o) {
  std::vector<std::string> inputs = o.streams;
  inputs.insert(inputs.end(), o.variants.begin(), o.variants.end());
  inputs.insert(inputs.end(), o.unknown.begin(), o.unknown.end());
  inputs.insert(inputs.end(), {o.valid.stream, o.init, o.config});
  tools::require_other_files({o.log}, inputs);
  inputs.push_back(o.log);
  for (const char* suffix : {"", ".ckpt", ".best"}) {
    if (!o.model.empty()) tools::require_other_files({o.model + suffix}, inputs);
  }
}

/// Delays that are asked for must be shorter than some utterance.
void require_delays_that_count(const snn::TrainingChoices& choices, const snn::Dataset& train) {
  int longest = 0;
  for (const snn::Utterance& utterance : train.utterances) longest = std::max(longest, utterance.n_steps);
  for (const auto* delays : {&choices.delays, &choices.input_delays, &choices.forward_delays, &choices.skip_delays}) {
    if (!*delays || (*delays)->back() < longest) continue;
    throw std::invalid_argument(fmt::format(
        "a delay of {} steps carries nothing: the longest utterance has {} steps; give shorter delays, or make the "
        "stream with more steps",
        (*delays)->back(), longest));
  }
}

snn::TrainingParams resolve(const Options& o, const snn::Dataset& train, const std::optional<snn::Model>& init,
                            tools::Context& context) {
  const auto n_classes = static_cast<int>(train.classes.size());
  snn::Resolved resolved = init ? snn::resolve_from(*init, o.choices, train.n_channels, n_classes)
                                : snn::resolve(o.choices, train.n_channels, n_classes);
  snn::require_effect(o.choices, resolved.params);
  if (init) snn::require_drawn(o.choices, *init, train.classes);
  require_delays_that_count(o.choices, train);
  for (const std::string& note : resolved.notes) context.note(note);
  return std::move(resolved.params);
}

snn::MemoryForecast forecast(const Options& o, const snn::TrainingParams& params, const snn::Dataset& train,
                             const snn::Dataset* valid) {
  snn::MemoryForecast memory = training_memory(params, largest_batch(train, valid, params.batch_size),
                                               o.backend.choice.device, o.backend.choice.n_threads, valid != nullptr);
  memory.data = dataset_memory(train) + (valid != nullptr ? dataset_memory(*valid) : 0);
  return memory;
}

/// The run at its beginning.
snn::Checkpoint start(const Options& o, const snn::TrainingParams& params, const tools::LoadedStream& stream,
                      const snn::Dataset* valid, const std::optional<snn::Model>& init, tools::Context& context) {
  std::optional<snn::Tensors> parameters;
  if (init) {
    snn::WarmStart from = snn::warm_start(*init, stream.dataset.classes, params);
    context.note(tools::describe(from, o.init));
    std::vector<std::string> unmatched = from.new_classes;
    unmatched.insert(unmatched.end(), from.left_classes.begin(), from.left_classes.end());
    tools::warn_of_look_alikes(unmatched, "labels", context);
    parameters = std::move(from.parameters);
  }
  snn::Checkpoint state = snn::start_training(params, stream.dataset, valid, ear::kind_name(stream.header.kind),
                                              ear::to_json(stream.header.recipe), std::move(parameters));
  state.model.longest_ms = stream.longest_ms;
  if (valid == nullptr) {
    context.note("no validation part: the model cannot say how sure it is; --valid-fraction 0.1 makes it");
  }
  return state;
}

void say_best(const snn::Checkpoint& last, const tools::RunFiles& files, tools::Context& context) {
  if (!last.best_accuracy) return;
  context.note(fmt::format("last epoch: valid {:.2f} %; best: {:.2f} % at epoch {} ({})",
                           100.0 * last.model.valid_accuracy.value_or(0.0), 100.0 * *last.best_accuracy,
                           last.best_epoch + 1, files.best_path()));
  if (last.model.calibration) return;
  context.warn(fmt::format("the model has no calibration: it {}", tools::why_no_calibration(last.model)));
}

tools::RunStart start_of(const Options& o) {
  if (o.resume) return tools::RunStart::kResume;
  return o.overwrite ? tools::RunStart::kOverwrite : tools::RunStart::kNew;
}

/// A state that does not fit is that of a checkpoint.
snn::Trainer make_trainer(snn::Checkpoint state, const snn::Dataset& train, const snn::Dataset* valid,
                          snn::Backend<float>& backend, const std::string& checkpoint) {
  try {
    return {std::move(state), train, valid, backend};
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(fmt::format("{}: {}. --overwrite begins anew", checkpoint, error.what()));
  }
}

void run(Options& o, tools::Context& context) {
  keep_inputs(o);
  std::optional<tools::RunFiles> places;
  if (!o.dry_run) places.emplace(o.model, o.log, start_of(o));
  tools::LoadedStream stream = tools::load_streams(o.streams);
  const std::string name = o.streams.empty() ? "standard input" : o.streams.front();
  tools::require_labels(name, stream.header);
  tools::require_no_silence(name, stream.header);
  tools::warn_of_look_alikes(stream.header.classes, "labels", context);
  tools::add_unknown(o.unknown, stream, context);
  const std::optional<snn::Dataset> valid = take_validation_set(o.valid, name, stream, context);
  const snn::Dataset* valid_set = valid ? &*valid : nullptr;
  tools::add_variants(o.variants, valid_set, stream);
  const std::optional<snn::Model> init = tools::read_start(o.init, name, stream);
  const snn::TrainingParams params = resolve(o, stream.dataset, init, context);
  const snn::MemoryForecast memory = forecast(o, params, stream.dataset, valid_set);
  if (o.dry_run) {
    fmt::print("{}", tools::to_text(memory));
    return;
  }
  tools::require_memory(memory);
  tools::RunFiles& files = *places;
  snn::Checkpoint state = start(o, params, stream, valid_set, init, context);
  std::optional<int> epochs_before;  // of a resumed run
  if (o.resume) {
    std::optional<snn::Checkpoint> found = files.find_checkpoint(state);
    if (!found) context.note(fmt::format("{}: not there, beginning from the start", files.checkpoint_path()));
    if (found) epochs_before = found->epoch;
    if (found) state = std::move(*found);
    if (found && state.epoch >= state.model.training.n_epochs) context.note("all epochs of this run are done");
  }
  const auto backend = tools::make_backend(o.backend, context);
  const std::uint64_t log_bytes = state.log_bytes;
  snn::Trainer trainer = make_trainer(std::move(state), stream.dataset, valid_set, *backend, files.checkpoint_path());
  if (const std::string warning = files.open_log(log_bytes, epochs_before); !warning.empty()) context.warn(warning);
  if (!epochs_before) files.begin(trainer.state());
  train(trainer, files, context);
  files.write_model(trainer.model("last"));
  say_best(trainer.state(), files, context);
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
