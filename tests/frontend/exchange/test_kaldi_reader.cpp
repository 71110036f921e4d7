// Folders that were changed, and folders and archives of strangers.
#include <catch2/catch.hpp>
#include <filesystem>
#include <limits>

#include "frontend/exchange/formats.h"
#include "frontend/exchange/kaldi_ark.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::error_of;
using exchange_support::numbers;
using exchange_support::read_all;
using exchange_support::slurp;
using exchange_support::spill;
using exchange_support::step_of;
using exchange_support::write_kaldi;

namespace {

std::string entry(const std::string& key, std::uint64_t rows, std::uint64_t columns, const std::vector<float>& values) {
  return key + " " + ear::ark_matrix_header(rows, columns) + numbers(values);
}

exchange_support::All read_ark(const std::string& bytes, const ear::KaldiTables& tables,
                               const ear::ForeignParams& params, ear::Header* header = nullptr,
                               std::vector<std::string>* notes = nullptr) {
  const samples::Memory memory(bytes);
  const auto source = ear::open_kaldi_ark(memory.fd(), "a.ark", tables, params);
  auto all = read_all(*source);
  if (header != nullptr) *header = source->header();
  if (notes != nullptr) *notes = source->notes();
  return all;
}

}  // namespace

TEST_CASE("kaldi: numbers that were altered are an error that says how to read them all the same") {
  const exchange_support::TempFolder temp;
  const std::string folder = temp.file("k");
  write_kaldi(folder, exchange_support::header(Kind::kCochleagram), exchange_support::records(Kind::kCochleagram));
  std::string ark = slurp(folder + "/feats.ark");
  const std::string whole = ark;
  ark[30] = static_cast<char>(ark[30] ^ 1);
  spill(folder + "/feats.ark", ark);
  CHECK_THAT(error_of([&] { read_all(*ear::open_kaldi_folder(folder, {})); }),
             Contains("feats.ark: key b-1") && Contains("not those that were written") &&
                 Contains("remove ossicle_header.json"));
  spill(folder + "/feats.ark", whole.substr(0, 67));
  CHECK_THAT(error_of([&] { read_all(*ear::open_kaldi_folder(folder, {})); }),
             Contains("the end stands where") && Contains("key a_2"));
  CHECK_THAT(error_of([&] { ear::open_kaldi_folder(folder, step_of(1)); }), Contains("leave it out"));
  std::string lines = slurp(folder + "/ossicle_records.json");
  spill(folder + "/ossicle_records.json", lines.substr(0, lines.rfind('{')));
  CHECK_THAT(error_of([&] { ear::open_kaldi_folder(folder, {}); }), Contains("ossicle_records.json:3"));
  std::filesystem::remove(folder + "/ossicle_header.json");
  spill(folder + "/feats.ark", ark);
  CHECK(read_all(*ear::open_kaldi_folder(folder, step_of(1))).records.size() == 3);
}

TEST_CASE("kaldi: a stranger's archive from a pipe takes its labels from a table") {
  const std::string ark = entry("spk1-utt.1", 2, 2, {1, 2, 3, 4}) + entry("x", 1, 2, {5, 6});
  ear::Header header;
  std::vector<std::string> notes;
  const auto all =
      read_ark(ark, {"x\r\nspk1-utt.1 yes\nother no\n", "spk1-utt.1 spk1\nx x\n"}, step_of(10), &header, &notes);
  CHECK(header.kind == Kind::kCochleagram);
  CHECK(header.n_channels == 2);
  CHECK(header.classes == std::vector<std::string>{"no", "yes"});
  REQUIRE(all.records.size() == 2);
  CHECK(samples::equal(all.records[0], {"spk1-utt_1", "yes", {}, "spk1", 2, 10.0, 1, std::vector<float>{1, 2, 3, 4}}));
  CHECK(samples::equal(all.records[1], {"x", "", {}, "", 1, 10.0, 1, std::vector<float>{5, 6}}));
  REQUIRE(notes.size() == 2);
  CHECK_THAT(notes[0], Contains("'spk1-utt.1' is now spk1-utt_1"));
  CHECK_THAT(notes[1], Contains("1 keys of the labels' table are not in the archive"));
  auto counts = step_of(1);
  counts.kind = Kind::kCounts;
  CHECK(read_ark(entry("x", 1, 2, {5, 6}), {}, counts).records.at(0).data ==
        ear::Array(std::vector<std::uint16_t>{5, 6}));
  CHECK(read_ark(entry("x", 1, 2, {5, 6}), {"x one two one\n", {}}, step_of(1)).records.at(0).sequence ==
        std::vector<std::string>{"one", "two", "one"});
}

