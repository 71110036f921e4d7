#include "tools/train/variants.h"

#include <fmt/format.h>

#include <stdexcept>
#include <unordered_set>

namespace tools {

void add_variants(const std::vector<std::string>& names, const snn::Dataset* valid, LoadedStream& train) {
  std::unordered_set<std::string> held_back;
  if (valid != nullptr) {
    for (const snn::Utterance& utterance : valid->utterances) held_back.insert(utterance.key);
    for (const snn::Utterance& utterance : train.dataset.utterances) held_back.erase(utterance.key);
  }
  for (const std::string& name : names) {
    LoadedStream variant = load_streams({name});
    check_recipe(name, variant.header, "the training stream", ear::to_json(train.header.recipe),
                 ear::kind_name(train.header.kind));
    std::erase_if(variant.dataset.utterances,
                  [&](const snn::Utterance& utterance) { return held_back.contains(utterance.key); });
    try {
      add_version(train.dataset, std::move(variant.dataset));
    } catch (const std::invalid_argument& error) {
      throw std::runtime_error(
          fmt::format("{}: not a variant of the training stream: {}; make it from the same list", name, error.what()));
    }
  }
}

}  // namespace tools
