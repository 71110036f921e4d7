#include "tools/predict/spikes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "snn/base/hash.h"
#include "snn/files/metadata.h"
#include "tools/common/stream_output.h"

namespace tools {

namespace {

int parse_layer(const std::string& text, int n_layers) {
  int layer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), layer);
  if (error != std::errc() || end != text.data() + text.size() || layer < 1 || layer > n_layers) {
    throw std::invalid_argument(fmt::format(
        "--spikes \"{}\": wanted are all, output, or layers from 1 to {} (the output), as 1,2", text, n_layers));
  }
  return layer;
}

}  // namespace

std::vector<int> parse_layers(const std::string& text, int n_layers) {
  std::vector<int> layers;
  if (text == "all") {
    layers.resize(static_cast<std::size_t>(n_layers));
    std::iota(layers.begin(), layers.end(), 1);
    return layers;
  }
  if (text == "output") return {n_layers};
  std::istringstream parts(text + ",");
  for (std::string part; std::getline(parts, part, ',');) layers.push_back(parse_layer(part, n_layers));
  std::ranges::sort(layers);
  if (std::ranges::adjacent_find(layers) != layers.end()) {
    throw std::invalid_argument(fmt::format("--spikes {}: names a layer twice", text));
  }
  return layers;
}

SpikeStream::SpikeStream(const std::string& layers, const std::string& path, const snn::Model& model)
    : layers_(parse_layers(layers, model.training.network.n_layers())),
      model_hash_(snn::hash_text(snn::fnv1a(snn::serialise(model)))),
      output_(path, FileKind::kStream) {
  const bool fires = model.training.network.output_layer == snn::OutputLayer::kSpiking;
  if (layers == "all" && !fires) layers_.pop_back();
  if (layers_.empty()) throw std::invalid_argument("--spikes all: no layer of this network fires");
  for (const int layer : layers_) {
    const int n = model.training.network.sizes[static_cast<std::size_t>(layer)];
    const std::string name = layer == model.training.network.n_layers() ? "output" : std::to_string(layer);
    neurons_ += fmt::format("{}{}:{}", neurons_.empty() ? "" : ",", name, n);
    n_neurons_ += n;
  }
}

void SpikeStream::begin(const ear::Header& input) {
  if (writer_) return;
  ear::Header header = input;
  header.kind = ear::Kind::kRaster;
  header.n_channels = n_neurons_;
  header.recipe.stages.push_back(
      {"ossicle-predict", {{"layers", fmt::format("{}", fmt::join(layers_, ","))}, {"model", model_hash_}}});
  add_made_by(header, "ossicle-predict");
  header.made_by.emplace_back("ossicle-predict neurons", neurons_);
  writer_.emplace(output_.fd(), output_.name(), header);
}

void SpikeStream::write(ear::Record record, std::vector<std::uint8_t> spikes) {
  record.data = std::move(spikes);
  writer_->write(record);
}

void SpikeStream::commit() {
  if (!writer_) throw std::runtime_error("no input gave spikes");
  writer_->close();
  output_.commit();
}

}  // namespace tools
