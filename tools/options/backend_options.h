#pragma once
// The flags of where a network runs.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "snn/backend.h"

namespace tools {

struct BackendChoice {
  std::string device = "cpu";
  int n_threads = 0;  ///< 0: all that the machine offers
  std::string isa = "auto";
};

/// Adds --device, --threads and --isa; `choice` holds the defaults and must live as long as `app`.
void add_backend_options(CLI::App& app, BackendChoice& choice);

/// Throw std::invalid_argument for what this build or machine has not.
void check(const BackendChoice& choice);
std::unique_ptr<snn::Backend<float>> make_backend(const BackendChoice& choice);

}  // namespace tools
