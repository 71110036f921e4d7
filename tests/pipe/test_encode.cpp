// ossicle-encode: spikes and back, shards, bad input; what follows it is in test_encode_route.cpp.
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>

#include "frontend/encode/encode.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using pipe_support::Corpus;
using pipe_support::read_stream;
using pipe_support::run;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::spill;
using pipe_support::Stream;
using pipe_support::TempFolder;

namespace {

/// Cochleagrams of a small corpus.
struct Heard {
  explicit Heard(int n_recordings = 10, const std::string& flags = "") : corpus(n_recordings) {
    REQUIRE(shell(corpus.command(flags + " -o " + stream)).exit_code == 0);
  }
  std::string file(const std::string& name) const { return corpus.file(name); }
  Corpus corpus;
  std::string stream = corpus.file("heard.tar");
};

/// Writes a stream of one cochleagram for each of the values, constant.
void write_constant(const std::string& path, const std::vector<float>& values) {
  ear::Header header;
  header.n_channels = 2;
  header.recipe.stages = {{"test", {}}};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
  ear::Writer writer(fileno(file.get()), path, header);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ear::Record record;
    record.key = "r" + std::to_string(i);
    record.n_steps = 20;
    record.dt_ms = 5.0;
    record.data = std::vector<float>(40, values[i]);
    writer.write(record);
  }
  writer.close();
}

}  // namespace

TEST_CASE("ossicle-encode: records are what the library gives, under any number of jobs") {
  const Heard heard;
  const auto in = read_stream(heard.stream);
  for (const std::string method : {"bsa", "level-crossing", "lif", "poisson"}) {
    const std::string one = heard.file("one.tar"), many = heard.file("many.tar");
    REQUIRE(shell("ossicle-encode -q --method " + method + " --jobs 1 " + heard.stream + " -o " + one).exit_code == 0);
    REQUIRE(
        shell("cat " + heard.stream + " | ossicle-encode -q --method " + method + " --jobs 3 > " + many).exit_code ==
        0);
    CHECK(slurp(one) == slurp(many));
    const auto out = read_stream(one);
    REQUIRE(out.header.recipe.stages.size() == 2);
    CHECK(out.header.recipe.stages[0] == in.header.recipe.stages[0]);
    const auto params = ear::encode_params(out.header.recipe.stages[1]);
    CHECK(ear::method_name(params) == method);
    CHECK(out.header.classes == in.header.classes);
    CHECK(out.header.made_by.back().first == "ossicle-encode");
    const auto encoder = ear::StreamEncoder::encoder(in.header, params);
    REQUIRE(out.records.size() == in.records.size());
    for (std::size_t i = 0; i < in.records.size(); ++i) {
      CHECK(out.records[i].data == encoder(in.records[i]).data);
      CHECK(out.records[i].label == in.records[i].label);
    }
  }
}

TEST_CASE("ossicle-encode: flags reach the recipe") {
  const Heard heard(2);
  const std::vector<std::pair<std::string, ear::EncodeParams>> kCases = {
      {"--scale 2 --taps 9 --kernel-width 2.5 --threshold 0.25 --hold 3 --max-steps 70",
       ear::BsaParams{2.0, 9, 2.5, 0.25, {3, 70}}},
      {"--method level-crossing --delta 0.5 --initial -1 --hold 3 --max-steps 70",
       ear::LevelCrossingParams{0.5, -1.0, {3, 70}}},
      {"--method lif --gain 7 --tau-ms 3 --threshold 2 --refractory-ms 5 --hold 3 --max-steps 70",
       ear::LifEncoderParams{7.0, 3.0, 2.0, 5.0, {3, 70}}},
      {"--method poisson --rate-hz 12 --seed 99 --hold 3 --max-steps 70", ear::PoissonParams{12.0, 99, {3, 70}}}};
  for (const auto& [flags, params] : kCases) {
    REQUIRE(shell("ossicle-encode -q " + flags + " " + heard.stream + " -o " + heard.file("a.tar")).exit_code == 0);
    const auto out = read_stream(heard.file("a.tar"));
    CHECK(out.header.recipe.stages.at(1) == ear::to_stage(params));
    CHECK(out.records.at(0).n_steps == 70);
  }
}

