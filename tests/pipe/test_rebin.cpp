// ossicle-rebin on text and streams: options, damaged input, shards, pipes, memory. Every bin is checked by test_rebin.py.
#include <fcntl.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <random>

#include "frontend/events/rebin.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::read_stream;
using pipe_support::shell;
using pipe_support::spill;
using pipe_support::TempFolder;

namespace {

/// A folder in which lines of the shell are run.
struct Here {
  TempFolder temp;
  std::string file(const std::string& name) const { return temp.file(name); }
  pipe_support::Result run(const std::string& line, const std::string& input = {}) const {
    return shell(line, input, {temp.path()});
  }
};

const std::string kText = "ossicle-rebin --time-unit s --input-channels 4 ";

std::string text_of(unsigned seed, int n_events) {
  std::mt19937 random(seed);
  std::string text;
  for (int e = 0; e < n_events; ++e) {
    text += std::to_string(random() % 4) + " 0." + std::to_string(100 + e) + std::to_string(random() % 10) + "\n";
  }
  return text;
}

/// Nine texts and their list, one of them without events.
void make_list(const Here& here) {
  std::string list = "path\tlabel\tspeaker\n";
  for (unsigned i = 0; i < 9; ++i) {
    spill(here.file(std::to_string(i) + ".txt"), i == 4 ? "# nothing\n" : text_of(i, 50 + 9 * static_cast<int>(i)));
    list += std::to_string(i) + ".txt\t" + (i % 2 == 0 ? "even" : "odd") + "\tf" + std::to_string(i % 3) + "\n";
  }
  spill(here.file("list.tsv"), list);
}

/// A stream of counts: records "r0", "r1" and so on of n_steps steps of 1 ms.
void write_counts(const std::string& path, int n_records, int n_steps, int n_channels, int most = 3) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  REQUIRE(fd >= 0);
  ear::Header header{ear::Kind::kCounts, n_channels, {"0", "1"}, 1.0, {}, {{"test", "1"}}};
  header.recipe.stages.push_back({"test", {{"scale", 1.0}}});
  ear::Writer writer(fd, path, header);
  std::mt19937 random(7);
  for (int i = 0; i < n_records; ++i) {
    std::vector<std::uint16_t> cells(static_cast<std::size_t>(n_steps) * static_cast<std::size_t>(n_channels));
    for (std::size_t k = 0; k < cells.size() / 50; ++k) {
      cells[random() % cells.size()] = static_cast<std::uint16_t>(random() % static_cast<unsigned>(most + 1));
    }
    writer.write({.key = "r" + std::to_string(i),
                  .label = std::to_string(i % 2),
                  .sequence = {},
                  .speaker = "ada",
                  .n_steps = n_steps,
                  .dt_ms = 1.0,
                  .data = std::move(cells)});
  }
  writer.close();
  ::close(fd);
}

void check_error(const Here& here, const std::string& line, int exit_code, const std::string& message,
                 const std::string& input = {}) {
  const auto result = here.run(line, input);
  INFO(line << "\n" << result.err);
  CHECK(result.exit_code == exit_code);
  CHECK_THAT(result.err, Contains(message));
  if (exit_code == 2) CHECK(result.out.empty());
}

}  // namespace

TEST_CASE("ossicle-rebin: text from standard input, and what the stream says of itself") {
  const Here here;
  const auto result =
      here.run(kText + "--bin-ms 10 -o a.tar", "\xEF\xBB\xBF# left\r\n0 0.005\r\n3,0.01\r\n3\t0.0299\r\n");
  CHECK(result.exit_code == 0);
  CHECK(result.err == "ossicle-rebin: 1 recording, 4 channels; 3 steps of 10 ms\n");
  const auto stream = read_stream(here.file("a.tar"));
  CHECK(stream.header.kind == ear::Kind::kRaster);
  CHECK(stream.header.n_channels == 4);
  CHECK(stream.header.dt_ms == 10.0);
  REQUIRE(stream.header.recipe.stages.size() == 1);
  CHECK(ear::rebin_params(stream.header.recipe.stages[0]) == ear::RebinParams{.bin_ms = 10.0, .n_channels = 4});
  CHECK(stream.header.made_by.back().first == "ossicle-rebin");
  CHECK_FALSE(stream.header.made_by.back().second.empty());
  REQUIRE(stream.records.size() == 1);
  CHECK(stream.records[0].key == "stdin");
  CHECK(std::get<std::vector<std::uint8_t>>(stream.records[0].data) ==
        std::vector<std::uint8_t>{1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1});
}

