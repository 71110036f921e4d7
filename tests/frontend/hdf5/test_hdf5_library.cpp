// Files whose numbers lie elsewhere, and those compressed with a filter that libhdf5 does not have.
#include "frontend/hdf5/hdf5_library.h"

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "frontend/events/hdf5_events.h"
#include "frontend/hdf5/hdf5_file.h"
#include "tests/frontend/events/hdf5_samples.h"
#include "tests/support/temp_folder.h"

using Catch::Contains;
using ear::Hdf5Reader;
using ear::Hdf5Refused;
using ear::hdf5::Handle;

namespace {

/// /labels: the first bytes of secret.bin as a text.
void write_external_storage(const std::string& path, const std::string& secret) {
  const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  const hsize_t n = 1;
  const Handle space(H5Screate_simple(1, &n, nullptr), H5Sclose);
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), 6);
  const Handle how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_external(how.get(), secret.c_str(), 0, 6);
  const Handle dataset(H5Dcreate2(file.get(), "labels", type.get(), space.get(), H5P_DEFAULT, how.get(), H5P_DEFAULT),
                       H5Dclose);
  REQUIRE(dataset);
}

void write_virtual(const std::string& path, const std::string& other) {
  const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  const hsize_t n = 2;
  const Handle space(H5Screate_simple(1, &n, nullptr), H5Sclose);
  const Handle how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_virtual(how.get(), space.get(), other.c_str(), "/numbers", space.get());
  const Handle dataset(
      H5Dcreate2(file.get(), "numbers", H5T_IEEE_F64LE, space.get(), H5P_DEFAULT, how.get(), H5P_DEFAULT), H5Dclose);
  REQUIRE(dataset);
}

