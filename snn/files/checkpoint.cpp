#include "snn/files/checkpoint.h"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>
#include <string_view>

#include "snn/base/hash.h"
#include "snn/files/metadata.h"
#include "snn/files/model_json.h"
#include "snn/files/safetensors.h"
#include "snn/model/parameter_list.h"

namespace snn {
namespace {

constexpr const char* kFormat = "ossicle-checkpoint";
constexpr const char* kVersion = "2";
constexpr std::string_view kFirstMoment = "adam_m.";
constexpr std::string_view kSecondMoment = "adam_v.";
constexpr std::string_view kAverage = "ema.";
constexpr std::int64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();

void check(const Checkpoint& checkpoint) {
  check(checkpoint.model);
  std::vector<ParameterInfo> trained = parameter_list(checkpoint.model.training.network);
  std::erase_if(trained, [](const ParameterInfo& info) { return !info.trained; });
  check_arrays(trained, checkpoint.adam_m, kFirstMoment);
  check_arrays(trained, checkpoint.adam_v, kSecondMoment, 0.0F);
  if (checkpoint.model.training.optimiser.ema_decay > 0.0) {
    check_arrays(trained, checkpoint.ema, kAverage);
  } else if (!checkpoint.ema.empty()) {
    throw std::invalid_argument(fmt::format("there are arrays {}*, but ema_decay is 0", kAverage));
  }
  const int n_epochs = checkpoint.model.training.n_epochs;
  const bool counts_fit = checkpoint.n_updates >= 0 && checkpoint.epoch >= 0 && checkpoint.epoch <= n_epochs &&
                          checkpoint.next_batch >= 0 && checkpoint.best_epoch >= -1 && checkpoint.best_epoch < n_epochs;
  if (!counts_fit) {
    throw std::invalid_argument(
        fmt::format("update {}, epoch {}, batch {}, best epoch {} cannot be in a training of {} epochs",
                    checkpoint.n_updates, checkpoint.epoch, checkpoint.next_batch, checkpoint.best_epoch, n_epochs));
  }
  if (checkpoint.best_accuracy && !(*checkpoint.best_accuracy >= 0.0 && *checkpoint.best_accuracy <= 1.0)) {
    throw std::invalid_argument(fmt::format("best accuracy is {}; it must be 0 to 1", *checkpoint.best_accuracy));
  }
}

void add_prefixed(const Tensors& tensors, std::string_view prefix, Tensors& all) {
  for (const auto& [name, tensor] : tensors) all[std::string(prefix) + name] = tensor;
}

Tensors take_prefixed(Tensors& all, std::string_view prefix) {
  Tensors taken;
  for (auto it = all.lower_bound(std::string(prefix)); it != all.end() && it->first.starts_with(prefix);
       it = all.erase(it)) {
    taken[it->first.substr(prefix.size())] = std::move(it->second);
  }
  return taken;
}

Checkpoint parse(std::span<const char> bytes) {
  TensorFile file = from_safetensors(bytes, kFormat, kVersion);
  const Metadata& metadata = file.metadata;
  Checkpoint checkpoint;
  read_metadata(metadata, checkpoint.model);
  const int n_epochs = checkpoint.model.training.n_epochs;
  checkpoint.n_updates = get_int(metadata, "n_updates", 0, kMaxInt64);
  checkpoint.epoch = static_cast<int>(get_int(metadata, "epoch", 0, n_epochs));
  checkpoint.next_batch = static_cast<int>(get_int(metadata, "next_batch", 0, std::numeric_limits<int>::max()));
  checkpoint.sums = sums_from_json(get_text(metadata, "sums"));
  checkpoint.best_accuracy = find_share(metadata, "best_accuracy");
  checkpoint.best_epoch = static_cast<int>(get_int(metadata, "best_epoch", -1, n_epochs - 1));
  checkpoint.train_hash = get_hash(metadata, "train_hash");
  checkpoint.valid_hash = find_hash(metadata, "valid_hash");
  checkpoint.init_hash = find_hash(metadata, "init_hash");
  checkpoint.log_bytes = static_cast<std::uint64_t>(get_int(metadata, "log_bytes", 0, kMaxInt64));
  checkpoint.adam_m = take_prefixed(file.tensors, kFirstMoment);
  checkpoint.adam_v = take_prefixed(file.tensors, kSecondMoment);
  checkpoint.ema = take_prefixed(file.tensors, kAverage);
  checkpoint.model.parameters = std::move(file.tensors);
  check(checkpoint);
  return checkpoint;
}

}  // namespace

std::uint64_t hash_of(const Tensors& tensors) {
  Hash hash;
  for (const auto& [name, tensor] : tensors) {
    hash.add(name).add_bytes(std::as_bytes(std::span(tensor.shape)));
    hash.add_bytes(std::as_bytes(std::span(tensor.values)));
  }
  return hash.value();
}

std::string serialise(const Checkpoint& checkpoint) {
  check(checkpoint);
  TensorFile file;
  Metadata& metadata = file.metadata;
  metadata = {{"format", kFormat}, {"format_version", kVersion}};
  write_metadata(checkpoint.model, metadata);
  metadata["n_updates"] = fmt::format("{}", checkpoint.n_updates);
  metadata["epoch"] = fmt::format("{}", checkpoint.epoch);
  metadata["next_batch"] = fmt::format("{}", checkpoint.next_batch);
  metadata["sums"] = sums_to_json(checkpoint.sums);
  if (checkpoint.best_accuracy) metadata["best_accuracy"] = fmt::format("{}", *checkpoint.best_accuracy);
  metadata["best_epoch"] = fmt::format("{}", checkpoint.best_epoch);
  metadata["train_hash"] = hash_text(checkpoint.train_hash);
  if (checkpoint.valid_hash) metadata["valid_hash"] = hash_text(*checkpoint.valid_hash);
  if (checkpoint.init_hash) metadata["init_hash"] = hash_text(*checkpoint.init_hash);
  metadata["log_bytes"] = fmt::format("{}", checkpoint.log_bytes);
  file.tensors = checkpoint.model.parameters;
  add_prefixed(checkpoint.adam_m, kFirstMoment, file.tensors);
  add_prefixed(checkpoint.adam_v, kSecondMoment, file.tensors);
  add_prefixed(checkpoint.ema, kAverage, file.tensors);
  return to_safetensors(file);
}

Checkpoint parse_checkpoint(std::span<const char> bytes, const std::string& name) {
  return with_file_name(name, [&] { return parse(bytes); });
}

Checkpoint read_checkpoint(const std::string& path) {
  // The parameters, two moments and the average of each.
  const auto limit = [](const Metadata& metadata) { return 4 * parameter_bytes(metadata); };
  return with_file_name(path, [&] { return parse(read_safetensors(path, kFormat, kVersion, limit)); });
}

std::string first_difference(const Checkpoint& checkpoint, const Model& wanted, std::uint64_t train_hash,
                             std::optional<std::uint64_t> valid_hash, std::optional<std::uint64_t> init_hash) {
  const Model& found = checkpoint.model;
  std::string difference;
  const auto compare = [&difference](const char* what, const auto& in_checkpoint, const auto& now, const auto& text) {
    if (!difference.empty() || in_checkpoint == now) return;
    difference = fmt::format("{} {} in the checkpoint, {} now", what, text(in_checkpoint), text(now));
  };
  const auto as_it_is = [](const std::string& text) { return text; };
  const auto list = [](const std::vector<std::string>& names) { return shown(strings_to_json(names)); };
  const auto or_none = [](std::optional<std::uint64_t> hash) { return hash ? hash_text(*hash) : "none"; };
  compare("input:", found.input_kind, wanted.input_kind, as_it_is);
  compare("classes:", found.classes, wanted.classes, list);
  if (difference.empty()) difference = first_difference(found.training, wanted.training);
  compare("recipe:", found.recipe_json, wanted.recipe_json, as_it_is);
  compare("training data: hash", checkpoint.train_hash, train_hash, hash_text);
  compare("validation data: hash", checkpoint.valid_hash, valid_hash, or_none);
  compare("parameters to start from: hash", checkpoint.init_hash, init_hash, or_none);
  return difference;
}

}  // namespace snn
