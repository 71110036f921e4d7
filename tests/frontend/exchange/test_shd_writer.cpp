// The layout, the way back, and what does not fit into it.
#include <catch2/catch.hpp>

#include "frontend/exchange/formats.h"
#include "frontend/hdf5/hdf5_file.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::error_of;
using exchange_support::read_all;
using exchange_support::write_shd;

TEST_CASE("shd_file: records of spikes come back as they were, intensities are refused") {
  const exchange_support::TempFolder temp;
  for (const Kind kind : {Kind::kRaster, Kind::kCounts, Kind::kEvents}) {
    INFO(ear::kind_name(kind));
    const auto notes = write_shd(temp.file("a.h5"), kind);
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
  write_shd(temp.file("a.h5"), Kind::kRaster);
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
