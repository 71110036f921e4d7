#pragma once
// The recipe of a model on recordings: the ear, then what its stream went through.
#include <string>
#include <vector>

#include "frontend/encode/encode.h"
#include "frontend/lyon/front_end.h"

namespace ear {

class RecipeRunner {
 public:
  /// `input_kind`: of the stream that the recipe made. `isa`: as of FrontEnd. Throws std::runtime_error if the recipe
  /// does not begin with ossicle-lyon, has a stage after it that is not of ossicle-encode, or ends in another kind.
  RecipeRunner(const Recipe& recipe, const std::string& input_kind, const std::string& isa);

  /// The record that the tools of the recipe would make of the recording, bit for bit. `key`: the record's, on which Poisson
  /// spikes depend. `warnings` receives what a user should know of the recording (Cochleagram). Throws std::invalid_argument for a recording that the ear or an encoder refuses.
  Record operator()(Sound sound, const std::string& key, std::vector<std::string>& warnings) const;

  /// Channels of the records.
  int n_channels() const { return n_channels_; }
  /// The recipe's parts.
  const FrontEnd& front_end() const { return front_end_; }
  bool has_encoders() const { return !encoders_.empty(); }

 private:
  FrontEnd front_end_;
  std::vector<StreamEncoder> encoders_;
  int n_channels_;
};

}  // namespace ear
