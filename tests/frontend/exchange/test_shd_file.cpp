// shd_writer.cpp, shd_reader.cpp: the way there and back, the layout, files of strangers and damaged ones.
#include "frontend/exchange/formats.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "frontend/hdf5/hdf5_file.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::error_of;
using exchange_support::read_all;

namespace {

std::vector<std::string> write_file(const std::string& path, Kind kind) {
  const auto writer = ear::make_shd_writer(path, path, exchange_support::header(kind));
  for (const auto& record : exchange_support::records(kind)) writer->write(record);
  return writer->close();
}

}  // namespace

TEST_CASE("shd_file: records of spikes come back as they were, intensities are refused") {
  const exchange_support::TempFolder temp;
  for (const Kind kind : {Kind::kRaster, Kind::kCounts, Kind::kEvents}) {
    INFO(ear::kind_name(kind));
    const auto notes = write_file(temp.file("a.h5"), kind);
    REQUIRE(notes.size() == 1);
    CHECK_THAT(notes[0], Contains("1 records of several words"));
    const auto source = ear::open_shd(temp.file("a.h5"), {});
    CHECK(source->is_own());
    CHECK(source->n_records() == 3);
    CHECK(ear::first_difference(source->header(), exchange_support::header(kind)).empty());
    CHECK(samples::equal(read_all(*source).records, exchange_support::records(kind)));
  }
  CHECK_THAT(
      error_of([&] { ear::make_shd_writer(temp.file("b.h5"), "b", exchange_support::header(Kind::kCochleagram)); }),
      Contains("ossicle-encode"));
}

TEST_CASE("shd_file: the layout is SHD's") {
  const exchange_support::TempFolder temp;
  write_file(temp.file("a.h5"), Kind::kRaster);
  const ear::Hdf5Reader file(temp.file("a.h5"));
  CHECK(file.numbers("/labels") == std::vector<double>{2, -1, -1});
  CHECK(file.strings("/extra/keys") == std::vector<std::string>{"one", "two words", "d\u00fcrr"});
  CHECK(file.numbers("/extra/speaker") == std::vector<double>{0, 1, 2});
  CHECK(file.strings("/ossicle/speakers") == std::vector<std::string>{"ada", "M\u00e4rz", ""});
  // Spikes at the odd ones of 4 x 3 cells, in the middles of steps of 8.5 ms.
  CHECK(file.row("/spikes/units", 0) == std::vector<double>{1, 0, 2, 1, 0, 2});
  const auto times = file.row("/spikes/times", 0);
  const std::vector<double> wanted = {0.00425, 0.01275, 0.01275, 0.02125, 0.02975, 0.02975};
  REQUIRE(times.size() == wanted.size());
  for (std::size_t e = 0; e < wanted.size(); ++e)
    CHECK(times[e] == Approx(wanted[e]).epsilon(1e-15));  // a few roundings
}

TEST_CASE("shd_file: a stranger's file becomes a stream of events") {
  const exchange_support::TempFolder temp;
  {
    ear::Hdf5Writer file(temp.file("shd.h5"));
    file.rows("/spikes/times", ear::Hdf5Type::kFloat32);
    file.rows("/spikes/units", ear::Hdf5Type::kUInt16);
    file.append("/spikes/times", std::vector<double>{0.25, 0.5});
    file.append("/spikes/units", std::vector<double>{699, 0});
    file.numbers("/labels", ear::Hdf5Type::kInt64, std::vector<double>{1}, std::vector<std::uint64_t>{1});
    file.strings("/extra/keys", std::vector<std::string>{"zero", "eins"});
    file.close();
  }
  ear::ForeignParams params;
  params.dt_ms = 1.0;
  const auto source = ear::open_shd(temp.file("shd.h5"), params);
  CHECK_FALSE(source->is_own());
  CHECK(source->header().n_channels == 700);
  CHECK(source->header().classes == std::vector<std::string>{"zero", "eins"});
  const auto records = read_all(*source).records;
  REQUIRE(records.size() == 1);
  CHECK(samples::equal(records[0],
                       {"shd_000000", "eins", {}, "", 501, 1.0, 1, std::vector<std::uint32_t>{250, 699, 500, 0}}));
}

TEST_CASE("shd_file: what is no such file, or was changed, is an error that names it") {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.h5");
  const auto message = [&](const ear::ForeignParams& params = {}) {
    return error_of([&] { read_all(*ear::open_shd(path, params)); });
  };
  CHECK_THAT(message(), Contains("a.h5: cannot be opened"));
  exchange_support::spill(path, "nothing of the sort");
  CHECK_THAT(message(), Contains("a.h5: not HDF5"));
  {
    ear::Hdf5Writer file(path);
    file.text("/other", "x");
    file.close();
  }
  CHECK_THAT(message(), Contains("no /spikes in it"));
  write_file(path, Kind::kEvents);
  ear::ForeignParams params;
  params.dt_ms = 1.0;
  CHECK_THAT(message(params), Contains("leave it out"));
  const std::string whole = exchange_support::slurp(path);
  exchange_support::spill(path, whole.substr(0, whole.size() / 2));
  CHECK_THAT(message(), Contains("cut short"));
  // The last unit of the first record: 4 events on channel 2, two bytes each.
  std::string altered = whole;
  const std::size_t units = altered.find(std::string("\2\0\2\0\2\0\2\0", 8));
  REQUIRE(units != std::string::npos);
  altered[units] = 1;
  exchange_support::spill(path, altered);
  CHECK_THAT(message(), Contains("a.h5: row 0") && Contains("not those that were written"));
  altered[units] = 3;
  exchange_support::spill(path, altered);
  CHECK_THAT(message(), Contains("row 0") && Contains("on unit 3 lies outside"));
}

TEST_CASE("shd_file: texts that are too long for the layout are refused before they are written") {
  const exchange_support::TempFolder temp;
  auto header = exchange_support::header(Kind::kRaster);
  header.classes = {std::string(1000, 'x')};
  const auto writer = ear::make_shd_writer(temp.file("a.h5"), "a.h5", header);
  auto record = exchange_support::records(Kind::kRaster)[0];
  record.label.clear();
  record.sequence.assign(70, header.classes[0]);
  CHECK_THAT(error_of([&] { writer->write(record); }), Contains("a.h5: record b-1: metadata of 70"));
}
