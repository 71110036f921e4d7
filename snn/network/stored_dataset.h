#pragma once
// A data set whose values a back end can reach.
#include <memory>
#include <span>

#include "snn/backend/backend.h"
#include "snn/data/batch.h"
#include "snn/data/dataset.h"

namespace snn {

class StoredDataset {
 public:
  /// Both must outlive it, the data set unchanged. leave_free: as Backend::store has it. Throws std::runtime_error if the
  /// back end has no memory for it.
  template <class Real>
  StoredDataset(const Dataset& dataset, Backend<Real>& backend, std::size_t leave_free = 0)
      : dataset_(&dataset), values_(backend.store(value_bytes(dataset), leave_free)) {}

  const Dataset& dataset() const { return *dataset_; }
  /// A batch of those utterances, for a network on that back end; until the next call. Throws what make_plan throws.
  BatchPlan plan(std::span<const int> indices, std::span<const Augmentation> changes = {}) {
    return make_plan(*dataset_, indices, values_->fetch(indices), changes);
  }

 private:
  const Dataset* dataset_;
  std::unique_ptr<ValueStore> values_;
};

}  // namespace snn