TEST_CASE("ossicle-encode: shards of files joined are the whole, Poisson spikes too") {
  const Heard a(11), b(7, "--shard 2/3"), c(7, "--shard 3/3");
  const std::string flags = "ossicle-encode -q --method poisson ";
  for (const std::string& inputs : {a.stream, b.stream + " " + c.stream}) {
    REQUIRE(shell(flags + inputs + " -o " + a.file("whole.tar")).exit_code == 0);
    const auto whole = read_stream(a.file("whole.tar"));
    for (int i = 1; i <= 3; ++i) {
      REQUIRE(
          shell(flags + "--shard " + std::to_string(i) + "/3 " + inputs + " > " + a.file("part") + std::to_string(i))
              .exit_code == 0);
      const auto n = read_stream(a.file("part") + std::to_string(i)).records.size();
      CHECK(n == whole.records.size() * i / 3 - whole.records.size() * (i - 1) / 3);
    }
    REQUIRE(shell("cat " + a.file("part1") + " " + a.file("part2") + " " + a.file("part3") + " > " + a.file("cat.tar"))
                .exit_code == 0);
    const auto joined = read_stream(a.file("cat.tar"));
    REQUIRE(joined.records.size() == whole.records.size());
    for (std::size_t i = 0; i < whole.records.size(); ++i) {
      CHECK(joined.records[i].key == whole.records[i].key);
      CHECK(joined.records[i].data == whole.records[i].data);
    }
  }
  for (const std::string& line :
       {"cat " + a.stream + " | ossicle-encode --shard 1/2", "ossicle-encode --shard 1/2 < " + a.stream}) {
    const auto pipe = shell(line + " > " + a.file("x"));
    CHECK(pipe.exit_code == 2);
    CHECK_THAT(pipe.err, Contains("standard input: --shard counts the records first") && Contains("tool that makes"));
  }
}

TEST_CASE("ossicle-encode: the report, and --decode gives the cochleagram that it speaks of") {
  const Heard heard;
  const auto result = shell("ossicle-encode --hold 10 --report " + heard.stream + " -o " + heard.file("spikes.tar"));
  REQUIRE(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("10 recordings, 78 channels") && Contains(" spikes a recording") && Contains(" Hz") &&
                             Contains("signal-to-noise ratio mean "));
  REQUIRE(
      shell("ossicle-encode -q --decode < " + heard.file("spikes.tar") + " > " + heard.file("back.tar")).exit_code ==
      0);
  const auto in = read_stream(heard.stream), back = read_stream(heard.file("back.tar"));
  CHECK(back.header.kind == ear::Kind::kCochleagram);
  CHECK(back.header.recipe.stages.size() == 3);
  double sum = 0.0;
  for (std::size_t i = 0; i < in.records.size(); ++i) {
    CHECK(back.records.at(i).n_steps == 100);
    CHECK(back.records[i].dt_ms == Approx(in.records[i].dt_ms));
    CHECK(back.records[i].decimation == in.records[i].decimation);
    sum += ear::snr_db(std::get<std::vector<float>>(in.records[i].data),
                       std::get<std::vector<float>>(back.records[i].data))
               .value();
  }
  char mean[32];
  std::snprintf(mean, sizeof mean, "mean %.2f dB", sum / 10);
  CHECK_THAT(result.err, Contains(mean));
  CHECK_THAT(shell("ossicle-encode -q --report --method lif " + heard.stream + " > /dev/null").err,
             Contains("the method has no decoder"));
}

TEST_CASE(
    "ossicle-encode: a record that cannot be encoded is named and skipped, --strict stops and keeps the old file") {
  const TempFolder temp;
  const std::string out = temp.file("out.tar");
  write_constant(temp.file("in.tar"), {1.0F, 3e38F, 0.5F});
  const auto result = shell("ossicle-encode --scale 2 " + temp.file("in.tar") + " -o " + out);
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("record r1: step 0, channel 0: 3e+38 times scale 2 is not finite"));
  CHECK(read_stream(out).records.size() == 2);
  spill(out, "__header__ of old");
  CHECK(shell("ossicle-encode --strict --scale 2 " + temp.file("in.tar") + " -o " + out).exit_code == 2);
  CHECK(slurp(out) == "__header__ of old");
  write_constant(temp.file("in.tar"), {3e38F});
  const auto none = shell("ossicle-encode --scale 2 " + temp.file("in.tar") + " -o " + out);
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, Contains("no record could be used"));
}

TEST_CASE("ossicle-encode: no spikes at all are pointed out with what to do") {
  const TempFolder temp;
  write_constant(temp.file("in.tar"), {1.0F, 1e-4F, 0.0F});
  const std::vector<std::pair<std::string, std::string>> kRemedies = {{"bsa", "raise --scale"},
                                                                      {"level-crossing", "lower --delta"},
                                                                      {"lif", "raise --gain"},
                                                                      {"poisson", "raise --rate-hz"}};
  for (const auto& [method, remedy] : kRemedies) {
    const auto result = shell("ossicle-encode --method " + method + " " + temp.file("in.tar") + " > /dev/null");
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.err, Contains("warning: no spikes at all: 2 recordings, r1 first; " + remedy));
  }
  write_constant(temp.file("none.tar"), {});
  const auto empty = shell("ossicle-encode " + temp.file("none.tar") + " -o " + temp.file("out.tar"));
  CHECK(empty.exit_code == 0);
  CHECK_THAT(empty.err, Contains("none.tar: holds no record"));
  CHECK(read_stream(temp.file("out.tar")).records.empty());
}

