#include "tools/convert/model_conversion.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "frontend/base/units.h"
#include "frontend/hdf5/hdf5_file.h"
#include "frontend/stream/stream.h"
#include "snn/files/metadata.h"
#include "snn/files/model_file.h"
#include "snn/files/nir_graph.h"
#include "snn/files/weights_file.h"
#include "tools/common/io.h"
#include "tools/common/load.h"
#include "tools/convert/formats.h"
#include "tools/convert/weights_import.h"
#include "tools/options/training_options.h"

namespace tools {

namespace {

constexpr double kDefaultDtMs = 1.0;
constexpr const char* kNirVersion = "1.0.8";  // of the Python package

ear::Header header_of(const std::string& path) {
  InputFile file(path, "a stream of ossicle-lyon");
  require_stream(file);
  ear::Header header = ear::Reader(file.input(), file.name()).header();
  if (header.kind == ear::Kind::kEvents) {
    throw std::runtime_error(
        fmt::format("{}: holds events, which no network takes; make steps of them with ossicle-rebin", path));
  }
  return header;
}

/// The length of a step where the recipe has one for all recordings: its last stage that makes steps decides.
std::optional<double> dt_ms_of(const ear::Recipe& recipe) {
  double dt_ms = 0.0;
  for (const ear::RecipeStage& stage : recipe.stages) {
    const auto number = [&stage](const char* name) {
      return ear::find(stage, name) != nullptr ? ear::get<double>(stage, name) : 0.0;
    };
    const double rate_hz = number("sample_rate_hz");
    if (stage.tool == ear::kLyonTool) dt_ms = rate_hz > 0.0 ? ear::kMsPerSecond * number("decimation") / rate_hz : 0.0;
    if (stage.tool == ear::kRebinTool) dt_ms = number("bin_ms");
  }
  if (dt_ms > 0.0) return dt_ms;
  return std::nullopt;
}

/// None where it differs from recording to recording.
std::optional<double> find_dt_ms(const ModelConversion& conversion, const snn::Model& model) {
  if (conversion.dt_ms) return conversion.dt_ms;
  std::optional<double> dt_ms;
  if (!conversion.stream.empty()) dt_ms = header_of(conversion.stream).dt_ms;
  return dt_ms ? dt_ms : dt_ms_of(ear::parse_recipe(model.recipe_json));
}

ear::Hdf5Type type_of(snn::NirType type) {
  if (type == snn::NirType::kInt64) return ear::Hdf5Type::kInt64;
  return type == snn::NirType::kFloat32 ? ear::Hdf5Type::kFloat32 : ear::Hdf5Type::kFloat64;
}

/// Replaces the file at `path` by the graph in the layout of the Python package nir; `shown_as` stands in messages.
void write_nir(const snn::NirGraph& graph, const std::string& path, const std::string& shown_as) {
  ear::Hdf5Writer file(path, shown_as);
  file.text("version", kNirVersion);
  file.text("node/type", "NIRGraph");
  for (const snn::NirNode& node : graph.nodes) {
    const std::string group = "node/nodes/" + node.name + "/";
    file.text(group + "type", node.type);
    for (const auto& [name, array] : node.arrays) {
      const std::vector<std::uint64_t> shape(array.shape.begin(), array.shape.end());
      file.numbers(group + name, type_of(array.type), array.values, shape);
    }
  }
  std::vector<std::string> ends;
  for (const auto& [from, to] : graph.edges) {
    ends.push_back(from);
    ends.push_back(to);
  }
  file.strings("node/edges", ends, std::array<std::uint64_t, 2>{graph.edges.size(), 2});
  for (const auto& [name, text] : graph.texts) file.text("node/metadata/" + name, text);
  for (const auto& [name, number] : graph.numbers) {
    file.numbers("node/metadata/" + name, ear::Hdf5Type::kFloat64, std::array{number}, {});
  }
  file.close();
}

void export_nir(const std::string& input, const std::string& output, const ModelConversion& conversion,
                Context& context) {
  const snn::Model model = read_model(input);
  const std::optional<double> dt_ms = find_dt_ms(conversion, model);
  const snn::NirChoices choices{.dt_s = dt_ms.value_or(kDefaultDtMs) / ear::kMsPerSecond,
                                .exact = conversion.exact,
                                .affine = conversion.affine,
                                .reads_psc = conversion.readout == "psc"};
  if (choices.reads_psc && model.training.network.output_layer != snn::OutputLayer::kSpiking) {
    throw std::invalid_argument(fmt::format(
        "--readout psc: the output layer of {} does not fire, and its potentials decide; leave it out", input));
  }
  snn::NirGraph graph = snn::to_nir(model, choices);
  graph.texts["made_by"] = fmt::format("ossicle-convert {}", version());
  OutputFile file(output, FileKind::kHdf5);
  write_nir(graph, file.path().string(), file.name());
  file.commit();
  if (dt_ms) return;
  context.note(fmt::format(
      "the recipe gives each recording steps of its own length; the graph has steps of {} ms, which changes no "
      "spike; --dt-ms sets another",
      kDefaultDtMs));
}

ImportContext context_of(const ModelConversion& conversion) {
  ImportContext context;
  context.constants = conversion.constants;
  context.names = conversion.names;
  if (!conversion.like.empty()) {
    const snn::Model like = read_model(conversion.like);
    context.target.training = like.training;
    context.target.classes = like.classes;
    context.target.input_kind = like.input_kind;
    context.target.recipe_json = like.recipe_json;
    context.is_like = true;
  } else {
    const ear::Header header = header_of(conversion.stream);
    context.target.classes = header.classes;
    context.target.input_kind = ear::kind_name(header.kind);
    context.target.recipe_json = ear::to_json(header.recipe);
    context.n_channels = header.n_channels;
  }
  return context;
}

snn::ByteSource source_of(const InputFile& file) {
  snn::ByteSource source{[&file](std::span<char> bytes) { return ::read(file.fd(), bytes.data(), bytes.size()); }, {}};
  struct stat status = {};
  const bool is_file = ::fstat(file.fd(), &status) == 0 && S_ISREG(status.st_mode);
  const off_t at = is_file ? ::lseek(file.fd(), 0, SEEK_CUR) : -1;
  if (at >= 0) source.size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size - at, 0));
  return source;
}