TEST_CASE("ossicle-rebin: options that are missing, or mean nothing for the format, are errors") {
  const Here here;
  spill(here.file("a.txt"), "0 0.1\n");
  write_counts(here.file("s.tar"), 2, 20, 3);
  const auto check = [&](const std::string& arguments, const std::string& message) {
    check_error(here, "ossicle-rebin " + arguments, 2, message);
  };
  check("a.txt", "the unit of its times: give --time-unit s, ms or us");
  check("a.txt --time-unit s", "give --input-channels");
  check("a.txt --time-unit h --input-channels 4", "h not in {s,ms,us}");
  check("s.tar --time-unit s", "--time-unit applies to text only");
  check("s.tar --input-channels 4", "--input-channels applies to text only");
  check("s.tar --classes a.txt", "--classes applies to text and N-TIDIGITS only");
  check("a.txt --time-unit s --input-channels 4 --part train", "--part applies to N-TIDIGITS only");
  check("s.tar --split ab", "--split applies to N-TIDIGITS only");
  check("s.tar --sequences", "--sequences applies to N-TIDIGITS only");
  check("--format stream --list a.txt", "--list applies to text only");
  check("--list a.txt a.txt", "--list and files: give one of the two");
  check("--root . a.txt", "--root requires --list");
  check("--format wav a.txt", "--format");
  check("s.tar --steps 10 --bin-ms 3", "--bin-ms excludes --steps");
  check("s.tar --steps 10 --max-steps 3", "--steps excludes --max-steps");
  check("s.tar --steps-fixed 10 --max-steps 3", "--max-steps excludes --steps-fixed");
  check("s.tar --steps-fixed 10 --steps 3", "--steps excludes --steps-fixed");
  check("s.tar --steps-fixed 0", "--steps-fixed: Value 0 not in range");
  check("s.tar --max-steps 0", "--max-steps: Value 0 not in range");
  check("s.tar --steps 2000000", "not in range 1 to 1000000");
  check("s.tar --steps 0", "--steps");
  check("s.tar --bin-ms 0", "bin_ms 0: wanted");
  check("s.tar --channels 4", "4 channels wanted of 3");
  check("s.tar --shard 3/2", "shard '3/2'");
  check("-o a.txt a.txt --time-unit s --input-channels 4", "would replace");
  check("missing.tar", "no such file");
  check(". ", "is a folder");
}

TEST_CASE("ossicle-rebin: a list gives labels, a recording that cannot be used is named and passed over") {
  const Here here;
  make_list(here);
  spill(here.file("2.txt"), "0 0.1\n0 0.2 stray\n");
  spill(here.file("3.txt"), "channel time\n0 0.2\n");
  spill(here.file("5.txt"), "0 5400\n");
  spill(here.file("6.txt"), "0 -1\n");
  std::filesystem::remove(here.file("7.txt"));
  const auto result = here.run(kText + "--list list.tsv -o a.tar");
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("2.txt:2: '0 0.2 stray': wanted two columns") &&
                             Contains("3.txt:1: channel 'channel'") &&
                             Contains("4: has no events, and how long it lasts is not known") &&
                             Contains("5: an utterance of 5400 s is longer than an hour") && Contains("another unit") &&
                             Contains("6.txt:1: time -1 is negative") && Contains("7.txt: no such file") &&
                             Contains("3 recordings"));
  const auto stream = read_stream(here.file("a.tar"));
  CHECK(stream.header.classes == std::vector<std::string>{"even", "odd"});
  REQUIRE(stream.records.size() == 3);
  CHECK(stream.records[1].key == "1");
  CHECK(stream.records[1].label == "odd");
  CHECK(stream.records[1].speaker == "f1");

  spill(here.file("b.tar"), "__header__ of old");
  check_error(here, kText + "--strict --list list.tsv -o b.tar", 2, "(--strict)");
  CHECK(pipe_support::slurp(here.file("b.tar")) == "__header__ of old");
  check_error(here, kText + "3.txt", 2, "no recording could be used");
  spill(here.file("classes"), "odd\neven\n");
  REQUIRE(here.run(kText + "--list list.tsv --classes classes -o c.tar").exit_code == 1);
  CHECK(read_stream(here.file("c.tar")).header.classes == std::vector<std::string>{"odd", "even"});
  spill(here.file("classes"), "odd\n");
  check_error(here, kText + "--list list.tsv --classes classes", 2, "label 'even'");
}

