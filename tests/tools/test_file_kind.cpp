#include "tools/common/file_kind.h"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "snn/files/checkpoint.h"
#include "snn/files/model_file.h"
#include "tests/frontend/stream/samples.h"
#include "tests/pipe/run.h"
#include "tests/snn/sample_model.h"
#include "tools/common/io.h"
#include "tools/common/load.h"

using Catch::Contains;
using pipe_support::Result;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::spill;
using pipe_support::TempFolder;
using tools::FileKind;

namespace {

constexpr ear::Kind kKind = ear::Kind::kCochleagram;

std::string stream(ear::Kind kind = kKind) {
  return samples::write(samples::header(kind), {samples::record(kind, "a"), samples::record(kind, "b")});
}

/// A tar header of another type than a plain file, as pax and GNU tar put before a member, and its contents.
std::string extra_member(char type, const std::string& name, const std::string& contents) {
  std::string bytes = samples::member(name, contents);
  bytes[156] = type;
  bytes.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(bytes[i]);
  std::string digits(6, '0');
  for (std::size_t i = 6; i > 0; sum /= 8) digits[--i] = static_cast<char>('0' + sum % 8);
  return bytes.replace(148, 8, digits + std::string("\0 ", 2));
}

std::string pax_stream(ear::Kind kind = kKind) {
  return extra_member('g', "pax_global_header", "30 comment=0123456789abcdefgh\n") +
         extra_member('x', "PaxHeaders/__header__", "30 mtime=1790000000.123456789\n") + stream(kind);
}

std::string safetensors(const std::string& header) {
  return std::string{static_cast<char>(header.size()), 0, 0, 0, 0, 0, 0, 0} + header;
}

/// The header of a member of a zip, and what follows it.
std::string zip(const std::string& name) {
  return "PK\x03\x04" + std::string(22, '\0') + std::string{static_cast<char>(name.size()), 0, 0, 0} + name + ".npy";
}

std::string model() {
  return snn::serialise(snn::sample_model());
}

}  // namespace

