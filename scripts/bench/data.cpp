#include "scripts/bench/data.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <stdexcept>

namespace bench {

snn::Dataset make_dataset(const Case& each, int n) {
  snn::Dataset dataset;
  dataset.n_channels = each.network.sizes.front();
  const int n_classes = each.network.sizes.back();
  for (int k = 0; k < n_classes; ++k) dataset.classes.push_back(fmt::format("{:02}", k));
  std::minstd_rand engine(1);
  std::uniform_real_distribution<float> uniform(0.0f, 1.0f);
  for (int i = 0; i < n; ++i) {
    std::vector<float> levels(static_cast<std::size_t>(dataset.n_channels));
    for (float& level : levels) level = std::max(0.0f, 2.0f * uniform(engine) - 1.0f);
    std::vector<float> values;
    for (int t = 0; t < each.n_steps; ++t) {
      for (const float level : levels) values.push_back(level * uniform(engine));
    }
    const int label = i % n_classes;
    dataset.utterances.push_back({fmt::format("u{}", i), "", label, dataset.classes[static_cast<std::size_t>(label)],
                                  each.n_steps, std::move(values)});
  }
  return dataset;
}

std::vector<std::vector<float>> read_sounds(const std::string& path, int n_utterances, int n_samples) {
  if (n_utterances < 1 || n_samples < 1) throw std::invalid_argument("--sounds also needs --utterances and --samples");
  std::vector<std::vector<float>> sounds;
  std::ifstream file(path, std::ios::binary);
  std::vector<double> values(static_cast<std::size_t>(n_samples));
  const auto n_bytes = static_cast<std::streamsize>(values.size() * sizeof(double));
  for (int i = 0; i < n_utterances; ++i) {
    if (!file.read(reinterpret_cast<char*>(values.data()), n_bytes)) {
      throw std::runtime_error(fmt::format("{}: wanted {} sounds of {} samples", path, n_utterances, n_samples));
    }
    std::vector<float>& sound = sounds.emplace_back();
    std::transform(values.begin(), values.end(), std::back_inserter(sound),
                   [](double x) { return static_cast<float>(x); });
  }
  return sounds;
}

}  // namespace bench
