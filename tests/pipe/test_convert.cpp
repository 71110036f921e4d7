// ossicle-convert: formats by name, pipes, shards, whole outputs or none, mistakes.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using pipe_support::read_stream;
using pipe_support::run;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::spill;
using pipe_support::TempFolder;

namespace {

/// A folder with a stream a.tar of 10 records in it.
struct Folder : TempFolder {
  Folder() { pipe_support::write_stream(file("a.tar"), {10}); }
  /// Runs a line in it.
  pipe_support::Result in(const std::string& line, const std::string& input = {}) const {
    return shell(line, input, {path()});
  }
  /// What lies in it, hidden names too.
  std::size_t n_files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path()), {}));
  }
};

}  // namespace

TEST_CASE("ossicle-convert: a stream through npz and Kaldi is the same stream, byte for byte") {
  const Folder folder;
  const auto result = folder.in("ossicle-convert a.tar -o a.npz");
  CHECK(result.exit_code == 0);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains("ossicle-convert: X (10, ") &&
                             Contains("10 records of kind cochleagram, 20 channels, from stream to npz"));
  REQUIRE(folder.in("ossicle-convert -q a.npz -o b.tar").exit_code == 0);
  CHECK(slurp(folder.file("b.tar")) == slurp(folder.file("a.tar")));
  REQUIRE(folder.in("ossicle-convert -q a.tar --to kaldi -o k/ && ossicle-convert -q k > c.tar").exit_code == 0);
  CHECK(slurp(folder.file("c.tar")) == slurp(folder.file("a.tar")));
}

TEST_CASE("ossicle-convert: an archive of Kaldi goes through pipes, labels beside it") {
  const Folder folder;
  REQUIRE(folder.in("ossicle-convert -q a.tar --to kaldi -o k").exit_code == 0);
  const auto result = folder.in(
      "ossicle-convert - --to kaldi < a.tar | ossicle-convert --from kaldi - --labels k/text "
      "--speakers k/utt2spk --dt-ms 8 -o b.tar");
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("the labels of 10 records are not in an archive alone"));
  const auto one = read_stream(folder.file("a.tar"));
  const auto other = read_stream(folder.file("b.tar"));
  REQUIRE(other.records.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(other.records[i].key == one.records[i].key);
    CHECK(other.records[i].label == one.records[i].label);
    CHECK(other.records[i].speaker == one.records[i].speaker);
    CHECK(other.records[i].data == one.records[i].data);
  }
  CHECK(other.header.dt_ms == 8.0);
  CHECK(other.header.made_by.at(0).first == "ossicle-convert");
}

TEST_CASE("ossicle-convert: shards joined are the whole") {
  const Folder folder;
  REQUIRE(folder.in("ossicle-convert -q a.tar -o a.npz").exit_code == 0);
  for (const char* input : {"a.tar", "a.npz"}) {
    const std::string shards =
        "for i in 1 2 3; do ossicle-convert -q " + std::string(input) + " --shard $i/3; done > b.tar";
    REQUIRE(folder.in(shards).exit_code == 0);
    const auto one = read_stream(folder.file("a.tar"));
    const auto other = read_stream(folder.file("b.tar"));
    REQUIRE(other.records.size() == one.records.size());
    for (std::size_t i = 0; i < 10; ++i) {
      CHECK(other.records[i].key == one.records[i].key);
      CHECK(other.records[i].data == one.records[i].data);
    }
  }
  CHECK(read_stream(folder.file("b.tar")).header.classes.size() == 10);
  REQUIRE(folder.in("ossicle-convert -q a.tar --shard 2/3 -o c.tar").exit_code == 0);
  CHECK(read_stream(folder.file("c.tar")).records.size() == 3);
  CHECK_THAT(folder.in("cat a.tar | ossicle-convert - --shard 1/2").err, Contains("--shard: the records of a pipe"));
}

