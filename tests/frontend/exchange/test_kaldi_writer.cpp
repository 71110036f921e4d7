// Folders and archives, as Kaldi wants them and as they are read again.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "frontend/exchange/formats.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::error_of;
using exchange_support::read_all;
using exchange_support::slurp;
using exchange_support::step_of;
using exchange_support::write_kaldi;

TEST_CASE("kaldi: records of the dense kinds come back as they were, events are refused") {
  for (const Kind kind : {Kind::kCochleagram, Kind::kRaster, Kind::kCounts}) {
    INFO(ear::kind_name(kind));
    const exchange_support::TempFolder temp;
    const std::string folder = temp.file("k");
    CHECK(write_kaldi(folder, exchange_support::header(kind), exchange_support::records(kind)).empty());
    const auto source = ear::open_kaldi_folder(folder, {});
    CHECK(source->is_own());
    CHECK(source->n_records() == 3);
    CHECK(ear::first_difference(source->header(), exchange_support::header(kind)).empty());
    CHECK(samples::equal(read_all(*source).records, exchange_support::records(kind)));
  }
  CHECK_THAT(error_of([] { ear::make_kaldi_ark_writer(1, "-", exchange_support::header(Kind::kEvents)); }),
             Contains("ossicle-rebin"));
}

TEST_CASE("kaldi: the tables are Kaldi's, sorted, and feats.scp points at the matrices") {
  const exchange_support::TempFolder temp;
  auto header = exchange_support::header(Kind::kCounts);
  auto records = exchange_support::records(Kind::kCounts);
  header.dt_ms = records[1].dt_ms = 8.5;
  write_kaldi(temp.file("k"), header, records);
  CHECK(slurp(temp.file("k/text")) == "C3\na_2 two_words one two_words\nb-1 d\u00fcrr\n");
  CHECK(slurp(temp.file("k/utt2spk")) == "C3 C3\na_2 M\u00e4rz\nb-1 ada\n");
  CHECK(slurp(temp.file("k/utt2num_frames")) == "C3 1\na_2 7\nb-1 4\n");
  CHECK(slurp(temp.file("k/frame_shift")) == "0.0085\n");
  const std::string ark = slurp(temp.file("k/feats.ark"));
  // b-1: 4 bytes of key, 15 before the numbers, 4 x 3 numbers of 4 bytes
  CHECK(slurp(temp.file("k/feats.scp")) ==
        "C3 data/train/feats.ark:173\na_2 data/train/feats.ark:71\nb-1 data/train/feats.ark:4\n");
  CHECK(ark.substr(4, 5) == std::string("\0BFM ", 5));
  CHECK(ark.substr(71, 5) == std::string("\0BFM ", 5));
  CHECK(ark.substr(173, 5) == std::string("\0BFM ", 5));
}

TEST_CASE("kaldi: an archive alone says that labels are not in it, a full device is an error") {
  const samples::Memory memory;
  const auto writer = ear::make_kaldi_ark_writer(memory.fd(), "-", exchange_support::header(Kind::kRaster));
  for (const auto& record : exchange_support::records(Kind::kRaster)) writer->write(record);
  const auto notes = writer->close();
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Contains("labels of 2 records"));
  const samples::Memory written(memory.bytes());
  const auto read = read_all(*ear::open_kaldi_ark(written.fd(), "a.ark", {}, step_of(1))).records;
  CHECK(std::get<std::vector<float>>(read.at(0).data) == std::vector<float>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1});
  const int full = ::open("/dev/full", O_WRONLY);
  const auto lost = ear::make_kaldi_ark_writer(full, "standard output", exchange_support::header(Kind::kRaster));
  CHECK_THAT(error_of([&] { lost->write(exchange_support::records(Kind::kRaster)[0]); }),
             Contains("standard output: cannot write: No space left"));
  ::close(full);
}
