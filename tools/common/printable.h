#pragma once
// Text that came from a file, a path or the command line, made fit for a terminal.
#include <string>
#include <string_view>

namespace tools {

/// The text with control characters and bytes that are not UTF-8 as \x1b, so that it changes no terminal and hides nothing of
/// itself; line feeds stay.
std::string printable(std::string_view text);

/// Of a text longer than 2,000 bytes its beginning, how much is left out, and its end, where messages say what to do.
std::string shortened(const std::string& text);

}  // namespace tools