TEST_CASE("ossicle-convert: the format is seen from names and contents, or asked for") {
  const Folder folder;
  const auto fails = [&](const std::string& words, const std::string& message) {
    const auto result = folder.in("ossicle-convert " + words);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(message));
  };
  fails("a.tar -o a.xyz", "a.xyz: its name does not show the format; give --to stream|npz|kaldi");
  std::filesystem::create_directory(folder.path() / "empty");
  fails("empty -o b.tar", "empty: its name does not show the format; give --from");
  fails("a.tar -o a.nir", "a.tar");
  fails("a.tar --from stream -o a.nir", "records and models do not become one another");
  fails("a.tar --to npz -o -", "standard output: this format cannot be written into a pipe; give -o FILE");
  fails("a.tar --to shd -o /dev/null", "cannot be written into a pipe");
  fails("--from npz - -o b.tar", "not from a pipe");
  fails("--from shd - -o b.tar", "not read from a pipe");
  fails("a.tar --to text", "name one with -o");
  fails("a.tar -o a.h5", "ossicle-encode makes spikes of them first");
  fails("missing.tar -o a.npz", "missing.tar: no such file");
  fails("a.tar -o no/a.npz", "folder no does not exist");
  fails("a.tar -o a.tar", "would replace");
  fails("a.tar --dt-ms 3 -o a.npz", "leave it out");
  fails("a.tar --labels text -o a.npz", "--labels or --speakers is for an archive of Kaldi");
  fails("a.tar --input-channels 3 -o a.npz", "--input-channels is for text of events");
  fails("a.tar --time-unit ms -o a.npz", "--time-unit is for text of events");
  fails("a.tar --shard 3/2 -o a.npz", "shard '3/2'");
  fails("a.tar --exact -o a.npz", "--exact is for a model as a NIR graph; leave it out");
  fails("a.tar --tau-m 4 -o a.npz", "--tau-m is for weights in safetensors as input; leave it out");
  fails("a.tar --stream a.tar -o a.npz", "--stream is for models and weights");
  fails("a.tar --from model --kind counts -o a.nir", "--kind or --classes is for records");
  CHECK(folder.n_files() == 2);  // a.tar and the empty folder
}

TEST_CASE("ossicle-convert: a file of the input's folder is not replaced") {
  const Folder folder;
  REQUIRE(folder.in("ossicle-convert -q a.tar --to kaldi -o k").exit_code == 0);
  const std::string archive = slurp(folder.file("k/feats.ark"));
  const auto result = folder.in("ossicle-convert k -o k/feats.ark");
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("k/feats.ark: this output would replace"));
  CHECK(slurp(folder.file("k/feats.ark")) == archive);
  CHECK(folder.in("ossicle-convert -q k -o k/all.npz").exit_code == 0);
}

