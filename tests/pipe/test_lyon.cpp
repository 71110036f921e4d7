// ossicle-lyon: order, shards, labels, bad recordings and lists, pipes.
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>

#include "frontend/lyon/front_end.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::Corpus;
using pipe_support::little_endian;
using pipe_support::read_stream;
using pipe_support::run;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::spill;
using pipe_support::TempFolder;
using pipe_support::wav_bytes;

namespace {

/// The bytes of a stream from its first record up to its end member.
std::string records_of(const std::string& bytes, const std::string& first_key) {
  const auto first = bytes.find(first_key + ".npy");
  const auto last = bytes.rfind("__end__");
  REQUIRE(first % 512 == 0);
  REQUIRE(last != std::string::npos);
  return bytes.substr(first, last - first);
}

}  // namespace

TEST_CASE("ossicle-lyon: the order of the list and every byte stay under any number of jobs") {
  const Corpus corpus;
  REQUIRE(shell(corpus.command("--jobs 1 -o " + corpus.file("one.tar"))).exit_code == 0);
  REQUIRE(shell(corpus.command("--jobs 3 > " + corpus.file("three.tar"))).exit_code == 0);
  CHECK(slurp(corpus.file("one.tar")) == slurp(corpus.file("three.tar")));
  const auto stream = read_stream(corpus.file("one.tar"));
  REQUIRE(stream.records.size() == 50);
  for (int i = 0; i < 50; ++i) CHECK(stream.records[i].key == std::to_string(i));
  CHECK(stream.header.classes == std::vector<std::string>{"one", "three", "two"});
  CHECK(stream.records[4].label == "one");
  CHECK(stream.records[4].speaker == "f0");
  CHECK(stream.header.n_channels == 78);
  CHECK_FALSE(stream.header.dt_ms);
}

TEST_CASE("ossicle-lyon: a record is what the front end gives for its recording") {
  const Corpus corpus;
  REQUIRE(shell(corpus.command("-o " + corpus.file("a.tar"))).exit_code == 0);
  const auto stream = read_stream(corpus.file("a.tar"));
  const auto params = ear::front_end_params(stream.header.recipe.stages.at(0));
  CHECK(params == ear::FrontEnd({}).params());
  const auto cochleagram = ear::FrontEnd(params)(ear::read_sound(corpus.temp.path() / "re cordings/7.wav"));
  const auto& record = stream.records.at(7);
  CHECK(std::get<std::vector<float>>(record.data) == cochleagram.values);
  CHECK(record.n_steps == 100);
  CHECK(record.decimation == cochleagram.decimation);
  CHECK(record.dt_ms == cochleagram.dt_ms);
}

TEST_CASE("ossicle-lyon: the shards' records are the whole's, byte for byte, under the same header") {
  const Corpus corpus;
  REQUIRE(shell(corpus.command("-o " + corpus.file("whole.tar"))).exit_code == 0);
  std::string joined;
  const std::string whole = slurp(corpus.file("whole.tar"));
  const std::string header = whole.substr(0, whole.find("0.npy"));
  int next = 0;
  for (int i = 1; i <= 3; ++i) {
    const std::string name = corpus.file("part" + std::to_string(i) + ".tar");
    REQUIRE(shell(corpus.command("--shard " + std::to_string(i) + "/3 -o " + name)).exit_code == 0);
    const std::string part = slurp(name);
    CHECK(part.compare(0, header.size(), header) == 0);
    joined += records_of(part, std::to_string(next));
    next = 50 * i / 3;
  }
  CHECK(joined == records_of(whole, "0"));
  REQUIRE(shell("cat " + corpus.file("part*.tar") + " > " + corpus.file("cat.tar")).exit_code == 0);
  CHECK(read_stream(corpus.file("cat.tar")).records.size() == 50);
}

