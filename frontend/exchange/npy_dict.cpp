#include "frontend/exchange/npy_dict.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>

namespace ear {

namespace {

/// Takes one part after the other from the front of the text.
class Literal {
 public:
  explicit Literal(std::string_view text) : text_(text) {}

  /// Takes `sign` if it comes next.
  bool has(char sign) {
    skip_blanks();
    if (!text_.starts_with(sign)) return false;
    text_.remove_prefix(1);
    return true;
  }

  void want(char sign) {
    if (!has(sign)) fail(fmt::format("'{}' is missing", sign));
  }

  std::string string() {
    skip_blanks();
    if (text_.starts_with('u') || text_.starts_with('b')) text_.remove_prefix(1);  // Python 2 has both kinds
    if (!text_.starts_with('\'') && !text_.starts_with('"')) fail("a text in quotes is missing");
    const std::size_t end = text_.find(text_[0], 1);
    if (end == std::string_view::npos) fail("a text does not end");
    const std::string_view found = text_.substr(1, end - 1);
    if (found.find('\\') != std::string_view::npos) fail("a text has a backslash");
    text_.remove_prefix(end + 1);
    return std::string(found);
  }

  std::uint64_t size() {
    skip_blanks();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc()) fail("its shape is no list of sizes");
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    if (text_.starts_with('L')) text_.remove_prefix(1);
    return value;
  }

  bool boolean() {
    skip_blanks();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return value;
    }
    fail("fortran_order is neither True nor False");
  }

  [[noreturn]] static void fail(const std::string& what) {
    throw std::invalid_argument("no NumPy array: in its header " + what);
  }

 private:
  void skip_blanks() { text_.remove_prefix(std::min(text_.size(), text_.find_first_not_of(" \t\r\n"))); }

  std::string_view text_;
};

std::vector<std::uint64_t> parse_shape(Literal& literal) {
  std::vector<std::uint64_t> shape;
  literal.want('(');
  while (!literal.has(')')) {
    shape.push_back(literal.size());
    if (!literal.has(',')) {
      literal.want(')');
      break;
    }
  }
  return shape;
}

std::string parse_descr(Literal& literal) {
  if (literal.has('[')) throw std::invalid_argument("a structured array; save its columns as arrays of their own");
  return literal.string();
}

}  // namespace

NpyDict parse_npy_dict(std::string_view text) {
  Literal literal(text);
  NpyDict dict;
  std::set<std::string> found;
  literal.want('{');
  while (!literal.has('}')) {
    const std::string key = literal.string();
    literal.want(':');
    if (key == "descr") {
      dict.descr = parse_descr(literal);
    } else if (key == "fortran_order") {
      dict.fortran_order = literal.boolean();
    } else if (key == "shape") {
      dict.shape = parse_shape(literal);
    } else {
      Literal::fail("a key is none of descr, fortran_order and shape");
    }
    found.insert(key);
    if (!literal.has(',')) {
      literal.want('}');
      break;
    }
  }
  if (found.size() != 3) Literal::fail("one of descr, fortran_order and shape is missing");
  return dict;
}

}  // namespace ear
