#include "tests/snn/sample_model.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cstring>
#include <stdexcept>

#include "snn/model/parameter_list.h"
#include "snn/model/presets.h"

namespace snn {
namespace {

Tensor pattern(const std::vector<std::int64_t>& shape, std::int64_t n, int low) {
  Tensor tensor{shape, {}};
  for (std::int64_t i = 0; i < n; ++i) tensor.values.push_back(static_cast<float>(i % 7 - low) / 8.0F);
  return tensor;
}

}  // namespace

Model sample_model() {
  TrainingChoices choices{.preset = "plain"};
  choices.hidden = {4, 4, 4};
  choices.skips = std::vector<Skip>{{1, 3}, {0, 2}};
  choices.values = {{"lr_theta", 0.001}, {"seed", std::uint64_t{18446744073709551615U}}};
  Model model;
  model.training = resolve(choices, 3, 2).params;
  model.classes = {"\"nein\", \\", "j\xc3\xa4"};
  model.input_kind = "cochleagram";
  model.recipe_json = R"([{"tool":"ossicle-lyon","params":{"ear_q":8.0}}])";
  model.which = "best";
  model.n_epochs_done = 7;
  model.valid_accuracy = 0.1 + 0.2;
  for (const ParameterInfo& info : parameter_list(model.training.network)) {
    model.parameters[info.name] = pattern(info.shape, info.n_values(), info.kind == ParameterKind::kTheta ? 0 : 3);
  }
  return model;
}

Checkpoint sample_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.model = sample_model();
  for (const ParameterInfo& info : parameter_list(checkpoint.model.training.network)) {
    if (!info.trained) continue;
    checkpoint.adam_m[info.name] = pattern(info.shape, info.n_values(), 2);
    checkpoint.adam_v[info.name] = pattern(info.shape, info.n_values(), 0);
  }
  checkpoint.n_updates = 123456789012;
  checkpoint.epoch = 7;
  checkpoint.next_batch = 3;
  checkpoint.sums = {{"loss", {0.1 + 0.2}}, {"spikes", {1.0, -0.0, 9007199254740991.0, 5e-324}}};
  checkpoint.best_accuracy = 2.0 / 3.0;
  checkpoint.best_epoch = 6;
  checkpoint.train_hash = 0x00ff00ff00ff00ffU;
  checkpoint.valid_hash = 1;
  checkpoint.log_bytes = 4096;
  return checkpoint;
}

std::string raw_file(std::string header, std::string_view data) {
  const std::size_t field = header.find("\"crc32\":\"");
  if (field != std::string::npos) header.replace(field + 9, 8, "00000000");
  const std::uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  file += header;
  file += data;
  if (field != std::string::npos) {
    const uLong crc = crc32(0, reinterpret_cast<const Bytef*>(file.data()), static_cast<uInt>(file.size()));
    file.replace(8 + field + 9, 8, fmt::format("{:08x}", crc));
  }
  return file;
}

std::string header_of(const std::string& file) {
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  return file.substr(8, length);
}

std::string data_of(const std::string& file) {
  return file.substr(8 + header_of(file).size());
}

std::string edited(const std::string& file, std::string_view from, std::string_view to) {
  std::string header = header_of(file);
  const std::size_t at = header.find(from);
  if (at == std::string::npos) throw std::logic_error(fmt::format("the header has no {}", from));
  header.replace(at, from.size(), to);
  return raw_file(header, data_of(file));
}

}  // namespace snn
