// Names in what the tools print: a record is one line, whatever it is called, and no file steers the terminal.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "frontend/lyon/front_end.h"
#include "frontend/stream/recipe.h"
#include "snn/files/model_file.h"
#include "tests/frontend/stream/samples.h"
#include "tests/pipe/run.h"
#include "tests/snn/sample_model.h"

using Catch::Contains;
using pipe_support::Result;
using pipe_support::run;
using pipe_support::spill;
using Json = nlohmann::json;

namespace {

const std::string kClass = "a\nb\x1b[31m";  // as models of older versions may hold it
const std::string kShown = "\"a\\nb\\e[31m\"";

/// A model of classes "0" and kClass, and a stream of its recipe.
struct Folder {
  Folder() {
    ear::Header header = samples::header();
    header.recipe = ear::parse_recipe(model.recipe_json);
    header.classes = {"0"};
    std::vector<ear::Record> records = {samples::record(header.kind, "k", 30), samples::record(header.kind, "l", 30)};
    for (ear::Record& record : records) record.label = "0";
    model.classes = {"0", kClass};
    for (auto& [name, tensor] : model.parameters) {
      if (name.starts_with("w_")) std::ranges::fill(tensor.values, 1.0F);  // its output fires: silence has no class
    }
    spill(temp.file("m"), snn::serialise(model));
    spill(temp.file("s.tar"), samples::write(header, records));
  }
  Result tool(std::vector<std::string> line) const { return run(line, "", {temp.path()}); }

  pipe_support::TempFolder temp;
  snn::Model model = snn::sample_model();
};

bool is_one_line_each(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' && c != '\n' && c != '\t'; });
}

}  // namespace

TEST_CASE("ossicle-predict, ossicle-eval and ossicle-info print a class of two lines on one") {
  const Folder f;
  const Result named = f.tool({"ossicle-predict", "--top", "2", "m", "s.tar"});
  CHECK(named.exit_code == 0);
  CHECK(std::count(named.out.begin(), named.out.end(), '\n') == 2);
  CHECK_THAT(named.out, Contains("\t" + kShown + "\t"));
  CHECK(is_one_line_each(named.out));

  const Result scored = f.tool({"ossicle-eval", "m", "s.tar"});
  CHECK(scored.exit_code == 0);
  CHECK_THAT(scored.out, Contains("\n  " + kShown + "  ") && Contains("\n  0             "));  // columns stay
  CHECK(is_one_line_each(scored.out));

  const Result info = f.tool({"ossicle-info", "m"});
  CHECK(info.exit_code == 0);
  CHECK_THAT(info.out, Contains("\nclasses: 0 " + kShown + "\n"));
  CHECK(is_one_line_each(info.out));
  CHECK(Json::parse(f.tool({"ossicle-info", "--json", "m"}).out)["classes"][1] == kClass);
}

TEST_CASE("ossicle-predict: a path with a line feed is one line, and exact in JSON") {
  Folder f;
  f.model.recipe_json = ear::to_json({{ear::to_stage({.n_channels = 3, .n_steps = 20})}});
  spill(f.temp.file("m"), snn::serialise(f.model));
  const std::string path = "x\n\ty.wav";
  std::string wav("RIFF\xf4\x0f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\xd0\x0f\0\0",
                  44);
  for (int i = 0; i < 2024; ++i) wav += {'\0', static_cast<char>(i % 13)};
  spill(f.temp.file(path), wav);
  const Result text = f.tool({"ossicle-predict", "m", path});
  INFO(text.err);
  CHECK(text.exit_code == 0);
  CHECK_THAT(text.out, Catch::StartsWith("\"x\\n\\ty.wav\"\t"));
  CHECK(std::count(text.out.begin(), text.out.end(), '\n') == 1);
  CHECK(Json::parse(f.tool({"ossicle-predict", "--json", "m", path}).out)["path"] == path);
}

TEST_CASE("A model whose recipe is nested 100,000 deep is refused") {
  Folder f;
  f.model.recipe_json = "[" + std::string(100'000, '[') + std::string(100'000, ']') + "]";
  spill(f.temp.file("m"), snn::serialise(f.model));
  for (const std::string tool : {"ossicle-info", "ossicle-predict", "ossicle-eval"}) {
    std::vector<std::string> line = {tool, "m"};
    if (tool != "ossicle-info") line.push_back("s.tar");
    const Result result = f.tool(line);
    INFO(tool << ": " << result.err.substr(0, 300));
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("nested deeper than 4 levels"));
    CHECK(result.err.size() < 500);
  }
}

TEST_CASE("ossicle-eval: an unknown label says which class it looks like") {
  Folder f;
  f.model.classes = {"0\u00a0", "1"};
  spill(f.temp.file("m"), snn::serialise(f.model));
  const Result result = f.tool({"ossicle-eval", "m", "s.tar"});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err,
             Contains("k: label '0' is not one of the model's 2 classes; it looks like the class '0\\u00a0'"));
}