TEST_CASE("ossicle-convert: an input that is cut leaves the old output as it was") {
  const Folder folder;
  spill(folder.file("cut.tar"), slurp(folder.file("a.tar")).substr(0, 20'000));
  spill(folder.file("old.npz"), "PK\x03\x04 old");
  CHECK(folder.in("ossicle-convert cut.tar -o old.npz").exit_code == 2);
  CHECK(slurp(folder.file("old.npz")) == "PK\x03\x04 old");
  CHECK(folder.in("ossicle-convert cut.tar --to kaldi -o k").exit_code == 2);
  CHECK(folder.n_files() == 3);
  REQUIRE(folder.in("ossicle-convert -q a.tar --to kaldi -o k").exit_code == 0);
  const auto again = folder.in("ossicle-convert a.tar --to kaldi -o k");
  CHECK(again.exit_code == 2);
  CHECK_THAT(again.err, Contains("k: is there already; remove it or name another folder"));
  CHECK(folder.in("ossicle-convert -q k").exit_code == 0);
}

TEST_CASE("ossicle-convert: an output replaces a file of its kind, and no other") {
  const Folder folder;
  REQUIRE(folder.in("ossicle-convert -q a.tar -o a.npz && ossicle-convert -q a.tar -o a.ark").exit_code == 0);
  for (const char* again : {"a.npz", "a.ark"})
    CHECK(folder.in(std::string("ossicle-convert -q a.tar -o ") + again).exit_code == 0);
  const std::string npz = slurp(folder.file("a.npz"));
  const auto result = folder.in("ossicle-convert a.tar --to kaldi -o a.npz");
  CHECK(result.exit_code == 2);
  CHECK_THAT(folder.in("ossicle-convert a.tar --to kaldi -o a.npz/").err, Contains("is there already"));
  CHECK_THAT(folder.in("ossicle-convert a.npz -o a.ark --to npz").err,
             Contains("a.ark: is an archive of Kaldi, and the output is an npz file"));
  CHECK(slurp(folder.file("a.npz")) == npz);
  const std::string zip = "PK\x03\x04" + std::string(22, '\0') + std::string("\x08\0\0\0docs.txt", 12);
  spill(folder.file("docs.npz"), zip);
  CHECK_THAT(folder.in("ossicle-convert a.tar -o docs.npz").err,
             Contains("docs.npz: is a zip file, and the output is an npz file"));
  CHECK(slurp(folder.file("docs.npz")) == zip);
}

TEST_CASE("ossicle-convert: a full disk is said of the output that was named, not of the hidden place beside it") {
  const Folder folder;
  spill(folder.file("list.tsv"), "path\tlabel\tspeaker\nt.txt\tyes\tada\n");
  std::string lines;
  for (int i = 0; i < 500; ++i) lines += "1 " + std::to_string(i) + "\n";
  spill(folder.file("t.txt"), lines);
  REQUIRE(
      folder.in("ossicle-convert -q --from text . --input-channels 3 --time-unit ms --dt-ms 1 -o e.tar").exit_code ==
      0);
  const auto n_files = folder.n_files();
  const std::vector<std::pair<std::string, std::string>> kOutputs = {
      {"e.tar -o e.h5", "e.h5"},      {"e.tar --to text -o texts", "texts/t.txt"},
      {"a.tar -o a.npz", "a.npz"},    {"a.tar -o a.ark", "a.ark"},
      {"a.tar --to kaldi -o k", "k"}, {"e.tar -o again.tar", "again.tar"}};
  for (const auto& [arguments, name] : kOutputs) {
    const auto result = folder.in("trap '' XFSZ; ulimit -f 2; ossicle-convert " + arguments);
    INFO(arguments << ": " << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err,
               Catch::StartsWith("ossicle-convert: " + name) && Contains("File too large") && !Contains("-part"));
  }
  CHECK(folder.n_files() == n_files);
}

TEST_CASE("ossicle-convert: a full disk is an error, a closed pipe a quiet end") {
  const Folder folder;
  const auto full = folder.in("ossicle-convert -q a.tar --to kaldi > /dev/full");
  CHECK(full.exit_code == 2);
  CHECK_THAT(full.err, Contains("standard output: cannot write: No space left"));
  CHECK(folder.in("ossicle-convert -q a.tar --to kaldi | head -c 1 > /dev/null").err.empty());
}

TEST_CASE("ossicle-convert: text of events becomes a stream, files that cannot be used are named") {
  const TempFolder temp;
  const auto in = [&](const std::string& line) { return shell(line, {}, {temp.path()}); };
  spill(temp.file("list.tsv"), "path\tlabel\tspeaker\na.txt\tyes\tada\nb.txt\tno\tada\n");
  spill(temp.file("a.txt"), "2 0.5\r\n0 1.5\r\n");
  const std::string line = "ossicle-convert --from text . --input-channels 3 --time-unit ms --dt-ms 1 -o out.tar";
  const auto result = in(line);
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("record b: ") && Contains("b.txt: no such file"));
  const auto stream = read_stream(temp.file("out.tar"));
  REQUIRE(stream.records.size() == 1);
  CHECK(stream.header.classes == std::vector<std::string>{"no", "yes"});
  CHECK(stream.records[0].label == "yes");
  CHECK(stream.records[0].n_steps == 2);
  CHECK(stream.records[0].data == ear::Array(std::vector<std::uint32_t>{0, 2, 1, 0}));
  CHECK_THAT(in("ossicle-convert --from text . --input-channels 3 -o out.tar").err,
             Contains("give --time-unit s|ms|us"));
  CHECK_THAT(in("ossicle-convert --from text . --time-unit s -o out.tar").err, Contains("give --input-channels"));
  spill(temp.file("a.txt"), "3 0.5\n");
  const auto none = in(line);
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, Contains("a.txt:1: channel 3") && Contains("no record could be used"));
}
