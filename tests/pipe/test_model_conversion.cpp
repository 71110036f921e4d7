// ossicle-convert on models: NIR graphs out, weights made elsewhere in. The layout of a NIR file is in test_nir_file.py.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "frontend/hdf5/hdf5_file.h"
#include "tests/pipe/corpus.h"
#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using pipe_support::shell;
using pipe_support::slurp;
using pipe_support::spill;
using pipe_support::TempFolder;

namespace {

struct Array {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};
using Arrays = std::map<std::string, Array>;

std::string safetensors(const Arrays& arrays) {
  nlohmann::json header = nlohmann::json::object();
  std::string data;
  for (const auto& [name, array] : arrays) {
    const std::size_t begin = data.size();
    for (const float value : array.values) data += pipe_support::little_endian(value);
    header[name] = {{"dtype", "F32"}, {"shape", array.shape}, {"data_offsets", {begin, data.size()}}};
  }
  const std::string text = header.dump();
  return pipe_support::little_endian(static_cast<std::uint64_t>(text.size())) + text + data;
}

Arrays arrays_of(const std::string& bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  Arrays arrays;
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    Array& array = arrays[name];
    array.shape = entry.at("shape").get<std::vector<std::int64_t>>();
    const std::size_t begin = entry.at("data_offsets").at(0), end = entry.at("data_offsets").at(1);
    array.values.resize((end - begin) / sizeof(float));
    std::memcpy(array.values.data(), bytes.data() + 8 + length + begin, end - begin);
  }
  return arrays;
}

/// A model with self-connections, skips and thetas of its own, and a stream.
struct Trained {
  TempFolder temp;
  std::string model = file("m.model"), test = file("test.tar");
  Trained() {
    pipe_support::write_stream(file("train.tar"), {.n_records = 60});
    pipe_support::write_stream(test, {.n_records = 20, .seed = 2, .prefix = "test"});
    const auto trained =
        shell("ossicle-train -q " + file("train.tar") +
              " --preset plain --hidden 12,10 --skip 0:2,1:3 --shift-channels 0 --batch 10 --epochs 2 --threads 1 -o " +
              model);
    INFO(trained.err);
    REQUIRE(trained.exit_code == 0);
  }
  std::string file(const std::string& name) const { return temp.file(name); }
  std::string answers(const std::string& of) const { return shell("ossicle-predict " + of + " " + test).out; }
  pipe_support::Result import(const Arrays& arrays, const std::string& options) const {
    spill(file("w.safetensors"), safetensors(arrays));
    return shell("ossicle-convert " + file("w.safetensors") + " --overwrite -o " + file("out.model") + " " + options);
  }
};

/// The arrays under the names of a network of snnTorch.
Arrays named_as_torch(const Arrays& ours) {
  Arrays theirs = {{"fc1.weight", ours.at("w_0_1")},
                   {"fc2.weight", ours.at("w_1_2")},
                   {"fc3.weight", ours.at("w_2_3")},
                   {"skip_0_2.weight", ours.at("w_0_2")},
                   {"skip_1_3.weight", ours.at("w_1_3")},
                   {"lif1.recurrent.V", ours.at("w_self_1")},
                   {"lif2.recurrent.V", ours.at("w_self_2")},
                   {"lif1.beta", ours.at("theta_1")},
                   {"fc1.bias", {{12}, std::vector<float>(12)}}};
  theirs["lif3.beta"] = {{}, {ours.at("theta_3").values.front()}};  // one value for all neurons
  Array tau = ours.at("theta_2");
  for (float& value : tau.values) value = static_cast<float>(1.0 / (1.0 - static_cast<double>(value)));
  theirs["tau_m_2"] = tau;
  return theirs;
}

}  // namespace

