#pragma once
// Instruction sets: which of the kernels compiled into this library the machine can run.
#include <string>
#include <vector>

namespace ear {

/// Names of the sets that this build has kernels for and this machine runs, the plainest first, the fastest last:
/// "baseline" always, on x86-64 also "avx2" and "avx512".
std::vector<std::string> usable_isas();

/// The name itself; for "auto" or "" the fastest. Throws std::invalid_argument, listing the usable ones, for a name that
/// is none of them.
std::string choose_isa(const std::string& name);

}  // namespace ear
