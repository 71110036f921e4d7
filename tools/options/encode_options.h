#pragma once
// The flags of the encoders, one for each field of the params of ear::EncodeParams.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "frontend/encode/encode.h"

namespace tools {

/// As given; what was not given keeps its method's default.
struct EncodeOptions {
  std::string method = "bsa";
  std::optional<double> scale, kernel_width, threshold, delta, initial, gain, tau_ms, refractory_ms, rate_hz;
  std::optional<int> taps, hold, max_steps;
  std::optional<std::int64_t> seed;
};

/// Adds the flags to `app`; `options` must live as long as `app`.
void add_encode_options(CLI::App& app, EncodeOptions& options);

/// Throws std::invalid_argument for an unknown method, a flag that the method does not have, and a value out of range.
ear::EncodeParams encode_params(const EncodeOptions& options);

/// The first of the flags that was given; empty if none was, --method aside.
std::string first_given(const EncodeOptions& options);

/// "ossicle-encode" and the flags that give these params.
std::string encode_command(const ear::EncodeParams& params);

}  // namespace tools