TEST_CASE("ossicle-lyon: a bad recording is named, counted and skipped, --strict stops and keeps the old file") {
  const Corpus corpus(5);
  spill(corpus.list, corpus.text + "missing.wav\tone\tf0\nempty.wav\tone\tf0\ntext.wav\tone\tf0\nshort.wav\tone\tf0\n");
  spill(corpus.file("empty.wav"), "");
  spill(corpus.file("text.wav"), "nothing to hear");
  spill(corpus.file("short.wav"), wav_bytes(0, 50));
  const std::string out = corpus.file("out.tar");
  const auto result = shell(corpus.command("--decimation 100 -o " + out));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("missing.wav: cannot be opened") && Contains("empty.wav: is empty") &&
                             Contains("text.wav: not a sound") && Contains("short.wav: 78 samples"));
  CHECK(read_stream(out).records.size() == 5);
  CHECK(read_stream(out).header.dt_ms == 8.0);

  spill(out, "__header__ of old");
  const auto strict = shell(corpus.command("--strict -o " + out));
  CHECK(strict.exit_code == 2);
  CHECK_THAT(strict.err, Contains("missing.wav: cannot be opened") && !Contains("empty.wav"));
  CHECK(slurp(out) == "__header__ of old");
}

TEST_CASE("ossicle-lyon: nothing to hear is a failure") {
  const TempFolder temp;
  const auto result = run({"ossicle-lyon", temp.file("a.wav"), "-o", temp.file("out.tar")});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("a.wav: cannot be opened") && Contains("no recording could be used"));
  CHECK_FALSE(std::filesystem::exists(temp.file("out.tar")));
  CHECK_THAT(run({"ossicle-lyon"}).err, Contains("standard input: is empty"));
  const auto folder = run({"ossicle-lyon", temp.path().string()});
  CHECK(folder.exit_code == 2);
  CHECK_THAT(folder.err, Contains("is a directory"));
}

TEST_CASE("ossicle-lyon: a list that cannot be used is an error before anything is written") {
  const Corpus corpus(3);
  const auto check = [&](const std::string& text, const std::string& message) {
    spill(corpus.list, text);
    const auto result = shell(corpus.command(""));
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains("list.tsv") && Contains(message));
  };
  check("path\tlabel\nre cordings/0.wav\tone\n", "no column speaker");
  check("path\tlabel\tspeaker\tsex\n", "column 'sex' is not known");
  check(corpus.text + "re cordings/1.flac\tone\tf1\n", "key re_cordings_1 is already that of re cordings/1.wav");
  check(corpus.text + "re cordings/1.wav\n", "1 fields");
  check("", "is empty");
  std::filesystem::remove(corpus.list);
  CHECK(shell(corpus.command("")).exit_code == 2);
}

TEST_CASE("ossicle-lyon: classes come from the whole list or from a file") {
  const Corpus corpus(9);
  REQUIRE(shell(corpus.command("--shard 1/9 -o " + corpus.file("a.tar"))).exit_code == 0);
  CHECK(read_stream(corpus.file("a.tar")).header.classes == std::vector<std::string>{"one", "three", "two"});
  spill(corpus.file("classes"), "zero\none\ntwo\nthree\n");
  REQUIRE(shell(corpus.command("--classes " + corpus.file("classes") + " -o " + corpus.file("b.tar"))).exit_code == 0);
  CHECK(read_stream(corpus.file("b.tar")).header.classes == std::vector<std::string>{"zero", "one", "two", "three"});
  spill(corpus.file("classes"), "one\ntwo\n");
  const auto result = shell(corpus.command("--classes " + corpus.file("classes")));
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("label 'three'"));
}