TEST_CASE("ossicle-convert: a model as a NIR graph") {
  const Trained t;
  const auto made = shell("ossicle-convert " + t.model + " -o " + t.file("m.nir"));
  REQUIRE(made.exit_code == 0);
  CHECK(made.out.empty());
  CHECK_THAT(made.err, Contains("steps of 1 ms") && Contains("--dt-ms"));
  const std::string bytes = slurp(t.file("m.nir"));
  REQUIRE(shell("ossicle-convert -q --from model --to nir - -o " + t.file("again") + " < " + t.model).exit_code == 0);
  CHECK(slurp(t.file("again")) == bytes);

  const ear::Hdf5Reader file(t.file("m.nir"));
  CHECK(file.strings("version") == std::vector<std::string>{"1.0.8"});
  CHECK(file.numbers("node/metadata/dt") == std::vector<double>{0.001});
  CHECK(file.shape("node/edges") == std::vector<std::uint64_t>{15, 2});
  const Arrays arrays = arrays_of(slurp(t.model));
  const std::vector<double> tau_mem = file.numbers("node/nodes/lif_2/tau_mem");
  REQUIRE(tau_mem.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) {
    const auto theta = static_cast<double>(arrays.at("theta_2").values[i]);
    CHECK(tau_mem[i] == Approx(0.001 / (1.0 - theta)).epsilon(1e-14));
  }
  CHECK(file.shape("node/nodes/w_0_2/weight") == std::vector<std::uint64_t>{10, 20});
}

TEST_CASE("ossicle-convert: what a NIR graph can be asked to be") {
  const Trained t;
  const auto made =
      shell("ossicle-convert " + t.model + " -o " + t.file("m.nir") + " --dt-ms 0.1 --exact --affine --readout psc");
  REQUIRE(made.exit_code == 0);
  CHECK(made.err.empty());
  const ear::Hdf5Reader file(t.file("m.nir"));
  CHECK(file.numbers("node/metadata/dt") == std::vector<double>{0.0001});
  CHECK(file.strings("node/nodes/w_1_2/type") == std::vector<std::string>{"Affine"});
  CHECK(file.strings("node/nodes/psc/type") == std::vector<std::string>{"LI"});
  CHECK(std::exp(-0.0001 / file.numbers("node/nodes/lif_1/tau_syn").at(0)) == Approx(0.875).epsilon(1e-12));
  for (const std::string wrong :
       {"--dt-ms 0", "--dt-ms -1", "--dt-ms x", "--readout rates", "--tau-s 8", "--name a=b"}) {
    INFO(wrong);
    CHECK(shell("ossicle-convert " + t.model + " -o " + t.file("no.nir") + " " + wrong).exit_code == 2);
  }
  CHECK_FALSE(std::filesystem::exists(t.file("no.nir")));
}

TEST_CASE("ossicle-convert: NIR files and inputs that cannot be") {
  const Trained t;
  spill(t.file("old.nir"), "old");
  spill(t.file("cut.model"), slurp(t.model).substr(0, 900));
  const auto cut = shell("ossicle-convert " + t.file("cut.model") + " -o " + t.file("old.nir"));
  CHECK(cut.exit_code == 2);
  CHECK_THAT(cut.err, Contains("cut.model"));
  CHECK(slurp(t.file("old.nir")) == "old");
  const auto pipe = shell("ossicle-convert --from model --to nir " + t.model + " | cat");
  CHECK(pipe.out.empty());
  CHECK_THAT(pipe.err, Contains("standard output"));
  const auto same = shell("ossicle-convert --to nir " + t.model + " -o " + t.model);
  CHECK(same.exit_code == 2);
  CHECK_THAT(same.err, Contains("name another file"));
  CHECK(t.answers(t.model).size() > 100);
}

