#include "tools/train/inputs.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

namespace {

struct Folder {
  pipe_support::TempFolder temp;
  std::string train = temp.file("train.tar"), other = temp.file("other.tar");
  Folder() {
    pipe_support::write_stream(train, {.n_records = 4, .n_classes = 2});
    pipe_support::write_stream(other, {.n_records = 3, .n_classes = 1});
  }
  /// The training stream with these names for its classes, its recordings' labels likewise, and the others' added to (unknown).
  tools::LoadedStream with_unknown(const std::vector<std::string>& classes) const {
    tools::LoadedStream stream = tools::load_streams({train});
    stream.dataset.classes = classes;
    for (snn::Utterance& utterance : stream.dataset.utterances) {
      utterance.label_name = classes.at(static_cast<std::size_t>(utterance.label));
    }
    tools::Context context("test");
    tools::add_unknown({other}, stream, context);
    snn::validate_for_training(stream.dataset);
    return stream;
  }
};

std::int64_t n_of(const snn::Dataset& dataset, int label) {
  return std::ranges::count(dataset.utterances, label, &snn::Utterance::label);
}

}  // namespace

TEST_CASE("add_unknown: a last class, or the one that is there, wherever it stands") {
  const Folder f;
  const snn::Dataset made = f.with_unknown({"yes", "no"}).dataset;
  CHECK(made.classes == std::vector<std::string>{"yes", "no", "(unknown)"});
  CHECK(n_of(made, 2) == 3);
  CHECK(made.utterances.back().key == "(unknown) utt_2");
  const snn::Dataset first = f.with_unknown({"(unknown)", "no"}).dataset;
  CHECK(first.classes == std::vector<std::string>{"(unknown)", "no"});
  CHECK(n_of(first, 0) == 2 + 3);
  CHECK(n_of(first, 1) == 2);
}

TEST_CASE("require_no_silence: a class (silence) is refused, (unknown) is not") {
  ear::Header header;
  header.classes = {"yes", "(unknown)", "no"};
  CHECK_NOTHROW(tools::require_no_silence("a.tar", header));
  header.classes = {"yes", "(silence)", "no"};
  CHECK_THROWS_WITH(
      tools::require_no_silence("a.tar", header),
      Catch::StartsWith("a.tar: has a class (silence), but") && Catch::Contains("leave these recordings out"));
}
