// ossicle-rebin on what can be read once, and on several files.
#include <catch2/catch.hpp>
#include <filesystem>

#include "frontend/hdf5/hdf5_file.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::read_stream;
using pipe_support::spill;

namespace {

/// A folder in which lines of the shell are run.
struct Here {
  pipe_support::TempFolder temp;
  std::string file(const std::string& name) const { return temp.file(name); }
  pipe_support::Result run(const std::string& line) const { return pipe_support::shell(line, {}, {temp.path()}); }
};

const std::string kText = "ossicle-rebin --time-unit s --input-channels 4 ";

}  // namespace

TEST_CASE("ossicle-rebin: named pipes whose writer has gone, and lists that can be read once") {
  const Here here;
  spill(here.file("a.txt"), "0 0.005\n");
  spill(here.file("l.tsv"), "path\tlabel\tspeaker\na.txt\tx\tada\n");
  REQUIRE(here.run(kText + "a.txt -o s.tar").exit_code == 0);
  const auto through_pipe = [&](const std::string& file, const std::string& line) {
    const auto result = here.run("rm -f p; mkfifo p; cat " + file + " > p & sleep 0.2; timeout 20 " + line);
    INFO(line << "\n" << result.err);
    CHECK(result.exit_code == 0);
  };
  through_pipe("a.txt", kText + "p -o a.tar");
  CHECK(read_stream(here.file("a.tar")).records.size() == 1);
  through_pipe("s.tar", "ossicle-rebin p -o b.tar");
  CHECK(read_stream(here.file("b.tar")).records.size() == 1);
  through_pipe("l.tsv", kText + "--list p -o c.tar");
  CHECK(read_stream(here.file("c.tar")).records.at(0).label == "x");
}

TEST_CASE("ossicle-rebin: what there is to note of each of several HDF5 files is said") {
  const Here here;
  for (const char* name : {"a.h5", "b.h5"}) {
    ear::Hdf5Writer writer(here.file(name));
    const std::uint64_t one = 1;
    for (const char* list : {"/spikes/times", "/spikes/units"}) {
      writer.rows(list, ear::Hdf5Type::kFloat32);
      writer.append(list, std::vector<double>{1.0});
    }
    writer.numbers("/labels", ear::Hdf5Type::kInt64, std::vector<double>{1.0}, {&one, 1});
    writer.close();
  }
  const auto result = here.run("ossicle-rebin a.h5 b.h5 -o s.tar");
  CHECK(result.exit_code == 0);
  CHECK_THAT(result.err, Contains("a.h5: no /extra/keys in it") && Contains("b.h5: no /extra/keys in it"));
  CHECK(read_stream(here.file("s.tar")).records.size() == 2);
}

TEST_CASE("ossicle-rebin: a list whose files are all elsewhere is one message, and numbers are decimal") {
  const Here here;
  std::filesystem::create_directory(here.file("there"));
  spill(here.file("there/a.txt"), "0 0.005\n");
  spill(here.file("there/b.txt"), "9 0.005\n");
  spill(here.file("there/l.tsv"), "path\tlabel\tspeaker\na.txt\tx\tada\nb.txt\tx\tada\n");
  const std::string command =
      "ossicle-rebin --time-unit s --input-channels 010 --max-steps 08 -o s.tar --list there/l.tsv";
  const auto missing = here.run(command);
  CHECK(missing.exit_code == 2);
  CHECK(missing.err ==
        "ossicle-rebin: there/l.tsv: none of its 2 recordings is there, a.txt first; give --root there\n");
  CHECK(here.run(command + " --root there").exit_code == 0);
  CHECK(read_stream(here.file("s.tar")).header.n_channels == 10);
}
