// Real speech in pieces, where it is at hand: every kind of network, spikes and sums, against the whole recordings.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "frontend/sound/spectrum.h"
#include "snn/model/init.h"
#include "snn/network/raster.h"
#include "tests/tools/recogniser/models.h"
#include "tools/common/load.h"
#include "tools/recogniser/recogniser.h"

namespace {

namespace fs = std::filesystem;

/// The 300 recordings of the official test part, at 12,500 Hz.
std::vector<std::vector<float>> test_recordings(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().stem().string();
    const std::string take = name.substr(name.rfind('_') + 1);
    if (entry.path().extension() == ".wav" && take.size() == 1 && take < "5") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::vector<float>> recordings;
  for (const fs::path& path : paths) {
    ear::Sound sound = ear::read_sound(path);
    recordings.push_back(ear::resample(std::move(sound.samples), sound.sample_rate_hz, 12500));
  }
  return recordings;
}

/// Spikes of all layers that fire, [layer][step][neuron], and the class sums.
struct Answer {
  std::vector<std::vector<std::uint8_t>> spikes;
  std::vector<float> sums;
  bool operator==(const Answer&) const = default;
};

int n_firing(const snn::NetworkParams& params) {
  return params.output_layer == snn::OutputLayer::kSpiking ? params.n_layers() : params.n_layers() - 1;
}

Answer whole(const ossicle::Recogniser& recogniser, snn::Network<float>& network, const std::vector<float>& samples) {
  std::vector<std::string> warnings;
  ear::Record record = recogniser.recipe()({samples, 12500}, "", warnings);
  const snn::Dataset one{.n_channels = recogniser.recipe().n_channels(),
                         .classes = recogniser.model().classes,
                         .utterances = {tools::to_utterance(std::move(record), recogniser.model().classes)}};
  Answer answer;
  network.infer(snn::make_batch(one, std::vector<int>{0}));
  answer.sums = network.class_sums();
  for (int l = 1; l <= n_firing(network.params()); ++l) {
    answer.spikes.push_back(snn::raster(network, one, 0, std::vector<int>{l}));
  }
  return answer;
}

Answer streamed(ossicle::RecordingStream& stream, const snn::NetworkParams& params, std::span<const float> samples,
                std::size_t block) {
  Answer answer;
  answer.spikes.resize(static_cast<std::size_t>(n_firing(params)));
  const auto keep = [&] {
    for (int l = 1; l <= n_firing(params); ++l) {
      const auto& spikes = stream.network().spikes(l);
      auto& all = answer.spikes[static_cast<std::size_t>(l) - 1];
      all.insert(all.end(), spikes.begin(), spikes.end());
    }
  };
  stream.begin();
  for (std::size_t at = 0; at < samples.size(); at += block) {
    stream.push(samples.subspan(at, std::min(block, samples.size() - at)));
    keep();
  }
  stream.finish();
  keep();
  answer.sums = stream.network().class_sums();
  return answer;
}

/// Each with other parts.
std::vector<snn::Model> models() {
  std::vector<snn::Model> all;
  const auto add = [&all](const auto& change) {
    snn::Model model = support::model_of(support::decimated());
    snn::NetworkParams& network = model.training.network;
    network = {};
    network.sizes = {78, 70, 30, 5};
    model.training.init.w_scale = 1.0;
    change(network);
    model.parameters = snn::initial_parameters(network, model.training.init, 3);
    all.push_back(std::move(model));
  };
  add([](snn::NetworkParams&) {});
  add([](snn::NetworkParams& p) {
    p.self_recurrent = {1, 2};
    p.skips = {{0, 2}, {1, 3}};
    p.bip = {1, 2};
  });
  add([](snn::NetworkParams& p) { p.recurrent = {1, 2}; });
  add([](snn::NetworkParams& p) {
    p.input_delays = {0, 5, 10};
    p.forward_delays = {0, 5, 10};
    p.skip_delays = {0, 5};
    p.skips = {{1, 3}};
    p.adaptive = {1, 2};
    p.output_layer = snn::OutputLayer::kMean;
  });
  add([](snn::NetworkParams& p) {
    p.direct_input = true;
    p.input_scale = 2.0;
  });
  return all;
}

}  // namespace

TEST_CASE("Recordings of FSDD in blocks of 1, 7, 160 and 4,096 samples give the spikes and sums of the whole",
          "[slow]") {
  const char* folder = std::getenv("OSSICLE_FSDD");
  if (folder == nullptr) {
    std::cout << "SKIPPED: recordings of FSDD are needed, in the folder OSSICLE_FSDD\n";
    return;
  }
  const std::vector<std::vector<float>> recordings = test_recordings(folder);
  CHECK(recordings.size() == 300);
  for (const snn::Model& model : models()) {
    const ossicle::Recogniser recogniser(model);
    ossicle::RecordingStream stream(recogniser);
    const auto backend = snn::make_cpu_backend<float>(1, "auto");
    snn::Network<float> network(model.training.network, model.training.gradient, *backend);
    network.set_parameters(model.parameters);
    std::size_t n_spikes = 0;
    for (const std::vector<float>& recording : recordings) {
      const Answer wanted = whole(recogniser, network, recording);
      for (const auto& layer : wanted.spikes) n_spikes += static_cast<std::size_t>(std::ranges::count(layer, 1));
      for (const std::size_t block : {1, 7, 160, 4096}) {
        CHECK(streamed(stream, model.training.network, recording, block) == wanted);
      }
    }
    CHECK(n_spikes > 10'000);
  }
}