TEST_CASE("ossicle-lyon: recordings come through pipes, whatever their header promises") {
  const TempFolder temp;
  std::string wav = wav_bytes(3, 4000);
  spill(temp.file("a.wav"), wav);
  REQUIRE(shell("ossicle-lyon -q " + temp.file("a.wav") + " > " + temp.file("file.tar")).exit_code == 0);
  wav.replace(40, 4, little_endian(std::uint32_t{0x7FFFF000}));  // as a synthesiser writes it
  spill(temp.file("b.wav"), wav);
  REQUIRE(shell("cat " + temp.file("b.wav") + " | ossicle-lyon -q - > " + temp.file("pipe.tar")).exit_code == 0);
  const auto from_file = read_stream(temp.file("file.tar")), from_pipe = read_stream(temp.file("pipe.tar"));
  REQUIRE(from_pipe.records.size() == 1);
  CHECK(from_pipe.records[0].key == "stdin");
  CHECK(from_pipe.records[0].data == from_file.records.at(0).data);

  std::string sphere =
      "NIST_1A\n   1024\nchannel_count -i 1\nsample_count -i 4000\nsample_rate -i 8000\n"
      "sample_n_bytes -i 2\nsample_byte_format -s2 01\nsample_sig_bits -i 16\nsample_coding -s3 pcm\nend_head\n";
  sphere.resize(1024, ' ');
  sphere += wav.substr(44);
  CHECK(run({"ossicle-lyon", "-q", "-o", temp.file("sphere.tar")}, sphere).exit_code == 0);
  CHECK(read_stream(temp.file("sphere.tar")).records.at(0).data == from_file.records[0].data);
  const auto cut = run({"ossicle-lyon", "-o", temp.file("cut.tar")}, sphere.substr(0, 2000));
  CHECK(cut.exit_code == 2);
  CHECK_THAT(cut.err, Contains("standard input: cut short: 488 of the 4000 frames"));
}

TEST_CASE("ossicle-lyon: several channels are mentioned once, and not under --quiet") {
  const TempFolder temp;
  spill(temp.file("a.wav"), wav_bytes(1, 3000, 2));
  spill(temp.file("b.wav"), wav_bytes(2, 3000, 2));
  const std::string files = temp.file("a.wav") + " " + temp.file("b.wav") + " > /dev/null";
  const auto result = shell("ossicle-lyon " + files);
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("a.wav: 2 channels; the mean") && !Contains("b.wav"));
  CHECK_THAT(result.err, Contains("2 recordings, 78 channels"));
  CHECK(shell("ossicle-lyon -q " + files).err.empty());
}

TEST_CASE("ossicle-lyon: flags reach the recipe, and values out of range are refused") {
  const Corpus corpus(2);
  const std::string out = corpus.file("a.tar");
  REQUIRE(
      shell(corpus.command("--sample-rate 16000 --ear-q 6 --channels 50 --decimation 90 --tail-steps 4 --tau-factor 2 "
                           "--no-agc --no-differ --scale 7 -o " +
                           out))
          .exit_code == 0);
  ear::FrontEndParams wanted;
  wanted.sample_rate_hz = 16000;
  wanted.lyon = {.ear_q = 6, .tau_factor = 2, .agc = false, .differ = false};
  wanted.n_channels = 50;
  wanted.n_steps = 0;
  wanted.decimation = 90;
  wanted.tail_steps = 4;
  wanted.scale = 7;
  const auto stream = read_stream(out);
  CHECK(stream.header.recipe.stages == std::vector{ear::to_stage(wanted)});
  CHECK(stream.header.n_channels == 50);
  CHECK(stream.header.dt_ms == 1000.0 * 90 / 16000);
  REQUIRE(shell(corpus.command("--steps 20 --step-factor 0.5 -o " + out)).exit_code == 0);
  CHECK(read_stream(out).records.at(0).n_steps == 20);
  CHECK(read_stream(out).header.n_channels == 39);

  const std::vector<std::pair<std::string, std::string>> kRefused = {{"--decimation 0", "decimation 0"},
                                                                     {"--steps 0", "--steps"},
                                                                     {"--steps 5 --decimation 5", "excludes"},
                                                                     {"--scale 0", "scale 0"},
                                                                     {"--ear-q 0", "ear_q 0"},
                                                                     {"--channels 1", "1 channels"},
                                                                     {"--sample-rate 5", "sample rate 5"},
                                                                     {"--shard 4/3", "shard '4/3'"},
                                                                     {"--jobs -1", "--jobs -1"},
                                                                     {"--step-factor 0.3 --channels 78", "78"},
                                                                     {"--tail-steps 100", "tail_steps"},
                                                                     {"x.wav", "--list and files"}};
  for (const auto& [flags, message] : kRefused) {
    const auto result = shell(corpus.command(flags));
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains(message));
  }
}

