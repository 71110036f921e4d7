#include "tools/convert/formats.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <stdexcept>

#include "tests/support/temp_folder.h"

namespace {

/// "FROM>TO", or the error's message.
std::string of(const std::string& input, const std::string& output, const tools::Formats& given = {}) {
  try {
    const tools::Formats formats = tools::complete_formats(given, input, output);
    return formats.from + ">" + formats.to;
  } catch (const std::exception& refused) {
    return refused.what();
  }
}

}  // namespace

TEST_CASE("formats: seen from the names") {
  CHECK(of("a.tar", "a.npz") == "stream>npz");
  CHECK(of("a.npz", "-") == "npz>stream");
  CHECK(of("-", "dir.x/a.ark") == "stream>kaldi");
  CHECK(of("a.h5", "a.tar") == "shd>stream");
  CHECK(of("a.hdf5", "a.tar") == "shd>stream");
  CHECK(of("a.model", "a.nir") == "model>nir");
  CHECK(of("weights.safetensors", "a.model") == "safetensors>model");
  // A trained model and weights from elsewhere have the same extension: what comes of it decides.
  CHECK(of("model.safetensors", "a.nir") == "model>nir");
  CHECK(of("weights.safetensors", "model.safetensors") == "safetensors>model");
  CHECK(of("a", "b", {"text", "kaldi"}) == "text>kaldi");
  CHECK(of("a.npz", "b.npz", {"kaldi", "text"}) == "kaldi>text");
}

TEST_CASE("formats: an input folder is known by what lies in it") {
  const support::TempFolder temp;
  const auto touch = [&](const char* name) { std::ofstream(temp.path() / name) << "x"; };
  CHECK_THAT(of(temp.path().string(), "a.tar"), Catch::Contains("give --from"));
  touch("list.tsv");
  CHECK(of(temp.path().string(), "a.tar") == "text>stream");
  touch("feats.scp");
  CHECK(of(temp.path().string(), "a.tar") == "kaldi>stream");
}

TEST_CASE("formats: what cannot be told, or cannot be, is refused") {
  CHECK_THAT(of("a.tar", "folder"), Catch::Contains("folder: its name does not show the format; give --to"));
  CHECK_THAT(of("a.wav", "a.npz"), Catch::Contains("a.wav: no such file"));
  const support::TempFolder temp;
  const std::string path = (temp.path() / "a.wav").string();
  const auto holds = [&path](const char* text) { std::ofstream(path) << text; };
  holds("abc");
  CHECK_THAT(of(path, "a.npz"), Catch::Contains("a.wav: its name does not show the format; give --from"));
  holds("RIFF....WAVEfmt ");
  CHECK_THAT(of(path, "a.npz"),
             Catch::Contains("a.wav: is a recording, wanted a stream, a model or a file of another"));
  CHECK_THAT(of("a.tar", "a.nir", {"stream", ""}), Catch::Contains("records and models"));
  CHECK_THAT(of("a.model", "a.npz"), Catch::Contains("records and models"));
}
