#pragma once
// Text from outside: names that are one line, text as messages and text outputs show it, and names that look alike. Text is UTF-8.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ear {

/// Throws std::runtime_error beginning with `what` ("label", "class") for a name that is not UTF-8, holds more than 1,000 bytes, or a
/// control character: U+0000 to U+001F, U+007F to U+009F.
void check_name(std::string_view name, std::string_view what);

/// The text without the byte order mark of UTF-8 in front, which Windows' editors write. Throws std::runtime_error naming the file
/// for text in UTF-16, which begins with a byte order mark or has a zero byte in every character of ASCII.
std::string_view without_mark(std::string_view text, const std::string& file);

/// The lines of the text without_mark(), with their numbers from 1: without their ends (LF or CR LF), empty ones left out.
std::vector<std::pair<int, std::string_view>> lines_of(std::string_view text, const std::string& file);

/// The characters of a text. Throws std::invalid_argument for one that is not UTF-8.
std::u32string to_utf32(std::string_view text);
/// The reverse. Throws std::runtime_error for a number that is no character.
std::string to_utf8(std::u32string_view characters);

/// As a message shows a foreign text: at most 80 characters and then "...", on one line. Control characters, other characters that
/// are not seen and bytes that are no UTF-8 stand as in C: \n, \u200b, \x80.
std::string shown(std::string_view text);

/// As a text output prints a name, one line for one record: as it is; where it holds a control character or begins with a
/// quotation mark, in quotation marks and escaped as in C.
std::string one_line(std::string_view text);

/// A message as a terminal shows it: control characters but line feeds, and bytes that are no UTF-8, stand as \x1b, so that it
/// changes no terminal and hides nothing of itself.
std::string printable(std::string_view text);

/// One sentence on the first two names that a reader takes for one: they differ only in blanks at their ends, in the kind of
/// blank, dash or quotation mark, in characters that are not seen, or in how an accent is put together. It says what differs, and
/// how many more pairs there are; empty where there is none. `what`: of what they are names, "labels".
std::string look_alikes(const std::vector<std::string>& names, std::string_view what);

/// For a message on a label that is not among the classes: "; " and the class that it looks like, with what differs; empty if
/// there is none.
std::string look_alike_hint(const std::string& label, const std::vector<std::string>& classes);

}  // namespace ear