TEST_CASE("ossicle-lyon: a full disk is an error, a closed pipe a quiet end, a terminal refused") {
  const Corpus corpus(3);
  const auto full = shell(corpus.command("-o /dev/full"));
  CHECK(full.exit_code == 2);
  CHECK_THAT(full.err, Contains("No space left on device"));
  const auto closed = shell("(" + corpus.command("--decimation 1") + "; echo code $? >&2) | head -c 1 | wc -c");
  CHECK(closed.err == "code 0\n");
  const auto terminal =
      run({"ossicle-lyon", corpus.file("re cordings/0.wav")}, {}, {.folder = {}, .stdout_is_terminal = true});
  CHECK(terminal.exit_code == 2);
  CHECK_THAT(terminal.err, Contains("terminal"));
  const auto waiting = run({"ossicle-lyon", "-o", corpus.file("a.tar")}, {}, {.folder = {}, .stdin_is_terminal = true});
  CHECK(waiting.exit_code == 2);
  CHECK_THAT(waiting.err, Contains("standard input is a terminal"));
}

TEST_CASE("ossicle-lyon: recordings that give nothing but zeros are pointed out") {
  const TempFolder temp;
  std::string wav = wav_bytes(0, 1000);
  std::fill(wav.begin() + 44, wav.end(), '\0');
  spill(temp.file("silence.wav"), wav);
  const auto result = shell("ossicle-lyon " + temp.file("silence.wav") + " > /dev/null");
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("warning: 1 of the recordings") && Contains("silence.wav"));
}

TEST_CASE("ossicle-lyon: a list whose recordings are all elsewhere is one message that says where") {
  const Corpus corpus(5);
  const TempFolder elsewhere;
  const auto here = [&](const std::string& arguments) {
    return shell("ossicle-lyon -o a.tar --list " + arguments, {}, {.folder = elsewhere.path()});
  };
  const auto missing = here(corpus.list);
  CHECK(missing.exit_code == 2);
  CHECK(missing.err == "ossicle-lyon: " + corpus.list +
                           ": none of its 5 recordings is there, re cordings/0.wav first; give --root " +
                           corpus.temp.path().string() + "\n");
  CHECK_FALSE(std::filesystem::exists(elsewhere.path() / "a.tar"));
  const auto wrong = here(corpus.list + " --root sounds");
  CHECK(wrong.exit_code == 2);
  CHECK_THAT(wrong.err, Contains("none of its 5 recordings is there, sounds/re cordings/0.wav first"));
  const auto through_pipe = shell("ossicle-lyon --list - -o a.tar", corpus.text, {.folder = elsewhere.path()});
  CHECK(through_pipe.exit_code == 2);
  CHECK_THAT(through_pipe.err, Contains("standard input: none of its 5 recordings is there") &&
                                   Contains("--root names the folder that they start from"));
  CHECK(here(corpus.list + " --root " + corpus.temp.path().string()).exit_code == 0);
  std::filesystem::remove(corpus.temp.path() / "re cordings/0.wav");
  const auto one = here(corpus.list + " --root " + corpus.temp.path().string());
  CHECK(one.exit_code == 1);
  CHECK_THAT(one.err, Contains("re cordings/0.wav: cannot be opened"));
}

TEST_CASE("ossicle-lyon: numbers with zeros before them are decimal") {
  const Corpus corpus(1);
  REQUIRE(shell(corpus.command("--sample-rate 012500 --steps 010 -o " + corpus.file("a.tar"))).exit_code == 0);
  const auto stream = read_stream(corpus.file("a.tar"));
  CHECK(ear::front_end_params(stream.header.recipe.stages.at(0)).sample_rate_hz == 12500);
  CHECK(stream.records.at(0).n_steps == 10);
}
