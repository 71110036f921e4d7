#pragma once
// The flags of ossicle-lyon for what changes numbers: one for each field of the params of ear and augmentation.
#include <CLI/CLI.hpp>

#include "frontend/lyon/front_end.h"
#include "frontend/sound/augment.h"

namespace tools {

/// Both add their flags to `app`; `params` holds the defaults and must live as long as `app`.
void add_front_end_options(CLI::App& app, ear::FrontEndParams& params);
void add_augment_options(CLI::App& app, ear::SoundAugmentParams& params);

}  // namespace tools
