#include "frontend/stream/list.h"

#include <catch2/catch.hpp>

using Catch::Contains;
using ear::parse_list;

namespace {

std::vector<ear::ListEntry> numbered(int n) {
  std::vector<ear::ListEntry> entries;
  for (int i = 0; i < n; ++i) entries.push_back({std::to_string(i) + ".wav", "", "", std::to_string(i)});
  return entries;
}

}  // namespace

TEST_CASE("A list names recordings, columns in any order") {
  const auto entries = parse_list("label\tpath\tspeaker\nseven\ttrain/a b.wav\tf1\n\none\tx.flac\t\n", "l.tsv");
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].path == "train/a b.wav");
  CHECK(entries[0].label == "seven");
  CHECK(entries[0].speaker == "f1");
  CHECK(entries[0].key == "a_b");
  CHECK(entries[1].speaker.empty());
  CHECK(entries[1].key == "x");
}

TEST_CASE("A list may set keys, end lines in CR LF, begin with a byte order mark, and lack the last line end") {
  const auto entries =
      parse_list("\xEF\xBB\xBFpath\tlabel\tspeaker\tkey\r\na.wav\t1\ts\tfirst\r\na.wav\t1\ts\t", "l.tsv");
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].key == "first");
  CHECK(entries[1].key == "a");
}

TEST_CASE("A malformed list is an error that names list and line") {
  const auto check = [](const std::string& text, const std::string& message) {
    CHECK_THROWS_WITH(parse_list(text, "l.tsv"), Contains("l.tsv") && Contains(message));
  };
  check("", "is empty");
  check("path\tlabel\tspeaker\n", "names no recording");
  check("path\tlabel\n", "no column speaker");
  check("a.wav\tone\tf1\n", "column 'a.wav' is not known");
  check("path label speaker\n", "column 'path label speaker' is not known");
  check("path\tlabel\tspeaker\tlabel\n", "column label stands twice");
  check("path\tlabel\tspeaker\na.wav\tone\n", "l.tsv:2: 2 fields, but the first line names 3");
  check("path\tlabel\tspeaker\na.wav\tone\tf1\textra\n", "l.tsv:2: 4 fields");
  check("path\tlabel\tspeaker\n\tone\tf1\n", "l.tsv:2: the path is empty");
  check(
      "path\tlabel\tspeaker\na/b.wav\t1\ts\nc.wav\t1\ts\na/b.flac\t1\ts\n",
      "l.tsv:4: key a_b is already that of a/b.wav (l.tsv:2); take one of them away, or give each a key of its own in "
      "the column key of a list");
  check("path\tlabel\tspeaker\tkey\na.wav\t1\ts\tx\nb.wav\t1\ts\tx\n", "l.tsv:3: key x is already that of a.wav");
  check("path\tlabel\tspeaker\tkey\na.wav\t1\ts\tx.y\n", "l.tsv:2: ");
  check("path\tlabel\tspeaker\tkey\na.wav\t1\ts\t__end__\n", "l.tsv:2: ");
}

TEST_CASE("Labels and speakers of a list and names of classes are UTF-8 without control characters") {
  const auto check = [](const std::string& line, const std::string& message) {
    CHECK_THROWS_WITH(parse_list("path\tlabel\tspeaker\na.wav\tone\ts\n" + line, "l.tsv"),
                      Contains("l.tsv:3: " + message));
  };
  check("b.wav\ta\rb\ts\n", "label 'a\\rb' holds the control character U+000D");
  check("b.wav\tone\t\x1b[31m\n", "speaker '\\e[31m' holds the control character U+001B");
  check("b.wav\tcaf\xe9\ts\n", "label 'caf\\xe9' is not UTF-8");
  CHECK_NOTHROW(parse_list("path\tlabel\tspeaker\n\x01\xe9.wav\tone\ts\n", "l.tsv"));  // a path is any bytes
  CHECK_THROWS_WITH(ear::parse_classes("one\ntw\x07o\n", "c.txt"), Contains("c.txt:2: class 'tw\\u0007o' holds"));
}

TEST_CASE("A list or classes in UTF-16 are refused by that name") {
  const std::string list("\xff\xfep\0a\0t\0h\0\t\0l\0a\0b\0e\0l\0", 22);
  CHECK_THROWS_WITH(parse_list(list, "l.tsv"), Contains("l.tsv: is text in UTF-16; save it as UTF-8"));
  CHECK_THROWS_WITH(ear::parse_classes(list.substr(2), "c.txt"), Contains("c.txt: is no UTF-8") && Contains("UTF-16"));
}

TEST_CASE("Paths given one by one have no label, equal keys are an error") {
  const auto entries = ear::list_of_paths({"a.wav", "-"});
  CHECK(entries[1].key == "stdin");
  CHECK(entries[0].label.empty());
  CHECK_THROWS_WITH(ear::list_of_paths({"a.wav", "a.flac"}), Contains("a.flac: key a is already that of a.wav"));
}

TEST_CASE("Classes are the sorted labels, or those of a file") {
  const auto entries = parse_list("path\tlabel\tspeaker\na\ttwo\t\nb\tone\t\nc\t\t\nd\ttwo\t\n", "l.tsv");
  CHECK(ear::classes_of(entries) == std::vector<std::string>{"one", "two"});
  CHECK(ear::parse_classes("two\r\none\n\nthree words\n", "c") ==
        std::vector<std::string>{"two", "one", "three words"});
  CHECK_THROWS_WITH(ear::parse_classes("a\nb\na\n", "c.txt"), Contains("c.txt:3: class a stands twice"));
  CHECK_THROWS_WITH(ear::parse_classes("\n", "c.txt"), Contains("c.txt: names no class"));
  CHECK_NOTHROW(ear::check_labels(entries, {"two", "one"}));
  CHECK_THROWS_WITH(ear::check_labels(entries, {"two"}), Contains("b: label 'one' is not one of the 1 classes; add"));
  CHECK_THROWS_WITH(ear::check_labels(entries, {"two", "one "}),
                    Contains("2 classes; it looks like the class 'one ', but has nothing where that has U+0020; add"));
}

TEST_CASE("Shards are contiguous and together the whole") {
  for (const int n : {0, 1, 7, 10}) {
    const auto entries = numbered(n);
    for (const int count : {1, 2, 3, 12}) {
      std::size_t next = 0;
      for (int i = 1; i <= count; ++i) {
        const auto part = ear::entries_of_shard(entries, {i, count});
        for (const auto& entry : part) CHECK(entry.key == std::to_string(next++));
        CHECK(part.size() <= entries.size() / count + 1);
      }
      CHECK(next == entries.size());
    }
  }
}

TEST_CASE("Paths of a list start from the root, but for absolute ones and standard input") {
  const auto path_of = [](const std::string& path, const std::string& root) {
    ear::ListEntry entry;
    entry.path = path;
    return ear::path_of(entry, root);
  };
  CHECK(path_of("a/b.wav", "") == "a/b.wav");
  CHECK(path_of("a/b.wav", "corpus") == "corpus/a/b.wav");
  CHECK(path_of("/a/b.wav", "corpus") == "/a/b.wav");
  CHECK(path_of("-", "corpus") == "-");
}

TEST_CASE("A shard is written i/n") {
  const auto shard = ear::parse_shard("2/12");
  CHECK(shard.index == 2);
  CHECK(shard.count == 12);
  for (const std::string text : {"", "1", "0/2", "3/2", "1/0", "1/2x", "a/b", "-1/2", "1//2"}) {
    CHECK_THROWS_WITH(ear::parse_shard(text), Contains("wanted i/n"));
  }
}
