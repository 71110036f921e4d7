// ossicle-lyon: the keys that it makes of paths, labels that look alike, lists that are no text.
#include <catch2/catch.hpp>

#include "frontend/stream/list.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::Corpus;
using pipe_support::read_stream;
using pipe_support::shell;
using pipe_support::spill;
using pipe_support::TempFolder;
using pipe_support::wav_bytes;

namespace {

using Strings = std::vector<std::string>;

Strings keys_of(const std::string& stream) {
  Strings keys;
  for (const ear::Record& record : read_stream(stream).records) keys.push_back(record.key);
  return keys;
}

}  // namespace

TEST_CASE("ossicle-lyon: names in any script become keys, on the command line too") {
  const TempFolder temp;
  const std::string one = "\u4e00", two = "\u4e8c";
  for (const std::string& name : {one, two}) spill(temp.file(name + ".wav"), wav_bytes(1, 1000));
  const auto result = shell("ossicle-lyon " + temp.file("*.wav") + " -o " + temp.file("a.tar"));
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(keys_of(temp.file("a.tar")) == Strings{ear::with_hash("___", one), ear::with_hash("___", two)});
}

TEST_CASE("ossicle-lyon: keys have no folders where they need none, and are those of the whole list in every shard") {
  const Corpus corpus(3);
  std::filesystem::create_directory(corpus.temp.path() / "more");
  for (const std::string name : {"1", "7"}) spill(corpus.file("more/" + name + ".wav"), wav_bytes(5, 1000));
  spill(corpus.list, corpus.text + "more/1.wav\tone\tf0\nmore/7.wav\tone\tf0\n");
  const Strings wanted = {"0", "re_cordings_1", "2", "more_1", "7"};
  REQUIRE(shell(corpus.command("-o " + corpus.file("whole.tar"))).exit_code == 0);
  CHECK(keys_of(corpus.file("whole.tar")) == wanted);
  for (const std::string shard : {"1", "2", "3"}) {
    REQUIRE(shell(corpus.command("--shard " + shard + "/3 >> " + corpus.file("joined.tar"))).exit_code == 0);
  }
  CHECK(keys_of(corpus.file("joined.tar")) == wanted);
}

TEST_CASE("ossicle-lyon: labels and speakers that look alike are two, and a warning names both") {
  const Corpus corpus(3);
  spill(corpus.list, corpus.text + "re cordings/./0.wav\ttwo \tf0\u00a0\n");
  const auto result = shell(corpus.command("-o " + corpus.file("a.tar")));
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("warning: labels 'two' and 'two ' look alike") && Contains("the second has U+0020"));
  CHECK_THAT(result.err, Contains("warning: speakers 'f0' and 'f0\\u00a0' look alike"));
  CHECK(read_stream(corpus.file("a.tar")).header.classes == Strings{"one", "three", "two", "two "});
  spill(corpus.list, corpus.text);
  CHECK(shell(corpus.command("-o " + corpus.file("a.tar"))).err.empty());
}

TEST_CASE("ossicle-lyon: a list in UTF-16 and a label with control characters are refused by name") {
  const Corpus corpus(1);
  std::string wide = "\xff\xfe";
  for (const char c : corpus.text) wide += {c, '\0'};
  spill(corpus.list, wide);
  const auto utf16 = shell(corpus.command(""));
  CHECK(utf16.exit_code == 2);
  CHECK_THAT(utf16.err, Contains("list.tsv: is text in UTF-16; save it as UTF-8"));
  spill(corpus.list, corpus.text + "x.wav\tred\x1b[31m\tf0\n");
  const auto control = shell(corpus.command(""));
  CHECK(control.exit_code == 2);
  CHECK(control.out.empty());
  CHECK_THAT(control.err, Contains("list.tsv:3: label 'red\\e[31m' holds the control character U+001B"));
}
