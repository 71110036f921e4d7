// Damaged files of every binary format: an error or records that keep the rules, never a crash, never much memory.
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <random>
#include <stdexcept>

#include "frontend/exchange/formats.h"
#include "frontend/exchange/kaldi_ark.h"
#include "frontend/stream/rules.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

namespace {

constexpr int kCases = 2'000;

/// The bytes with one to four changes: a byte, a piece moved, cut out, doubled or zeroed.
std::string damaged(const std::string& bytes, std::mt19937& random) {
  const auto draw = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  std::string damaged = bytes;
  for (std::size_t change = 0, n = 1 + draw(4); change < n; ++change) {
    const std::size_t at = draw(damaged.size());
    const std::size_t size = 1 + draw(std::min<std::size_t>(40, damaged.size() - at));
    const std::size_t from = draw(bytes.size() - 40);
    if (const std::size_t how = draw(6); how <= 1) {
      damaged[at] = static_cast<char>(draw(256));
    } else if (how == 2) {
      damaged.replace(at, size, bytes, from, size);
    } else if (how == 3) {
      damaged.erase(at, size);
    } else if (how == 4) {
      damaged.insert(at, bytes, from, size);
    } else {
      damaged.replace(at, size, size, '\xff');
    }
    if (damaged.empty()) damaged = "x";
  }
  return damaged;
}

/// Feeds damaged bytes to `read`, which must keep the rules; returns how many gave an error.
int feed(const std::string& bytes, const std::function<void(const std::string&)>& read, int n_cases = kCases) {
  std::mt19937 random(20240601);
  samples::largest_allocation();
  int n_errors = 0;
  for (int i = 0; i < n_cases; ++i) {
    INFO("case " << i);
    try {
      read(damaged(bytes, random));
    } catch (const std::runtime_error&) {
      ++n_errors;
    } catch (const std::invalid_argument&) {  // a flag that the damaged file wants
      ++n_errors;
    }
  }
  CHECK(samples::largest_allocation() < 8 << 20);
  return n_errors;
}

void check_all(ear::RecordReader& source) {
  for (ear::ReadRecord item; source.next(item);) {
    if (!item.error.empty()) throw std::runtime_error(item.error);
    CHECK_NOTHROW(ear::check_record(source.header(), item.record));
  }
}

}  // namespace

TEST_CASE("2,000 damaged npz of ossicle-convert give an error or records") {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.npz");
  for (const ear::Kind kind : {ear::Kind::kEvents, ear::Kind::kCounts}) {
    exchange_support::write_npz(path, exchange_support::header(kind), exchange_support::records(kind));
    const int n_errors = feed(exchange_support::slurp(path), [&](const std::string& bytes) {
      const samples::Memory memory(bytes);
      check_all(*ear::open_npz(exchange_support::path_of(memory), {}));
    });
    CHECK(n_errors > kCases / 2);
  }
}

TEST_CASE("2,000 damaged npz of strangers, whose checksums are right, give an error or records") {
  using exchange_support::npy;
  using exchange_support::numbers;
  const std::string x = npy("<f4", "(2, 3, 2)", numbers<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0}));
  const std::string y = npy("<i8", "(2,)", numbers<std::int64_t>({1, 0}));
  const std::string keys = exchange_support::npy_texts({"utt.1", "utt-2"});
  int member = 0;
  for (const std::string& array : {x, y, keys}) {
    const int n_errors = feed(array, [&](const std::string& bytes) {
      exchange_support::Members members = {{"X.npy", x}, {"y.npy", y}, {"keys.npy", keys}};
      members[static_cast<std::size_t>(member)].second = bytes;
      const samples::Memory memory(exchange_support::zip(members));
      check_all(*ear::open_npz(exchange_support::path_of(memory), exchange_support::step_of(1)));
    });
    CHECK(n_errors > kCases / 4);
    ++member;
  }
}

TEST_CASE("2,000 damaged archives of Kaldi give an error or records") {
  std::string ark;
  for (const char* key : {"one", "two", "three"}) {
    ark += std::string(key) + " " + ear::ark_matrix_header(2, 3) + exchange_support::numbers<float>({1, 2, 3, 4, 5, 6});
  }
  const int n_errors = feed(ark, [&](const std::string& bytes) {
    const samples::Memory memory(bytes);
    check_all(*ear::open_kaldi_ark(memory.fd(), "a.ark", {}, exchange_support::step_of(1)));
  });
  CHECK(n_errors > kCases / 4);
}

TEST_CASE("200 damaged HDF5 files of ossicle-convert give an error or records") {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.h5");
  exchange_support::write_shd(path, ear::Kind::kRaster);
  constexpr int kFew = 200;  // each takes a process of its own
  const int n_errors = feed(
      exchange_support::slurp(path),
      [&](const std::string& bytes) {
        exchange_support::spill(temp.file("b.h5"), bytes);
        check_all(*ear::open_shd(temp.file("b.h5"), {}));
        std::filesystem::remove(temp.file("b.h5"));
      },
      kFew);
  CHECK(n_errors > kFew / 4);
}
