// Files of strangers, damaged and changed ones.
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
  write_shd(path, Kind::kEvents);
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
