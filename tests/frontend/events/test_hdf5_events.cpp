#include "frontend/events/hdf5_events.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/frontend/events/hdf5_samples.h"
#include "tests/support/temp_folder.h"

using Catch::Contains;

namespace {

struct Files {
  Files() {
    samples::NtidigitsPart part;
    part.add("man-im-a-7", {{0.5, 0.25}, {1, 2}});
    part.add("man-im-a-1", {{0.5}, {64}});
    samples::write_ntidigits(ntidigits, part, {});
    samples::write_shd(shd, {{{{0.5}, {699}}}, {0}, {"null"}, {}}, ear::Hdf5Type::kFloat16);
  }

  support::TempFolder folder;
  std::string ntidigits = folder.path() / "n-tidigits.hdf5";
  std::string shd = folder.path() / "shd.h5";
};

void check_error(const std::string& path, const std::string& message) {
  CHECK_THROWS_WITH(ear::open_hdf5_events(path, {}), Contains(path) && Contains(message));
}

}  // namespace

TEST_CASE("HDF5 events: the layout is recognised, and reading in a process of its own changes nothing") {
  const Files files;
  for (const auto& path : {files.ntidigits, files.shd}) {
    const auto source = ear::open_hdf5_events(path, {});
    const auto same = ear::open_hdf5_events_in_process(path, {});
    CHECK(source->info().n_channels == (path == files.shd ? 700 : 64));
    CHECK(source->info().classes == same->info().classes);
    CHECK(source->info().notes == same->info().notes);
    ear::EventRecord record;
    ear::EventRecord expected;
    while (same->next(expected)) {
      REQUIRE(source->next(record));
      CHECK(record.key == expected.key);
      CHECK(record.label == expected.label);
      CHECK(record.times_s == expected.times_s);
      CHECK(record.channels == expected.channels);
      CHECK(record.warning == expected.warning);
      CHECK(record.error == expected.error);
    }
    CHECK_FALSE(source->next(record));
  }
}

TEST_CASE("HDF5 events: a file of another layout says what is in it") {
  const Files files;
  const std::string path = files.folder.path() / "other.h5";
  ear::Hdf5Writer writer(path);
  samples::write_list(writer, "/weights", ear::Hdf5Type::kFloat32, {1, 2});
  samples::write_list(writer, "/bias", ear::Hdf5Type::kFloat32, {1});
  writer.close();
  check_error(path, "neither N-TIDIGITS18");
  check_error(path, "it holds bias, weights");
}

TEST_CASE("HDF5 events: files that are missing, not HDF5, or cut are named with what was found") {
  const Files files;
  const std::string path = files.folder.path() / "bad.h5";
  check_error(path, "cannot be opened (No such file or directory)");
  check_error(files.folder.path(), "is a folder");
  std::ofstream(path) << "";
  check_error(path, "is empty");
  std::ofstream(path) << std::string(10'000, 'x');
  check_error(path, "not HDF5");
  const auto size = std::filesystem::file_size(files.shd);
  std::filesystem::resize_file(files.shd, size - 100);
  check_error(files.shd, "damaged or cut short: libhdf5 cannot open it (");
  const std::string pipe = files.folder.path() / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  check_error(pipe, "no regular file");
}

TEST_CASE("HDF5 events: a caller's mistake stays one") {
  const Files files;
  ear::Hdf5EventsOptions options;
  options.ntidigits.classes = {"a"};
  CHECK_THROWS_AS(ear::open_hdf5_events(files.ntidigits, options), std::invalid_argument);
}