TEST_CASE("file_kind: each kind is seen from its first bytes") {
  using std::string;
  const std::vector<std::pair<string, FileKind>> kKnown = {
      {"", FileKind::kEmpty},
      {stream(), FileKind::kStream},
      {stream().substr(0, 100), FileKind::kStream},
      {pax_stream(), FileKind::kStream},
      {extra_member('L', "././@LongLink", string(150, 'n')) + stream(), FileKind::kStream},
      {samples::tar({{"readme.txt", "hello"}}), FileKind::kTar},
      {samples::tar({{"__header__.txt", "hello"}}), FileKind::kTar},
      {extra_member('x', "PaxHeaders/a", "30 mtime=1790000000.123456789\n") + samples::tar({{"a", ""}}),
       FileKind::kTar},
      {model(), FileKind::kModel},
      {model().substr(0, 300), FileKind::kModel},
      {snn::serialise(snn::sample_checkpoint()), FileKind::kCheckpoint},
      {safetensors(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"), FileKind::kSafetensors},
      {safetensors(R"({"__metadata__":{"format":"pt"}})"), FileKind::kSafetensors},
      {"\x89HDF\r\n\x1a\n", FileKind::kHdf5},
      {"\x1f\x8b\x08", FileKind::kGzip},
      {"\x28\xb5\x2f\xfd", FileKind::kZstd},
      {"PK\x03\x04", FileKind::kZip},
      {zip("x.npy"), FileKind::kNpz},
      {zip("docs/x.npy.txt"), FileKind::kZip},
      {zip("x.npy").substr(0, 33), FileKind::kZip},
      {"\x93NUMPY\x01", FileKind::kNpy},
      {string("utt_1 \0BFM \4", 12), FileKind::kKaldi},
      {"RIFF....WAVEfmt ", FileKind::kSound},
      {"FORM....AIFF", FileKind::kSound},
      {"fLaC", FileKind::kSound},
      {"NIST_1A\n   1024\n", FileKind::kSound},
      {"OggS", FileKind::kSound},
      {"path\tlabel\tspeaker\na.wav\tone\tada\n", FileKind::kList},
      {"\xEF\xBB\xBFlabel\tpath\r\n", FileKind::kList},
      {"paths\tlabel\n", FileKind::kText},
      {"{\"epoch\":0,\"loss\":1.5}\n", FileKind::kLog},
      {"{\"epochs\":3}\n", FileKind::kText},
      {"0 0.005\n1 0.010\n", FileKind::kText},
      {string(512, '\0'), FileKind::kZeros},
      {string(511, '\0'), FileKind::kUnknown},
      {string("\0\1\2\3", 4), FileKind::kUnknown}};
  for (const auto& [bytes, kind] : kKnown) {
    INFO(tools::name_of(kind) << ": " << bytes.substr(0, 20));
    CHECK(tools::kind_of(bytes) == kind);
  }
}

TEST_CASE("file_kind: the classes of a model may be long, and the format stand behind what is seen") {
  snn::Model many = snn::sample_model();
  many.classes = {std::string(5000, 'a'), std::string(5000, 'b')};
  snn::Checkpoint amid = snn::sample_checkpoint();
  amid.model.classes = many.classes;
  CHECK(tools::kind_of(snn::serialise(many).substr(0, 4096)) == FileKind::kModel);
  CHECK(tools::kind_of(snn::serialise(amid).substr(0, 4096)) == FileKind::kCheckpoint);
}

TEST_CASE("file_kind: looking takes nothing away, from a pipe neither") {
  const TempFolder folder;
  const std::string bytes = pax_stream();
  spill(folder.file("s.tar"), bytes);
  tools::InputFile file(folder.file("s.tar"), "a stream");
  CHECK(tools::kind_of(file) == FileKind::kStream);
  CHECK(tools::read_file(file, bytes.size()) == bytes);
  const Result piped = shell("cat " + folder.file("s.tar") + " | ossicle-info - | head -n 4 | tail -n 1");
  CHECK(piped.out == "n_records: 2\n");
  const Result slow =
      shell("(head -c 5 s.tar; sleep 1; tail -c +6 s.tar) | ossicle-info | head -n 4 | tail -n 1", "", {folder.path()});
  CHECK(slow.out == "n_records: 2\n");
}

TEST_CASE("file_kind: what was seen of a pipe comes first, once, and a look that goes further keeps it") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const std::string bytes = pax_stream();
  REQUIRE(::write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  ::close(ends[1]);
  tools::InputFile file("/proc/self/fd/" + std::to_string(ends[0]), "a stream");
  ::close(ends[0]);
  CHECK(file.look(5) == bytes.substr(0, 5));
  CHECK(file.look(2000) == bytes.substr(0, 2000));
  CHECK(file.look(3) == bytes.substr(0, 3));
  CHECK(tools::read_file(file, bytes.size()) == bytes);
  CHECK(tools::read_file(file, bytes.size()).empty());
}

TEST_CASE("Every tool reads a stream that was packed again as pax") {
  const TempFolder folder;
  spill(folder.file("s.tar"), pax_stream());
  spill(folder.file("events.tar"), pax_stream(ear::Kind::kEvents));
  for (const char* line :
       {"ossicle-encode s.tar -o e.tar", "ossicle-rebin events.tar -o r.tar", "cat events.tar | ossicle-rebin > r2.tar",
        "ossicle-info s.tar", "ossicle-info < s.tar", "cat s.tar | ossicle-info", "ossicle-convert s.tar -o s.npz",
        "ossicle-convert s.tar -o - > t.tar"}) {
    const Result result = shell(line, "", {folder.path()});
    INFO(line << "\n" << result.err);
    CHECK(result.exit_code == 0);
  }
  // The sample model takes three channels, so its own kind and recipe are all that must fit.
  snn::Model fitting = snn::sample_model();
  fitting.input_kind = "cochleagram";
  fitting.recipe_json = ear::to_json(samples::header(kKind).recipe);
  fitting.classes = samples::header(kKind).classes;
  spill(folder.file("m.model"), snn::serialise(fitting));
  for (const char* line :
       {"ossicle-predict m.model s.tar", "ossicle-predict m.model - < s.tar", "cat s.tar | ossicle-predict m.model",
        "ossicle-predict --spikes 1 m.model s.tar -o p.tar", "ossicle-eval m.model s.tar",
        "ossicle-train s.tar -o t.model --epochs 1 --hidden 4 --no-skip"}) {
    INFO(line);
    const Result result = shell(line, "", {folder.path()});
    INFO(result.err);
    CHECK(result.exit_code == 0);
  }
}

TEST_CASE("A wrong argument is told what it is") {
  const TempFolder folder;
  const auto says = [&](const std::string& line, const std::string& message) {
    const Result result = shell(line, "", {folder.path()});
    INFO(line << "\n" << result.err);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(message));
  };
  spill(folder.file("s.tar"), stream());
  spill(folder.file("m.model"), model());
  spill(folder.file("m.ckpt"), snn::serialise(snn::sample_checkpoint()));
  spill(folder.file("l.tsv"), "path\tlabel\tspeaker\na.wav\tone\tada\n");
  spill(folder.file("s.tar.gz"), "\x1f\x8b\x08 and so on");
  spill(folder.file("a.wav"), "RIFF and so on");
  spill(folder.file("x.h5"), "\x89HDF\r\n\x1a\n");
  spill(folder.file("x.npz"), "PK\x03\x04");
  spill(folder.file("empty"), "");
  says("ossicle-eval s.tar m.model",
       "s.tar: is a stream, wanted a model; the model comes first: ossicle-eval MODEL STREAM");
  says("cat s.tar | ossicle-eval /dev/stdin m.model", "is a stream, wanted a model");
  says("ossicle-predict a.wav m.model",
       "a.wav: is a recording, wanted a model; the model comes first: ossicle-predict MODEL");
  says("ossicle-predict m.ckpt a.wav", "m.ckpt: is a checkpoint, wanted a model");
  says("ossicle-eval m.model m.model", "m.model: is a model, wanted a stream");
  says("ossicle-train m.model -o t", "m.model: is a model, wanted a stream");
  says("ossicle-train l.tsv -o t", "l.tsv: is a list of recordings, wanted a stream; ossicle-lyon --list");
  says("ossicle-train s.tar.gz -o t", "s.tar.gz: is a gzip file, wanted a stream; gunzip it first");
  says("cat s.tar.gz | ossicle-train -o t", "standard input: is a gzip file, wanted a stream; gunzip it first");
  says("ossicle-train a.wav -o t", "a.wav: is a recording, wanted a stream; ossicle-lyon makes");
  says("ossicle-train x.h5 -o t", "x.h5: is an HDF5 file, wanted a stream; ossicle-rebin");
  says("ossicle-train empty -o t", "empty: is empty, wanted a stream");
  says("ossicle-train s.tar --init s.tar -o t", "s.tar: is a stream, wanted a model");
  says("ossicle-encode x.npz -o t", "x.npz: is a zip file, wanted a stream; ossicle-convert");
  says("ossicle-rebin l.tsv -o t", "l.tsv: is a list of recordings, wanted events");
  says("ossicle-rebin l.tsv -o t", "give it with --list");
  says("ossicle-rebin x.h5.gz s.tar.gz -o t", "x.h5.gz: no such file");
  says("ossicle-rebin s.tar.gz -o t", "s.tar.gz: is a gzip file, wanted events");
  says("ossicle-lyon l.tsv -o t", "l.tsv: is a list of recordings, wanted a recording; give it with --list");
  says("ossicle-lyon m.model -o t", "m.model: is a model, wanted a recording");
  says("ossicle-predict m.model l.tsv",
       "l.tsv: is a list of recordings, wanted a recording or a stream; ossicle-lyon --list");
  says("ossicle-lyon --list s.tar -o t", "s.tar: is a stream, wanted a list of recordings");
  says("ossicle-rebin --time-unit s --input-channels 2 --list m.model -o t",
       "m.model: is a model, wanted a list of recordings");
  spill(folder.file("unknown"), std::string("\x7f"
                                            "ELF\0",
                                            5));
  says("ossicle-predict unknown s.tar", "unknown: is of no kind known here, wanted a model; the model comes first");
  says("ossicle-predict m.model m.model", "m.model: is a model, wanted a recording or a stream");
  says("ossicle-predict --spikes 1 m.model a.wav -o t", "a.wav: is a recording, wanted a stream");
  says("ossicle-eval m.model s.tar --confusion l.tsv", "l.tsv: is a list of recordings, and the output is a text file");
  says("cat m.model | ossicle-lyon -o t", "standard input: is a model, wanted a recording");
  says("ossicle-info a.wav", "a.wav: is a recording, wanted a stream, a model or a checkpoint");
  says("ossicle-convert s.tar.gz -o t.npz",
       "s.tar.gz: is a gzip file, wanted a stream, a model or a file of another program; gunzip it first");
  says("ossicle-convert - -o t.npz < m.model", "standard input: is a model, wanted a stream");
  says("ossicle-convert m.ckpt --from model -o t.nir", "m.ckpt: is a checkpoint, wanted a model");
}

TEST_CASE("file_kind: a model is read from a file, a named pipe and standard input") {
  const TempFolder folder;
  spill(folder.file("m.model"), model());
  CHECK(tools::read_model(folder.file("m.model")) == snn::sample_model());
  const std::string wanted = shell("ossicle-info m.model | tail -n +2", "", {folder.path()}).out;
  CHECK_THAT(wanted, Contains("n_parameters: 106"));
  CHECK(shell("ossicle-info < m.model | tail -n +2", "", {folder.path()}).out == wanted);
  CHECK(shell("mkfifo p; cat m.model > p & ossicle-info p | tail -n +2", "", {folder.path()}).out == wanted);
}
