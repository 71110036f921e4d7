#pragma once
// The flags of where a network runs.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "snn/backend/backend.h"
#include "tools/common/run_tool.h"

namespace tools {

struct BackendOptions {
  snn::BackendChoice choice;
  snn::ResolvedDevice device;  ///< set by check()
};

/// Adds --device, --threads, --isa and --precision; `options` holds the defaults and must live as long as `app`.
void add_isa_option(CLI::App& app, std::string& isa);
void add_backend_options(CLI::App& app, BackendOptions& options);

/// Finds the device. Throws std::invalid_argument for what this build or machine does not know, std::runtime_error for a
/// device that cannot be used.
void check(BackendOptions& options);

/// After check(). Says which device it is, unless it is the CPU and nothing else was asked for. Throws
/// std::runtime_error.
std::unique_ptr<snn::Backend<float>> make_backend(const BackendOptions& options, Context& context);

}  // namespace tools
