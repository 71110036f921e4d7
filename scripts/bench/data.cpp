#include "scripts/bench/data.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

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

}  // namespace bench
