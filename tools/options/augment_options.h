#pragma once
// The flags of augmentation, one for each field of ear::SoundAugmentParams.
#include <CLI/CLI.hpp>

#include "frontend/sound/augment.h"

namespace tools {

/// Adds the flags to `app`; `params` holds the defaults and must live as long as `app`.
void add_augment_options(CLI::App& app, ear::SoundAugmentParams& params);

}  // namespace tools
