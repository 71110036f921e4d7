#include "frontend/stream/list.h"

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

#include "frontend/stream/rules.h"

namespace ear {

namespace {

/// A path's end, from the name of the file on and then with more and more of its folders, without the extension.
class Tail {
 public:
  explicit Tail(const std::string& path) : path_(&path), begin_(path.rfind('/') + 1) {  // 0 if there is no folder
    const auto dot = path.rfind('.');
    end_ = dot != std::string::npos && dot > begin_ ? dot : path.size();
  }

  std::string_view text() const { return std::string_view(*path_).substr(begin_, end_ - begin_); }
  /// False if there is no further folder, or the tail is too long for a key.
  bool lengthen() {
    if (begin_ == 0 || text().size() > kMaxKey) return false;
    begin_ = begin_ < 2 ? 0 : path_->rfind('/', begin_ - 2) + 1;
    return true;
  }

  std::string key() const {
    if (*path_ == "-") return "stdin";
    return as_key(text());
  }
  std::string hashed_key() const {
    return with_hash(key(), text().size() > kMaxKey ? std::string_view(*path_).substr(0, end_) : text());
  }

 private:
  const std::string* path_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

bool is_key(const std::string& key) {
  try {
    check_key(key);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

/// Lengthens those that are equal to others, until none is or nothing is left to add.
void tell_apart(std::vector<Tail*> equal) {
  while (!equal.empty()) {
    std::unordered_map<std::string_view, int> count;
    for (const Tail* tail : equal) ++count[tail->text()];
    std::erase_if(equal, [&](Tail* tail) { return count.at(tail->text()) == 1 || !tail->lengthen(); });
  }
}

}  // namespace

std::string with_hash(std::string_view key, std::string_view name) {
  constexpr std::size_t kHash = 17;         // a hyphen and the digits
  std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return fmt::format("{}-{:016x}", key.substr(0, kMaxKey - kHash), hash);
}

std::string key_of_path(const std::string& path) {
  const Tail tail(path);
  const std::string key = tail.key();
  return is_key(key) ? key : tail.hashed_key();
}

void give_keys(std::vector<ListEntry>& entries) {
  std::vector<Tail> tails;
  std::vector<Tail*> wanted;
  tails.reserve(entries.size());
  std::unordered_map<std::string, std::string_view> first;  // tail of each key; of a given one there is none
  for (const ListEntry& entry : entries) {
    tails.emplace_back(entry.path);
    if (entry.key.empty()) {
      wanted.push_back(&tails.back());
    } else {
      first.emplace(entry.key, std::string_view());
    }
  }
  tell_apart(wanted);
  std::unordered_set<std::string> shared;
  for (const Tail* tail : wanted) {
    const auto [known, is_new] = first.emplace(tail->key(), tail->text());
    if (!is_new && known->second != tail->text()) shared.insert(known->first);
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].key.empty()) continue;
    entries[i].key = tails[i].key();
    if (shared.contains(entries[i].key) || !is_key(entries[i].key)) entries[i].key = tails[i].hashed_key();
  }
}

}  // namespace ear
