#pragma once
// The sending end of an IsolatedSource.
#include <functional>
#include <memory>

#include "frontend/events/event_source.h"

namespace ear {

/// Memory that the child may take beyond what the process has when it starts.
inline constexpr unsigned long long kMaxChildBytes = 4ULL << 30;

/// Makes the source and sends all that it gives to `pipe`, in a process just made by fork(); never returns. SIGALRM ends the
/// process when it was busy for `patience_s` with one recording.
[[noreturn]] void run_isolated_child(const std::function<std::unique_ptr<EventSource>()>& make, int pipe,
                                     unsigned patience_s);

}  // namespace ear
