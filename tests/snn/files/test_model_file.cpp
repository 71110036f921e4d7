#include "snn/files/model_file.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <thread>

#include "snn/base/rng.h"
#include "tests/snn/sample_model.h"

using namespace snn;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ossicle-model-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = pattern;
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// One of eight kinds of damage, most of it in the header; half of it behind a checksum made right again.
std::string damaged(const std::string& good, Rng& rng) {
  std::string bytes = good;
  const std::size_t header_end = 8 + header_of(good).size();
  const std::size_t at = static_cast<std::size_t>(rng.below(rng.below(4) == 0 ? good.size() : header_end));
  const std::size_t n = static_cast<std::size_t>(1 + rng.below(16));
  switch (rng.below(8)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ 1 << rng.below(8));
      break;
    case 1:
      bytes[at] = static_cast<char>(rng.below(256));
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes.erase(at, n);
      break;
    case 4:
      bytes.insert(at, n, static_cast<char>('0' + rng.below(10)));
      break;
    case 5:
      bytes.insert(at, bytes.substr(static_cast<std::size_t>(rng.below(good.size())), n));
      break;
    case 6:
      bytes[at] = "0123456789-[]{},:\"ntf\\"[rng.below(22)];
      break;
    default: {
      const std::size_t digit = bytes.find_first_of("0123456789", std::max<std::size_t>(at, 8));
      if (digit < header_end) bytes[digit] = static_cast<char>('0' + rng.below(10));
    }
  }
  if (bytes.size() < 8 || rng.below(2) == 0) return bytes;
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  if (length > bytes.size() - 8) return bytes;
  // What was inserted or lost in the header moves its end.
  const std::size_t moved = header_end + bytes.size() - good.size();
  const std::size_t end = moved >= 8 && moved <= bytes.size() ? moved : 8 + static_cast<std::size_t>(length);
  return raw_file(bytes.substr(8, end - 8), std::string_view(bytes).substr(end));
}

}  // namespace

TEST_CASE("model file: calibration and longest duration come back, are checked, and may be absent") {
  Model model = sample_model();
  CHECK_FALSE(parse_model(serialise(model), "m").calibration);
  CHECK_FALSE(parse_model(serialise(model), "m").longest_ms);
  model.longest_ms = 812.5;
  for (const bool of_means : {false, true}) {
    model.calibration = Calibration{.temperature = 0.1 + 0.2, .of_means = of_means};
    CHECK(parse_model(serialise(model), "m") == model);
  }
  const std::string bytes = serialise(model);
  CHECK_THROWS_WITH(parse_model(edited(bytes, "\"logits\":\"means\"", "\"logits\":\"other\""), "m"),
                    Contains("wanted is \"sums\" or \"means\""));
  CHECK_THROWS_WITH(parse_model(edited(bytes, "\"longest_ms\":\"812.5\"", "\"longest_ms\":\"-12.5\""), "m"),
                    Contains("a number above 0"));
  model.calibration->temperature = 0.0;
  CHECK_THROWS_WITH(serialise(model), Contains("temperature is 0"));
  model.calibration.reset();
  model.longest_ms = INFINITY;
  CHECK_THROWS_WITH(serialise(model), Contains("longest_ms is inf"));
}

TEST_CASE("model file: a model comes back") {
  const Model model = sample_model();
  const std::string bytes = serialise(model);
  CHECK(parse_model(bytes, "m") == model);
  CHECK(serialise(parse_model(bytes, "m")) == bytes);
  Model plain = model;
  plain.valid_accuracy.reset();
  plain.which = "last";
  CHECK(parse_model(serialise(plain), "m") == plain);
}

TEST_CASE("model file: the bytes are those of the independent writer") {
  // tests/reference/make_reference_model.py, from the description in MODEL.md.
  std::ifstream in(OSSICLE_TEST_DATA "/model/sample.safetensors", std::ios::binary);
  const std::string wanted((std::istreambuf_iterator<char>(in)), {});
  REQUIRE(wanted.size() > 8);
  const std::string found = serialise(sample_model());
  CHECK(header_of(found) == header_of(wanted));
  CHECK((found == wanted));
}

