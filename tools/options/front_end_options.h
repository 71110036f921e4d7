#pragma once
// The flags of the front end, one for each field of ear::FrontEndParams.
#include <CLI/CLI.hpp>

#include "frontend/lyon/front_end.h"

namespace tools {

/// Adds the flags to `app`; `params` holds the defaults and must live as long as `app`.
void add_front_end_options(CLI::App& app, ear::FrontEndParams& params);

}  // namespace tools