TEST_CASE("kaldi: archives and tables that do not fit together are an error that names the key") {
  const std::string ark = entry("x", 1, 2, {5, 6});
  const auto check = [&](const std::string& bytes, const ear::KaldiTables& tables, const std::string& message) {
    CHECK_THAT(error_of([&] { read_ark(bytes, tables, step_of(1)); }), Contains(message));
  };
  check(ark + entry("x", 1, 2, {5, 6}), {}, "a.ark: key x: key x stands twice");
  check(ark + entry("y", 1, 3, {5, 6, 7}), {}, "key y: 3 columns, the first matrix has 2");
  check(ark, {"y yes\n", {}}, "key x: has no line in the table of labels");
  check(ark, {"x yes\nx no\n", {}}, "table of labels:2: key x stands twice");
  check(entry("x", 1, 1, {std::numeric_limits<float>::infinity()}), {}, "key x: value inf at step 0, channel 0");
  check(entry(std::string(201, 'k'), 1, 1, {1}), {}, "of 201 characters");
  check("", {}, "a.ark: holds no matrix");
  check(ark, {std::string("\xff\xfek\0", 4), {}}, "table of labels: is text in UTF-16");
  check(ark, {"x yes\n  \nx no\n", {}}, "table of labels:3: key x stands twice");
  CHECK_THAT(error_of([&] { read_ark(ark, {}, {}); }), Contains("does not say how long a step is"));
  auto raster = step_of(1);
  raster.kind = Kind::kRaster;
  CHECK_THAT(error_of([&] { read_ark(ark, {}, raster); }), Contains("value 5 at step 0, channel 0; wanted 0 or 1"));
  auto classes = step_of(1);
  classes.classes = {"no"};
  CHECK_THAT(error_of([&] {
               read_ark(ark, {"x yes\n", {}}, classes);
             }),
             Contains("label yes is not among the 1 classes"));
}

TEST_CASE("kaldi: a stranger's folder is read by feats.scp and its frame shift") {
  const exchange_support::TempFolder temp;
  const std::string first = entry("b", 1, 1, {1});
  spill(temp.file("raw.1.ark"), first + entry("a", 1, 1, {2}));
  const std::string place = temp.file("raw.1.ark") + ":";
  spill(temp.file("feats.scp"), "a " + place + std::to_string(first.size() + 2) + "\nb " + place + "2\n");
  spill(temp.file("text"), "a no\nb yes\n");
  spill(temp.file("frame_shift"), "0.01\n");
  const auto source = ear::open_kaldi_folder(temp.path().string(), {});
  const auto records = read_all(*source).records;
  CHECK(source->header().dt_ms == 10.0);
  REQUIRE(records.size() == 2);
  CHECK(samples::equal(records[0], {"a", "no", {}, "", 1, 10.0, 1, std::vector<float>{2}}));
  CHECK(samples::equal(records[1], {"b", "yes", {}, "", 1, 10.0, 1, std::vector<float>{1}}));
  ear::ForeignParams params;
  params.dt_ms = 8.0;
  CHECK_THAT(error_of([&] { ear::open_kaldi_folder(temp.path().string(), params); }),
             Contains("says itself that a step has 10 ms; leave --dt-ms out"));
  spill(temp.file("with blanks.ark"), entry("c", 1, 1, {3}));
  spill(temp.file("feats.scp"), "a " + temp.file("with blanks.ark") + ":2\n");
  CHECK(samples::equal(read_all(*ear::open_kaldi_folder(temp.path().string(), {})).records.at(0),
                       {"a", "no", {}, "", 1, 10.0, 1, std::vector<float>{3}}));
  const std::string mark = "\xef\xbb\xbf";  // as Windows' editors begin a file
  for (const char* name : {"feats.scp", "text", "frame_shift"}) spill(temp.file(name), mark + slurp(temp.file(name)));
  CHECK(samples::equal(read_all(*ear::open_kaldi_folder(temp.path().string(), {})).records.at(0),
                       {"a", "no", {}, "", 1, 10.0, 1, std::vector<float>{3}}));
  const auto message = [&](const std::string& scp) {
    spill(temp.file("feats.scp"), scp);
    return error_of([&] { read_all(*ear::open_kaldi_folder(temp.path().string(), {})); });
  };
  CHECK_THAT(message("a cat raw.1.ark |\n"), Contains("feats.scp:1: wanted `key FILE:BYTE`"));
  CHECK_THAT(message("a " + place + "2[0:1]\n"), Contains("feats.scp:1"));
  CHECK_THAT(message("a " + place + "99999\n"), Contains("byte 99999 is wanted"));
  CHECK_THAT(message("a nowhere.ark:0\n"), Contains("nowhere.ark: cannot be opened"));
  std::filesystem::remove(temp.file("feats.scp"));
  CHECK_THAT(error_of([&] { ear::open_kaldi_folder(temp.path().string(), {}); }),
             Contains("neither feats.ark nor feats.scp"));
}
