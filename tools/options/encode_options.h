#pragma once
// The flags of the encoders, one for each field of the params of ear::EncodeParams.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include "frontend/encode/encode.h"

namespace tools {

/// As given; what was not given keeps its method's default.
struct EncodeOptions {
  std::string method = "bsa";
  std::map<std::string, std::variant<int, std::int64_t, double>> given;  ///< by the fields' names
};

/// Adds the flags to `app`; `options` must live as long as `app`.
void add_encode_options(CLI::App& app, EncodeOptions& options);

/// Throws std::invalid_argument for an unknown method, a flag that the method does not have, and a value out of range.
ear::EncodeParams encode_params(const EncodeOptions& options);

/// One of the flags that were given; empty if none was, --method aside.
std::string first_given(const EncodeOptions& options);

/// "ossicle-encode" and the flags that give these params.
std::string encode_command(const ear::EncodeParams& params);

}  // namespace tools