TEST_CASE("ossicle-convert: a refused graph has no note beside it, and an output that does not fire has no PSC") {
  const Trained t;
  const std::string train = "ossicle-train -q --hidden 5 --no-skip --epochs 1 --threads 1 " + t.file("train.tar");
  REQUIRE(shell(train + " --adaptive -o " + t.file("adaptive")).exit_code == 0);
  const auto adaptive = shell("ossicle-convert " + t.file("adaptive") + " -o " + t.file("m.nir"));
  CHECK(adaptive.exit_code == 2);
  CHECK_THAT(adaptive.err, Contains("the network adapts") && !Contains("--dt-ms"));
  REQUIRE(shell(train + " --output-layer mean -o " + t.file("mean")).exit_code == 0);
  const auto mean = shell("ossicle-convert --readout psc " + t.file("mean") + " -o " + t.file("m.nir"));
  CHECK(mean.exit_code == 2);
  CHECK_THAT(mean.err, Contains("--readout psc: the output layer of") && Contains("does not fire"));
  CHECK_FALSE(std::filesystem::exists(t.file("m.nir")));
}

TEST_CASE("ossicle-convert: the length of a step from the stream or the recipe") {
  const pipe_support::Corpus corpus(6);
  REQUIRE(shell(corpus.command("--decimation 100 -o '" + corpus.file("s.tar") + "'")).exit_code == 0);
  REQUIRE(shell("ossicle-train -q '" + corpus.file("s.tar") +
                "' --preset plain --hidden 5 --epochs 1 --threads 1 -o '" + corpus.file("m.model") + "'")
              .exit_code == 0);
  const auto made = shell("ossicle-convert '" + corpus.file("m.model") + "' -o '" + corpus.file("m.nir") + "'");
  CHECK(made.err.empty());
  CHECK(ear::Hdf5Reader(corpus.file("m.nir")).numbers("node/metadata/dt").at(0) == Approx(0.008).epsilon(1e-12));
}

TEST_CASE("ossicle-convert: a model's own arrays give its predictions") {
  const Trained t;
  const Arrays arrays = arrays_of(slurp(t.model));
  const std::string wanted = t.answers(t.model);
  REQUIRE(t.import(arrays, "--like " + t.model).exit_code == 0);
  CHECK(t.answers(t.file("out.model")) == wanted);
  const auto made = t.import(arrays, "--stream " + t.test + " --tau-s 8 --threshold 1 --input-scale 2");
  REQUIRE(made.exit_code == 0);
  CHECK_THAT(made.err, Contains("layers of 20,12,10,10 neurons") && Contains("2 skips"));
  CHECK(t.answers(t.file("out.model")) == wanted);
  const auto info = shell("ossicle-info --json " + t.file("out.model")).out;
  CHECK_THAT(info, Contains("\"bip\""));
  const std::string kept = slurp(t.file("out.model"));
  const auto refused =
      shell("ossicle-convert " + t.file("w.safetensors") + " --like " + t.model + " -o " + t.file("out.model"));
  CHECK(refused.exit_code == 2);
  CHECK_THAT(refused.err, Contains("out.model: is a model; replace it with --overwrite"));
  CHECK(slurp(t.file("out.model")) == kept);
  // Constants of the flags overrule those of --like.
  REQUIRE(t.import(arrays, "--like " + t.model + " --threshold 1000").exit_code == 0);
  CHECK(t.answers(t.file("out.model")) != wanted);
}

TEST_CASE("ossicle-convert: arrays under the names of others") {
  const Trained t;
  const Arrays ours = arrays_of(slurp(t.model));
  Arrays theirs = named_as_torch(ours);
  const std::string constants = "--stream " + t.test + " --tau-s 8 --threshold 1 --input-scale 2 ";
  const auto made = t.import(theirs, constants);
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  CHECK(t.answers(t.file("out.model")) == t.answers(t.model));
  theirs["0.weight"] = theirs.at("fc1.weight");
  theirs["lif1.mem"] = {{1}, {0.0F}};
  theirs.erase("fc1.weight");
  CHECK(t.import(theirs, constants).exit_code == 2);
  REQUIRE(t.import(theirs, constants + "--name 0.weight=w_0_1").exit_code == 0);
  CHECK(t.answers(t.file("out.model")) == t.answers(t.model));
}