TEST_CASE("ossicle-encode: input that cannot be used, and flags that do not fit") {
  const Heard heard(4);
  const TempFolder temp;
  REQUIRE(shell("ossicle-encode -q " + heard.stream + " -o " + temp.file("spikes.tar")).exit_code == 0);
  REQUIRE(shell("ossicle-encode -q --method lif " + heard.stream + " -o " + temp.file("lif.tar")).exit_code == 0);
  const std::string whole = slurp(heard.stream);
  spill(temp.file("cut.tar"), whole.substr(0, whole.size() / 2));
  std::string flipped = whole;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 4);
  spill(temp.file("flipped.tar"), flipped);
  spill(temp.file("empty.tar"), "");
  pipe_support::write_stream(temp.file("other.tar"), {.n_records = 2});
  const std::vector<std::pair<std::string, std::string>> kRefused = {
      {temp.file("spikes.tar"), "spikes.tar: a stream of kind raster, wanted cochleagram"},
      {"--decode " + heard.stream, "heard.tar: a stream of kind cochleagram, wanted raster"},
      {"--decode " + temp.file("lif.tar"), "lif.tar: spikes of method lif have no decoder"},
      {"--decode --scale 2 " + temp.file("spikes.tar"), "--scale: --decode takes the parameters from the stream"},
      {"--decode --report " + temp.file("spikes.tar"), "--report compares with the original"},
      {temp.file("cut.tar"), "cut.tar"},
      {temp.file("flipped.tar"), "flipped.tar"},
      {temp.file("empty.tar"), "empty.tar"},
      {temp.file("missing.tar"), "missing.tar: no such file"},
      {heard.file("list.tsv"), "list.tsv: is a list of recordings, wanted a stream"},
      {heard.stream + " " + temp.file("other.tar"), "other.tar: does not go with"},
      {"--method morse " + heard.stream, "--method morse: wanted bsa"},
      {"--delta 1 " + heard.stream, "--delta: a parameter of level-crossing, and the method is bsa"},
      {"--method lif --scale 1 " + heard.stream, "--scale: a parameter of bsa, and the method is lif"},
      {"--scale 0 " + heard.stream, "scale 0"},
      {"--hold 0 " + heard.stream, "hold 0"},
      {"--method poisson --seed -4 " + heard.stream, "seed -4"},
      {"--shard 3/2 " + heard.stream, "shard '3/2'"},
      {"--jobs -1 " + heard.stream, "--jobs -1"}};
  for (const auto& [flags, message] : kRefused) {
    INFO(flags);
    const auto result = shell("ossicle-encode -o " + temp.file("out.tar") + " " + flags);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("ossicle-encode: ") && Contains(message));
    CHECK_FALSE(std::filesystem::exists(temp.file("out.tar")));
  }
  const auto same = shell("ossicle-encode " + heard.stream + " -o " + heard.stream);
  CHECK(same.exit_code == 2);
  CHECK(slurp(heard.stream) == whole);
  const auto twice = shell("ossicle-encode " + heard.stream + " " + heard.stream + " -o " + temp.file("out.tar"));
  CHECK(twice.exit_code == 1);
  CHECK_THAT(twice.err, Contains("keys are unique"));
}

TEST_CASE("ossicle-encode: memory does not grow with the stream") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("SKIPPED: a sanitizer keeps what was released");
  return;
#endif
  const TempFolder temp;
  const auto peak_mb = [&](int n_records) {
    pipe_support::write_stream(temp.file("in.tar"), {.n_records = n_records, .n_channels = 78});
    return run({"ossicle-encode", "-q", "--jobs", "1", temp.file("in.tar"), "-o", temp.file("out.tar")}).peak_mb;
  };
  const double few = peak_mb(200);
  CHECK(peak_mb(2000) < few + 8.0);  // 25 MB come in; keys and what the allocator keeps stay
}

TEST_CASE("ossicle-encode: a full disk is an error, a closed pipe a quiet end, a terminal refused") {
  const Heard heard(4);
  const auto full = shell("ossicle-encode " + heard.stream + " -o /dev/full");
  CHECK(full.exit_code == 2);
  CHECK_THAT(full.err, Contains("No space left on device"));
  const auto closed = shell("(ossicle-encode -q --hold 20 " + heard.stream + "; echo code $? >&2) | head -c 1 | wc -c");
  CHECK(closed.err == "code 0\n");
  const auto terminal = run({"ossicle-encode", heard.stream}, {}, {.folder = {}, .stdout_is_terminal = true});
  CHECK(terminal.exit_code == 2);
  CHECK_THAT(terminal.err, Contains("terminal"));
}

TEST_CASE("ossicle-encode: where there is no room for the stacks of all threads, fewer write the same stream") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::puts("SKIPPED: a sanitizer needs more address space than the limit leaves");
#else
  const TempFolder folder;
  pipe_support::write_stream(folder.path() / "in.tar", {.n_records = 300});
  const pipe_support::Where here{.folder = folder.path()};
  const auto one = shell("ossicle-encode in.tar --jobs 1", {}, here);
  REQUIRE(one.exit_code == 0);
  for (const std::string kilobytes : {"400000", "1000000"}) {
    // One arena: those of the threads would take what the limit leaves for the records.
    const auto many =
        shell("ulimit -v " + kilobytes + "; MALLOC_ARENA_MAX=1 ossicle-encode in.tar --jobs 256", {}, here);
    INFO(many.err);
    CHECK(many.exit_code == 0);
    CHECK(many.out == one.out);
  }
#endif
}
