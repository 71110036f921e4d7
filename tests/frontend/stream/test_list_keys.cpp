#include "frontend/stream/list.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "frontend/stream/rules.h"

using Strings = std::vector<std::string>;

namespace {

Strings keys_of(const Strings& paths, const Strings& given = {}) {
  std::vector<ear::ListEntry> entries;
  for (std::size_t i = 0; i < paths.size(); ++i)
    entries.push_back({paths[i], "", "", i < given.size() ? given[i] : ""});
  ear::give_keys(entries);
  Strings keys;
  for (const auto& entry : entries) keys.push_back(entry.key);
  return keys;
}

}  // namespace

TEST_CASE("The key of a recording that stands alone is the name of its file") {
  CHECK(ear::key_of_path("/home/ada/train/f1/00f1set0.sph") == "00f1set0");
  CHECK(ear::key_of_path("../a.b.wav") == "a_b");
  CHECK(ear::key_of_path("v1.2/plain") == "plain");
  CHECK(ear::key_of_path(".hidden") == "_hidden");
  CHECK(ear::key_of_path("-") == "stdin");
  CHECK(ear::key_of_path("\xC3\xA9.wav") == "__");
}

TEST_CASE("Where the name alone is no key, a hash is added") {
  // FNV-1a of 64 bits: of nothing it is the offset, of "a" the published af63dc4c8601ec8c.
  CHECK(ear::with_hash("", "") == "-cbf29ce484222325");
  CHECK(ear::with_hash("k", "a") == "k-af63dc4c8601ec8c");
  CHECK(ear::key_of_path("__end__.wav") == ear::with_hash("__end__", "__end__"));
  const std::string longest = ear::key_of_path(std::string(255, 'x'));
  CHECK(longest == ear::with_hash(std::string(183, 'x'), std::string(255, 'x')));
  CHECK(longest.size() == ear::kMaxKey);
  CHECK(longest != ear::key_of_path(std::string(254, 'x')));
}

TEST_CASE("Folders stand in a key only where they tell it from others") {
  CHECK(keys_of({"a/1.wav", "b/2.wav"}) == Strings{"1", "2"});
  CHECK(keys_of({"x/a/1.wav", "x/b/1.wav", "x/b/2.wav"}) == Strings{"a_1", "b_1", "2"});
  CHECK(keys_of({"x/a/1.wav", "y/a/1.wav", "y/b/1.wav"}) == Strings{"x_a_1", "y_a_1", "b_1"});
  CHECK(keys_of({"a/1.wav", "1.wav"}) == Strings{"a_1", "1"});
  CHECK(keys_of({"/1.wav", "1.wav", "-"}) == Strings{"_1", "1", "stdin"});
  // The root of the files is nothing that tells them apart.
  CHECK(keys_of({"/home/ada/a/1.wav", "/home/ada/b/1.wav"}) == keys_of({"a/1.wav", "b/1.wav"}));
}

TEST_CASE("Names that only become equal as keys are told apart by a hash") {
  const std::string one = "\u4e00", two = "\u4e8c";  // three bytes each
  const Strings keys = keys_of({"rec/" + one + ".wav", "rec/" + two + ".wav", "rec/3.wav"});
  CHECK(keys == Strings{ear::with_hash("___", one), ear::with_hash("___", two), "3"});
  CHECK(keys_of({"elsewhere/" + two + ".wav", "elsewhere/" + one + ".wav"}) == Strings{keys[1], keys[0]});
  CHECK(keys_of({"a b.wav", "a_b.wav"}) == Strings{ear::with_hash("a_b", "a b"), ear::with_hash("a_b", "a_b")});
  CHECK(keys_of({"x/a.wav", "y/a.wav", "x_a.wav"}) ==
        Strings{ear::with_hash("x_a", "x/a"), "y_a", ear::with_hash("x_a", "x_a")});
  // A key that was given stays as it is.
  CHECK(keys_of({"a.wav", "b.wav"}, {"", "a"}) == Strings{ear::with_hash("a", "a"), "a"});
}

TEST_CASE("Paths that differ in nothing but the extension keep one key, for the list to refuse") {
  CHECK(keys_of({"x/a.wav", "x/a.flac"}) == Strings{"x_a", "x_a"});
  CHECK(keys_of({"a.wav", "a.wav"}) == Strings{"a", "a"});
}

TEST_CASE("Keys depend on the list, not on its order, and are unique") {
  Strings paths;
  for (const char* folder : {"", "a/", "b/", "a/b/", "b/a/", "a_b/", "/", "./"}) {
    for (const char* name : {"1", "a_1", "a 1", "b_a_1", "__end__", "\u4e00", "\u4e8c"})
      paths.push_back(std::string(folder) + name + ".wav");
  }
  paths.push_back(std::string(300, 'x') + "/1.wav");
  const Strings keys = keys_of(paths);
  CHECK(std::set<std::string>(keys.begin(), keys.end()).size() == keys.size());
  for (const std::string& key : keys) CHECK_NOTHROW(ear::check_key(key));
  std::vector<std::size_t> order(paths.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937(7));
  Strings shuffled;
  for (const std::size_t i : order) shuffled.push_back(paths[i]);
  const Strings found = keys_of(shuffled);
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(found[i] == keys[order[i]]);
}