TEST_CASE("ossicle-convert: weights that do not fit are named") {
  const Trained t;
  const Arrays good = arrays_of(slurp(t.model));
  const std::string like = "--like " + t.model + " ", stream = "--stream " + t.test + " --tau-s 8 --threshold 1 ";
  struct Case {
    std::function<void(Arrays&)> spoil;
    std::string options, said;
  };
  const std::vector<Case> cases = {
      {[](Arrays& a) { a.erase("w_1_2"); }, stream, "w_1_2: no tensor of that name"},
      {[](Arrays& a) { a.erase("w_self_1"); }, like, "w_self_1"},
      {[](Arrays& a) { a["fc0.weight"] = a.at("w_0_1"); }, stream, "fc0.weight [12][20]: not a name that is known"},
      {[](Arrays& a) {
         a["bn.weight"] = {{1}, {1.0F}};
       },
       stream, "bn.weight [1]: not a name that is known"},
      {[](Arrays& a) {
         a["w_1_2"].shape = {12, 10};
       },
       stream, "w_1_2"},
      {[](Arrays& a) { a["w_1_2"].shape = {120}; }, stream, "wanted is [to][from]"},
      {[](Arrays& a) { a["w_1_2"].values[3] = std::numeric_limits<float>::quiet_NaN(); }, like, "array w_1_2: value 3"},
      {[](Arrays& a) { a["theta_1"].values[0] = 1.0F; }, like, "theta_1: holds 1"},
      {[](Arrays& a) {
         a.erase("theta_1"), a["tau_m_1"] = {{1}, {0.5F}};
       },
       like, "tau_m_1: holds 0.5"},
      {[](Arrays& a) {
         a["tau_m_1"] = {{1}, {2.0F}};
       },
       like, "a second tensor"},
      {[](Arrays& a) {
         a["fc1.bias"] = {{1}, {0.5F}};
       },
       like, "bias_1: is a bias that is not zero, and the network of --like has none"},
      {[](Arrays&) {}, like + "--name x=w_0_1", "there is no tensor x"},
      {[](Arrays&) {}, like + "--name w_0_1", "THEIRS=OURS"},
      {[](Arrays& a) { a.erase("theta_2"); }, stream, "--tau-m"},
      {[](Arrays&) {}, "--stream " + t.test + " --threshold 1", "--tau-s is not given"},
      {[](Arrays&) {}, "--stream " + t.test + " --tau-s 8", "--threshold is not given"},
      {[](Arrays&) {}, "", "give one of --like MODEL and --stream STREAM"},
      {[](Arrays&) {}, like + stream, "give one of --like MODEL and --stream STREAM"}};
  for (const Case& each : cases) {
    Arrays arrays = good;
    each.spoil(arrays);
    const auto made = t.import(arrays, each.options);
    INFO(each.said << "\n" << made.err);
    CHECK(made.exit_code == 2);
    CHECK_THAT(made.err, Contains(each.said));
    CHECK_FALSE(std::filesystem::exists(t.file("out.model")));
  }
  pipe_support::write_stream(t.file("wide.tar"), {.n_records = 2, .n_channels = 21});
  CHECK_THAT(t.import(good, "--tau-s 8 --threshold 1 --stream " + t.file("wide.tar")).err,
             Contains("the stream has 21"));
  pipe_support::write_stream(t.file("few.tar"), {.n_records = 2, .n_classes = 9});
  CHECK_THAT(t.import(good, "--tau-s 8 --threshold 1 --stream " + t.file("few.tar")).err, Contains("9 classes"));
  spill(t.file("cut.safetensors"), safetensors(good).substr(0, 2000));
  const auto cut = shell("ossicle-convert " + t.file("cut.safetensors") + " -o " + t.file("out.model") + " " + like);
  CHECK(cut.exit_code == 2);
  CHECK_THAT(cut.err, Contains("cut.safetensors"));
}