TEST_CASE("model file: what could not be read back is not written") {
  Model model = sample_model();
  SECTION("classes") {
    model.classes.push_back("x");
    CHECK_THROWS_WITH(serialise(model), "3 class names for 2 output neurons");
  }
  SECTION("double class") {
    model.classes[1] = model.classes[0];
    CHECK_THROWS_WITH(serialise(model), Contains("there twice"));
  }
  SECTION("shape") {
    model.parameters["w_0_1"].shape = {3, 4};
    CHECK_THROWS_WITH(serialise(model), Contains("w_0_1 has the shape [3, 4]"));
  }
  SECTION("not finite") {
    model.parameters["w_0_1"].values[0] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH(serialise(model), Contains("w_0_1 holds inf at index 0"));
  }
  SECTION("which") {
    model.which = "first";
    CHECK_THROWS_WITH(serialise(model), Contains("which is \"first\""));
  }
  SECTION("epochs") {
    model.n_epochs_done = 61;
    CHECK_THROWS_WITH(serialise(model), "61 epochs done of a training of 60");
  }
  SECTION("accuracy") {
    model.valid_accuracy = 1.5;
    CHECK_THROWS_WITH(serialise(model), Contains("accuracy is 1.5"));
  }
  SECTION("text") {
    model.input_kind = "\xff";
    CHECK_THROWS_WITH(serialise(model), Contains("not UTF-8"));
  }
}

TEST_CASE("model file: contents that contradict each other are refused by name behind a right checksum") {
  const std::string good = serialise(sample_model());
  struct Edit {
    const char *from, *to, *message;
  };
  const auto edit = GENERATE(values<Edit>({
      {"\\\"sizes\\\":[3,4,4,4,2]", "\\\"sizes\\\":[3,4,4,4,3]", "2 class names for 3 output neurons"},
      {"\\\"sizes\\\":[3,4,4,4,2]", "\\\"sizes\\\":[3,4,4,5,2]",
       "array w_2_3 has the shape [4, 4]; the network wants [5, 4]"},
      {"\\\"sizes\\\":[3,4,4,4,2]", "\\\"sizes\\\":[3,1000000,1000000,1000000,2]", "number of parameters is"},
      {"\\\"sizes\\\":[3,4,4,4,2]", "\\\"sizes\\\":[]", "number of populations is 0"},
      {"\\\"self_recurrent\\\":[1,2,3]", "\\\"self_recurrent\\\":[1,2]", "array w_self_3 is not one of the network's"},
      {"\\\"self_recurrent\\\":[1,2,3]", "\\\"self_recurrent\\\":[1,2,3,4]", "array w_self_4 is missing"},
      {"\\\"tau_m\\\":16.0", "\\\"tau_m\\\":0.5", "tau_m is 0.5"},
      {"\"theta_1\"", "\"theta_9\"", "array theta_1 is missing"},
      {"\"which\":\"best\"", "\"which\":\"west\"", "which is \"west\""},
      {"\"n_epochs_done\":\"7\"", "\"n_epochs_done\":\"61\"",
       "metadata \"n_epochs_done\" is \"61\"; wanted is an integer from 0 to 60"},
      {"\"valid_accuracy\":\"0.3", "\"valid_accuracy\":\"9.3", "wanted is a number from 0 to 1"},
      {"\"recipe\":", "\"recip\":", "metadata \"recipe\" is missing"},
      {"\"format\":\"ossicle-model\"", "\"format\":\"ossicle-checkpoint\"", "where \"ossicle-model\" is wanted"},
  }));
  INFO(edit.to);
  CHECK_THROWS_WITH(parse_model(edited(good, edit.from, edit.to), "some/m.osm"),
                    StartsWith("some/m.osm: ") && Contains(edit.message));
  CHECK_THROWS_AS(parse_model(edited(good, edit.from, edit.to), "m"), std::runtime_error);
}

TEST_CASE("model file: a value that is not finite is refused behind a right checksum") {
  const std::string good = serialise(sample_model());
  std::string data = data_of(good);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(data.data() + data.size() - 4, &nan, 4);
  CHECK_THROWS_WITH(parse_model(raw_file(header_of(good), data), "m"), Contains("holds nan at index"));
}

TEST_CASE("model file: every truncation is found") {
  const std::string good = serialise(sample_model());
  for (std::size_t n = 0; n < good.size(); ++n) {
    INFO(n << " bytes");
    REQUIRE_THROWS_WITH(parse_model(std::string_view(good).substr(0, n), "m"), StartsWith("m: "));
  }
}