TEST_CASE("ossicle-rebin: what was dropped, set right or cannot be right is said even when quiet") {
  const Here here;
  spill(here.file("late.txt"), "0 0.001\n1 0.2\n1 0.3\n");
  spill(here.file("late2.txt"), "0 0.2\n");
  spill(here.file("mixed.txt"), "0 0.02\n1 0.01\n");
  spill(here.file("short.txt"), "0 0.0001\n1 0.0002\n");
  const auto result = here.run(kText + "-q late.txt late2.txt mixed.txt short.txt --max-steps 10 -o a.tar");
  CHECK(result.exit_code == 0);
  CHECK(result.err ==
        "ossicle-rebin: warning: 3 events after step 10 dropped: 2 recordings, late first\n"
        "ossicle-rebin: warning: no events at all: 1 recording, late2 first\n"
        "ossicle-rebin: warning: set right: 1 recording, mixed first (1 of 2 events stood after later ones; sorted)\n"
        "ossicle-rebin: warning: all events lie in one step: 1 recording, short first; are the times in the unit that "
        "was "
        "said?\n");
  CHECK(read_stream(here.file("a.tar")).records.size() == 4);
  write_counts(here.file("s.tar"), 1, 20, 3, 60'000);
  const auto counts = here.run("ossicle-rebin s.tar --count --channels 1 --bin-ms 20 > b.tar");
  CHECK(counts.exit_code == 0);
  write_counts(here.file("many.tar"), 1, 200, 3, 60'000);
  CHECK_THAT(here.run("ossicle-rebin many.tar --count --channels 1 --bin-ms 200 > c.tar").err,
             Contains("left out of counts that had reached 65,535: 1 recording, r0 first"));
  CHECK_THAT(here.run("ossicle-rebin s.tar --bin-ms 0.5 > d.tar").err,
             Contains("steps narrower than the input's") && Contains("1 recording, r0 first"));
}

TEST_CASE("ossicle-rebin: rebinned in two goes, counts are those of one") {
  const Here here;
  write_counts(here.file("s.tar"), 5, 299, 12);
  REQUIRE(here.run("ossicle-rebin s.tar --bin-ms 2 --count | ossicle-rebin --bin-ms 6 --count --channels 4 > two.tar")
              .exit_code == 0);
  REQUIRE(here.run("ossicle-rebin s.tar --bin-ms 6 --count --channels 4 > one.tar").exit_code == 0);
  const auto one = read_stream(here.file("one.tar"));
  const auto two = read_stream(here.file("two.tar"));
  REQUIRE(one.records.size() == 5);
  REQUIRE(two.records.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(one.records[i].n_steps == 50);
    CHECK(one.records[i].data == two.records[i].data);
    CHECK(one.records[i].label == two.records[i].label);
    CHECK(one.records[i].key == two.records[i].key);
  }
  // The recipe tells the way: what the stream brought, then each rebinning.
  REQUIRE(two.header.recipe.stages.size() == 3);
  CHECK(two.header.recipe.stages[0].tool == "test");
  CHECK(ear::get<double>(two.header.recipe.stages[1], "bin_ms") == 2.0);
  CHECK(ear::get<std::int64_t>(two.header.recipe.stages[2], "input_channels") == 12);
  CHECK(ear::get<std::int64_t>(two.header.recipe.stages[2], "n_channels") == 4);
  CHECK(two.header.made_by.size() == 2);
}

TEST_CASE("ossicle-rebin: streams of events, damaged streams and streams that do not go together") {
  const Here here;
  write_counts(here.file("s.tar"), 3, 20, 3);
  write_counts(here.file("t.tar"), 3, 20, 4);
  const std::string bytes = pipe_support::slurp(here.file("s.tar"));
  spill(here.file("cut.tar"), bytes.substr(0, bytes.find("r2.npy")));
  check_error(here, "ossicle-rebin cut.tar -o out.tar", 2, "cut.tar");
  CHECK_FALSE(std::filesystem::exists(here.file("out.tar")));
  check_error(here, "ossicle-rebin s.tar t.tar -o out.tar", 2, "t.tar: does not go with s.tar: n_channels");
  check_error(here, "ossicle-rebin s.tar s.tar -o out.tar", 1, "r0");
  check_error(here, "ossicle-rebin --format text --time-unit s --input-channels 3 s.tar", 2, "is no text");
  check_error(here, "ossicle-rebin --format stream", 2, "", "0 0.1\n");
  check_error(here, "ossicle-rebin --format ntidigits --part train s.tar", 2, "s.tar: not HDF5");
  check_error(here, "ossicle-rebin --format shd", 2, "cannot be read from a pipe");
  REQUIRE(here.run("ossicle-rebin cut.tar | cat > pipe.tar").exit_code == 0);
  CHECK_THROWS(read_stream(here.file("pipe.tar")));
}

TEST_CASE("ossicle-rebin: the shards' records are the whole's under the same header, of lists and of streams") {
  const Here here;
  make_list(here);
  write_counts(here.file("s.tar"), 11, 40, 3);
  for (const std::string& command :
       {kText + "--list list.tsv", std::string("ossicle-rebin s.tar --bin-ms 2 --count")}) {
    INFO(command);
    REQUIRE(here.run(command + " > whole.tar").exit_code <= 1);
    REQUIRE(here.run("rm -f part*; for i in 1 2 3 4; do " + command + " --shard $i/4 > part$i.tar; done").exit_code <=
            1);
    REQUIRE(here.run("cat part*.tar > cat.tar").exit_code == 0);
    const auto whole = read_stream(here.file("whole.tar"));
    const auto joined = read_stream(here.file("cat.tar"));
    CHECK(first_difference(whole.header, joined.header).empty());
    REQUIRE(whole.records.size() == joined.records.size());
    for (std::size_t i = 0; i < whole.records.size(); ++i) {
      CHECK(whole.records[i].key == joined.records[i].key);
      CHECK(whole.records[i].data == joined.records[i].data);
    }
  }
  // A shard whose only recording cannot be used is a stream without records, which goes on.
  CHECK(here.run(kText + "--list list.tsv --shard 5/9 > part.tar").exit_code == 1);
  CHECK(read_stream(here.file("part.tar")).records.empty());
  CHECK(here.run("ossicle-rebin part.tar > again.tar").exit_code == 0);
  CHECK(read_stream(here.file("again.tar")).records.empty());
  check_error(here, "cat s.tar | ossicle-rebin --shard 1/2", 2, "which a pipe does not allow");
}

TEST_CASE("ossicle-rebin: memory stays that of one recording, however many come through the pipe") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("SKIPPED: a sanitizer's own memory is many times the program's");
  return;
#endif
  const Here here;
  write_counts(here.file("s.tar"), 150, 1000, 500);  // 1 MB and 10,000 cells with events each
  const auto result = here.run("cat s.tar | ossicle-rebin --bin-ms 3 > out.tar");
  CHECK(result.exit_code == 0);
  CHECK(std::filesystem::file_size(here.file("s.tar")) > 150'000'000);
  INFO(result.peak_mb << " MB");
  CHECK(result.peak_mb < 40.0);
  CHECK(here.run("cat s.tar | ossicle-rebin | head -c 1000 > /dev/null").exit_code == 0);
}