void import_safetensors(const std::string& input, const std::string& output, const ModelConversion& conversion,
                        Context& context) {
  if (conversion.like.empty() == conversion.stream.empty()) {
    throw std::invalid_argument(
        "weights do not say what they are for: give one of --like MODEL and --stream STREAM, which have classes, kind "
        "and recipe");
  }
  const ImportContext wanted = context_of(conversion);
  const InputFile file(input, "a safetensors file");
  const snn::Model model =
      snn::with_file_name(file.name(), [&] { return import_weights(snn::WeightsFile(source_of(file)), wanted); });
  write_file(output, snn::serialise(model), FileKind::kModel, {.overwrite = conversion.overwrite});
  const snn::NetworkParams& network = model.training.network;
  const auto delays = [](const std::vector<int>& steps) { return fmt::format("{}", fmt::join(steps, ",")); };
  context.note(
      fmt::format("layers of {} neurons, {} self-connected, {} recurrent, {} adaptive, {} skips, delays {} (input), {} "
                  "(forward), {} "
                  "(skips), {}; tau_s {}, threshold {}, input scale {}, output layer {}",
                  fmt::join(network.sizes, ","), network.self_recurrent.size(), network.recurrent.size(),
                  network.adaptive.size(), network.skips.size(), delays(network.input_delays),
                  delays(network.forward_delays), delays(network.skip_delays), network.bias ? "biases" : "no biases",
                  network.tau_s, network.v_th, network.input_scale, to_string(network.output_layer)));
}

}  // namespace

void add_model_options(CLI::App& app, ModelConversion& c) {
  const std::string group = "Models";
  app.add_option("--dt-ms", c.dt_ms, "NIR: length of a step in ms [the recipe's, else 1]")
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_flag("--exact,!--no-exact", c.exact, "NIR: time constants for a simulator that decays by exp(-dt/tau)")
      ->group(group);
  app.add_flag("--affine,!--no-affine", c.affine, "NIR: Affine nodes with a bias of zeros in place of Linear ones")
      ->group(group);
  app.add_option("--readout", c.readout, "NIR: what the output carries: spikes, or psc, whose sums decide")
      ->check(CLI::IsMember({"spikes", "psc"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--like", c.like, "Weights: a model with their constants, classes, kind and recipe")
      ->type_name("MODEL")
      ->group(group);
  app.add_option("--stream", c.stream, "Weights: a stream with their classes, kind and recipe. NIR: with its steps")
      ->type_name("STREAM")
      ->group(group);
  app.add_option("--name", c.names, "Weights: THEIRS=OURS names a tensor, THEIRS= drops it; may be repeated")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_flag("--overwrite,!--no-overwrite", c.overwrite, "Weights: write over a model that is there")->group(group);
  add_network_constants(app, c.constants, group);
}

void check_model_options(const std::string& from, const ModelConversion& c) {
  const auto refuse = [](bool wrong, const std::string& flag, const char* where) {
    if (wrong) throw std::invalid_argument(fmt::format("{} is for {}; leave it out", flag, where));
  };
  constexpr const char *kNir = "a model as a NIR graph", *kWeights = "weights in safetensors as input";
  refuse(from != "model" && c.exact, "--exact", kNir);
  refuse(from != "model" && c.affine, "--affine", kNir);
  refuse(from != "model" && c.readout != ModelConversion{}.readout, "--readout", kNir);
  refuse(from != "safetensors" && !c.like.empty(), "--like", kWeights);
  refuse(from != "safetensors" && !c.names.empty(), "--name", kWeights);
  refuse(from != "safetensors" && c.overwrite, "--overwrite", kWeights);
  const snn::NetworkParams any;
  snn::visit_fields(any, [&](const snn::Field& field, const auto&) {
    refuse(from != "safetensors" && c.constants.values.contains(field.name), snn::flag_of(field), kWeights);
  });
  refuse(from == "safetensors" && c.dt_ms, "--dt-ms", "NIR graphs and records; a model counts steps");
  refuse(!is_model_format(from) && !c.stream.empty(), "--stream", "models and weights");
}

void convert_model(const std::string& from, const std::string& to, const std::string& input, const std::string& output,
                   const ModelConversion& conversion, Context& context) {
  require_other_files({output}, {input, conversion.like, conversion.stream});
  if (from == "model" && to == "nir") {
    export_nir(input, output, conversion, context);
  } else if (from == "safetensors" && to == "model") {
    import_safetensors(input, output, conversion, context);
  } else {
    throw std::invalid_argument(fmt::format("from {} to {}: models go to nir, and safetensors to model", from, to));
  }
}

}  // namespace tools