TEST_CASE("model file: 10,000 damaged files end in an error or in a model, never in a crash") {
  const std::string good = serialise(sample_model());
  Rng rng(20240607, Purpose::kShift, 0);
  int n_models = 0, n_same = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::string bytes = damaged(good, rng);
    n_same += bytes == good;
    try {
      const Model model = parse_model(bytes, "m");
      ++n_models;
      // A checksum made right again lets harmless changes through; they must be whole models.
      REQUIRE_NOTHROW(serialise(model));
    } catch (const std::runtime_error& error) {
      REQUIRE_THAT(error.what(), StartsWith("m: "));
    }
  }
  INFO(n_models << " models, " << n_same << " of them unchanged");
  CHECK(n_models > n_same);
  CHECK(n_models < 3000);
}

TEST_CASE("model file: files are read whole, and from a pipe") {
  const TempFolder folder;
  const std::string bytes = serialise(sample_model());
  write(folder.file("m"), bytes);
  CHECK(read_model(folder.file("m")) == sample_model());
  const std::string pipe = folder.file("pipe");
  REQUIRE(std::system(("mkfifo '" + pipe + "'").c_str()) == 0);
  std::thread writer([&] { write(pipe, bytes); });
  const Model found = read_model(pipe);
  writer.join();
  CHECK(found == sample_model());
}

TEST_CASE("model file: what cannot be read is named") {
  const TempFolder folder;
  const std::string bytes = serialise(sample_model());
  CHECK_THROWS_WITH(read_model(folder.file("none")), Contains("none: cannot be opened: No such file"));
  CHECK_THROWS_WITH(read_model(folder.file(".")), Contains("cannot be read: Is a directory"));
  write(folder.file("empty"), "");
  CHECK_THROWS_WITH(read_model(folder.file("empty")), Contains("empty: holds 0 bytes"));
  write(folder.file("cut"), bytes.substr(0, bytes.size() - 1));
  CHECK_THROWS_WITH(read_model(folder.file("cut")), Contains("cut: holds") && Contains("its header wants"));
  write(folder.file("long"), bytes + "and more");
  CHECK_THROWS_WITH(read_model(folder.file("long")), Contains("long: holds") && Contains("its header wants"));
  CHECK_THROWS_WITH(read_model("/dev/zero"), Contains("is not a model"));
}

TEST_CASE("model file: arrays that its network cannot have are refused before they are read") {
  const TempFolder folder;
  const std::string model = serialise(sample_model());
  const std::string begin = std::to_string(data_of(model).size());
  const auto with_array = [&](const std::string& shape, const std::string& end) {
    return edited(model, R"("__metadata__")",
                  R"("zz":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[)" + begin + "," + end +
                      R"(]},"__metadata__")");
  };
  // A file of 50 GB, all of it a hole.
  constexpr std::uint64_t kArray = 50'000'000'000;
  const std::string end = std::to_string(data_of(model).size() + kArray);
  write(folder.file("sparse"), with_array("[12500000000]", end));
  std::filesystem::resize_file(folder.file("sparse"), std::filesystem::file_size(folder.file("sparse")) + kArray);
  CHECK_THROWS_WITH(read_model(folder.file("sparse")),
                    Contains("sparse: claims " + end + " bytes of arrays, the network in its metadata has " + begin));
  write(folder.file("huge"), with_array("[4611686018427387904]", "4611686018427387904"));
  CHECK_THROWS_WITH(read_model(folder.file("huge")),
                    Contains("array zz claims the data bytes " + begin + " to 4611686018427387904"));
}

TEST_CASE("model file: texts are cut short in messages") {
  const std::string model = serialise(sample_model());
  const std::string text(100'000, 'x');
  for (const std::string& bytes : {edited(model, R"("format":"ossicle-model")", R"("format":")" + text + "\""),
                                   edited(model, R"("which":"best")", R"("which":")" + text + "\""),
                                   edited(model, R"("w_0_1")", "\"" + text + "\""),
                                   edited(model, R"(\"rule\":\"surrogate\")", R"(\"rule\":\")" + text + R"(\")")}) {
    try {
      parse_model(bytes, "m");
      FAIL("read");
    } catch (const std::runtime_error& error) {
      CHECK(std::string(error.what()).size() < 400);
    }
  }
}