/// /outside leads to the group / of the other file, /far to its /numbers; /soft and /dangling lead to /outside/numbers and nowhere.
void write_links(const std::string& path, const std::string& other) {
  const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  H5Lcreate_external(other.c_str(), "/", file.get(), "outside", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_external(other.c_str(), "/numbers", file.get(), "far", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/outside/numbers", file.get(), "soft", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/nowhere", file.get(), "dangling", H5P_DEFAULT, H5P_DEFAULT);
}

/// A filter that changes nothing under the name and number of LZF, as long as one lives.
class Lzf {
 public:
  static constexpr H5Z_filter_t kId = 32000;
  Lzf() {
    const auto same = [](unsigned, std::size_t, const unsigned[], std::size_t n, std::size_t*, void**) { return n; };
    const H5Z_class2_t lzf{H5Z_CLASS_T_VERS, kId, 1, 1, "lzf", nullptr, nullptr, same};
    REQUIRE(H5Zregister(&lzf) >= 0);
  }
  ~Lzf() { H5Zunregister(kId); }
};

Handle lzf_chunks(hsize_t n) {
  Handle how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(how.get(), 1, &n);
  H5Pset_filter(how.get(), Lzf::kId, H5Z_FLAG_OPTIONAL, 0, nullptr);
  return how;
}

/// Replaces a dataset by the same numbers behind LZF.
void compress(const std::string& path, const std::string& name, const std::vector<double>& values) {
  const Lzf lzf;
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  H5Ldelete(file.get(), name.c_str(), H5P_DEFAULT);
  const hsize_t n = values.size();
  const Handle space(H5Screate_simple(1, &n, nullptr), H5Sclose);
  const Handle dataset(
      H5Dcreate2(file.get(), name.c_str(), H5T_IEEE_F64LE, space.get(), H5P_DEFAULT, lzf_chunks(n).get(), H5P_DEFAULT),
      H5Dclose);
  REQUIRE(H5Dwrite(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
}

struct Files {
  support::TempFolder folder;
  std::string path = folder.path() / "a.h5";
  std::string other = folder.path() / "other.h5";
  Files() {
    ear::Hdf5Writer writer(other);
    writer.numbers("/numbers", ear::Hdf5Type::kFloat64, std::array{1.0, 2.0}, std::array<std::uint64_t, 1>{2});
    writer.close();
  }
};

}  // namespace

TEST_CASE("HDF5: external storage and virtual data sets are refused by name") {
  const Files files;
  const std::string secret = files.folder.path() / "secret.bin";
  std::ofstream(secret) << "secret";
  write_external_storage(files.path, secret);
  const Hdf5Reader stored(files.path);
  CHECK(stored.has("/labels"));
  CHECK_THROWS_AS(stored.strings("/labels"), Hdf5Refused);
  CHECK_THROWS_WITH(stored.strings("/labels"),
                    Contains(files.path + ": /labels: external storage") && Contains(secret));
  CHECK_THROWS_AS(stored.shape("/labels"), Hdf5Refused);
  const std::string view = files.folder.path() / "view.h5";
  write_virtual(view, files.other);
  const Hdf5Reader joined(view);
  CHECK_THROWS_AS(joined.numbers("/numbers"), Hdf5Refused);
  CHECK_THROWS_WITH(joined.numbers("/numbers"), Contains(": /numbers: a virtual data set") && Contains(files.other));
  CHECK_THROWS_AS(joined.row("/numbers", 0), Hdf5Refused);
}

TEST_CASE("HDF5: no link out of the file is followed, soft links within it are") {
  const Files files;
  write_links(files.path, files.other);
  const Hdf5Reader reader(files.path);
  CHECK(reader.members("/") == std::vector<std::string>{"dangling", "far", "outside", "soft"});
  for (const char* name : {"/far", "/outside/numbers", "/soft"}) {
    INFO(name);
    CHECK_THROWS_AS(reader.numbers(name), Hdf5Refused);
    CHECK_THROWS_WITH(reader.numbers(name), Contains("an external link to") && Contains(files.other));
  }
  CHECK_THROWS_AS(reader.has("/outside/numbers"), Hdf5Refused);
  CHECK_THROWS_AS(reader.members("/outside"), Hdf5Refused);
  CHECK_THROWS_WITH(reader.numbers("/dangling"), Contains("no such dataset"));
  CHECK_FALSE(reader.has("/dangling/numbers"));
  {
    const Handle file(H5Fopen(files.other.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    H5Lcreate_soft("/numbers", file.get(), "again", H5P_DEFAULT, H5P_DEFAULT);
  }
  CHECK(Hdf5Reader(files.other).numbers("/again") == std::vector<double>{1, 2});
}

TEST_CASE("HDF5: a filter that is not there is named with what to do") {
  const Files files;
  compress(files.other, "/numbers", {3, 4});
  const Hdf5Reader reader(files.other);
  CHECK(reader.shape("/numbers") == std::vector<std::uint64_t>{2});
  CHECK_THROWS_AS(reader.numbers("/numbers"), Hdf5Refused);
  CHECK_THROWS_WITH(reader.numbers("/numbers"),
                    Contains("/numbers: compressed with lzf (filter 32000)") && Contains("h5repack -f GZIP=4"));
  const Lzf lzf;
  CHECK(Hdf5Reader(files.other).numbers("/numbers") == std::vector<double>{3, 4});
}

TEST_CASE("HDF5: what cannot be used at all is said once, not for each recording") {
  const Files files;
  samples::NtidigitsPart train, test;
  for (const char* key : {"man-ab-a-1", "man-cd-a-2"}) train.add(key, {{0.1, 0.2}, {3, 4}});
  test.add("woman-ef-b-3", {{0.1}, {5}});
  samples::write_ntidigits(files.path, train, test);
  compress(files.path, "/train_timestamps/man-cd-a-2", {0.1, 0.2});
  ear::Hdf5EventsOptions options;
  options.ntidigits.part = "train";
  const auto source = ear::open_hdf5_events(files.path, options);
  ear::EventRecord record;
  REQUIRE(source->next(record));
  CHECK(record.error.empty());
  CHECK_THROWS_WITH(source->next(record), Contains("/train_timestamps/man-cd-a-2: compressed with lzf"));

  {
    const Handle file(H5Fopen(files.path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    H5Ldelete(file.get(), "train_timestamps", H5P_DEFAULT);
    H5Lcreate_external(files.other.c_str(), "/", file.get(), "train_timestamps", H5P_DEFAULT, H5P_DEFAULT);
  }
  const auto linked = ear::open_hdf5_events(files.path, options);
  CHECK_THROWS_WITH(linked->next(record), Contains("/train_timestamps") && Contains("external link"));
}

TEST_CASE("HDF5: a file as it is downloaded, compressed with gzip, is named") {
  const Files files;
  std::ofstream(files.path, std::ios::binary) << std::string("\x1f\x8b\x08\x08", 4) + std::string(3000, 'x');
  CHECK_THROWS_WITH(Hdf5Reader(files.path), Contains("compressed with gzip; gunzip it first"));
}
