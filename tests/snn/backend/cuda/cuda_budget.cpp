// Kernels and bytes of a training step, counted in the graph that the trainer repeats on the stand-in (tests/emulated/): what
// scripts/cuda_budget runs. Bytes are the pages that a kernel touches, each once, so without what caches save.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <map>

#include "snn/model/presets.h"
#include "snn/train/trainer.h"
#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/synthetic.h"

namespace {

constexpr std::size_t kDeviceMemory = std::size_t{16} << 30;
constexpr int kBatches = 3;  // run, recorded, repeated
constexpr double kMega = 1e6, kGiga = 1e9;

struct Options {
  snn::TrainingParams training;
  std::vector<std::string> skips;
  std::string rule = "surrogate", output_layer = "spiking", loss = "count", check;
  bool self = false, bip = false, adaptive = false, variants = false;
  std::vector<int> delays = {0};
  int n_steps = 100;
};

struct Row {
  std::string name;
  std::int64_t n_kernels = 0, n_read = 0, n_written = 0;
};

/// The body of run_columns<body> or run_sums<body>; of a product what it is for, by its operands.
std::string row_name(const std::string& kernel) {
  static const std::map<std::string, std::string> products = {
      {"gemm TN", "products, drive"}, {"gemm NN", "products, error"}, {"gemm NT", "products, weight gradients"}};
  if (const auto found = products.find(kernel); found != products.end()) return found->second;
  const std::size_t begin = kernel.find("snn::") + 5;
  return kernel.substr(begin, kernel.find_first_of("<,", begin) - begin);
}

std::vector<emulated::Traffic> third_step(const Options& o) {
  emulated::reset({.memory = kDeviceMemory});
  const auto backend = support::make_emulated_backend<float>();
  const auto& sizes = o.training.network.sizes;
  snn::Dataset dataset = support::synthetic({.n_channels = sizes.front(),
                                             .n_classes = sizes.back(),
                                             .n_utterances = kBatches * o.training.batch_size,
                                             .min_steps = o.n_steps,
                                             .max_steps = o.n_steps});
  for (snn::Utterance& each : dataset.utterances) {  // numbers, as the ear makes them
    each.values = std::visit([](const auto& v) { return std::vector<float>(v.begin(), v.end()); }, each.values);
  }
  snn::Trainer trainer(snn::start_training(o.training, dataset, nullptr, "raster", "[]"), dataset, nullptr, *backend);
  int n_done = 0;
  trainer.run_epoch([&](const snn::BatchReport&) {
    if (++n_done < kBatches - 1) return true;
    if (n_done == kBatches - 1) cudaDeviceSynchronize(), emulated::watch_traffic();
    return n_done < kBatches;
  });
  return emulated::traffic();
}

void add(Row& to, const Row& row) {
  to.n_kernels += row.n_kernels;
  to.n_read += row.n_read;
  to.n_written += row.n_written;
}

std::vector<Row> rows_of(const std::vector<emulated::Traffic>& step) {
  std::vector<Row> rows;
  for (const emulated::Traffic& each : step) {
    const std::string name = row_name(each.name);
    auto row = std::ranges::find(rows, name, &Row::name);
    if (row == rows.end()) row = rows.insert(row, Row{name});
    add(*row, {"", 1, each.bytes_read, each.bytes_written});
  }
  return rows;
}

Row sum_of(const std::vector<Row>& rows) {
  Row sum{"**sum**"};
  for (const Row& row : rows) add(sum, row);
  return sum;
}

/// What no way of computing a step can do without: of rows that are not filled up, every product reads its operands and writes its
/// result, every scan forward reads a drive and writes potentials and spikes, every scan backward reads an error and
/// potentials and writes an error, and Adam reads four arrays of weights and writes three. All once, in float. What goes between
/// the steps of a recurrent layer needs no memory: of its products the weight gradient alone reads rows.
struct Floor {
  double n_bytes = 0.0, n_operations = 0.0;  // operations: of the products, two for each multiplication and sum
};

Floor floor_of(const Options& o) {
  const snn::NetworkParams& network = o.training.network;
  const auto size = [&](int layer) { return static_cast<double>(network.sizes[static_cast<std::size_t>(layer)]); };
  const double rows = static_cast<double>(o.n_steps) * o.training.batch_size;
  std::vector<snn::Skip> links = network.skips;  // and all others
  for (int layer = 1; layer <= network.n_layers(); ++layer) links.push_back({layer - 1, layer});
  for (const int layer : network.recurrent) links.push_back({layer, layer});
  double n_numbers = 2.0 * rows * size(0);  // the batch is gathered
  Floor floor;
  for (const auto& [from, to] : links) {
    const double n_delays = from == to ? 1.0 : static_cast<double>(o.delays.size());
    const double weights = size(from) * size(to), n_products = from == 0 ? 2.0 : 3.0;  // no error of the input
    const double n_of_rows = from == to ? 1.0 : n_products;
    n_numbers += n_delays * (n_of_rows * rows * (size(from) + size(to)) + (n_products + 7.0) * weights);
    floor.n_operations += n_delays * n_products * 2.0 * rows * weights;
  }
  for (int layer = 1; layer <= network.n_layers(); ++layer) n_numbers += 6.0 * rows * size(layer);
  floor.n_bytes = n_numbers * sizeof(float);
  return floor;
}

void define(CLI::App& app, Options& o) {
  o.training.network.sizes = {78, 400, 400, 400, 26};
  app.add_option("--sizes", o.training.network.sizes, "Neurons of every layer, input first")->delimiter(',');
  app.add_option("--steps", o.n_steps, "Of each utterance")->check(CLI::PositiveNumber);
  app.add_option("--batch", o.training.batch_size, "Utterances")->check(CLI::PositiveNumber);
  app.add_option("--skip", o.skips, "FROM:TO, may be repeated");
  app.add_flag("--self", o.self, "Self-connections in all hidden layers");
  app.add_flag("--bip", o.bip, "Intrinsic plasticity in all hidden layers");
  app.add_option("--recurrent", o.training.network.recurrent, "Layers with a lateral matrix")->delimiter(',');
  app.add_option("--delays", o.delays, "Of all connections, in steps")->delimiter(',');
  app.add_flag("--normalise", o.training.network.normalised,
               "Batch normalisation of the drive of all layers that fire");
  app.add_flag("--adaptive", o.adaptive, "Adaptation in all hidden layers");
  app.add_option("--output-layer", o.output_layer, "spiking, leaky or mean");
  app.add_option("--loss", o.loss, "kernel, count, softmax or mean-softmax");
  app.add_option("--rule", o.rule, "surrogate, layer, step or spike-train");
  app.add_flag("--variants", o.variants, "One line for each of the networks of the README, whatever else is asked for");
  app.add_option("--check", o.check,
                 "A file that must hold the table, line after line, and an empty line behind it; else exit code 1");
}

void resolve(Options& o) {
  snn::NetworkParams& network = o.training.network;
  for (int layer = 1; layer < network.n_layers(); ++layer) {
    if (o.self) network.self_recurrent.push_back(layer);
    if (o.bip) network.bip.push_back(layer);
    if (o.adaptive) network.adaptive.push_back(layer);
  }
  network.input_delays = network.forward_delays = network.skip_delays = o.delays;
  network.output_layer = snn::parse_name<snn::OutputLayer>(o.output_layer);
  o.training.loss.kind = snn::parse_name<snn::LossKind>(o.loss);
  for (const std::string& skip : o.skips) network.skips.push_back(snn::parse_skip(skip));
  o.training.gradient.rule = snn::parse_name<snn::Rule>(o.rule);
  snn::validate(o.training);
}

double mega(std::int64_t n) {
  return static_cast<double>(n) / kMega;
}

std::vector<std::string> table(const Options& o) {
  std::vector<Row> rows = rows_of(third_step(o));
  rows.push_back(sum_of(rows));
  std::vector<std::string> lines = {"| what | kernels | read, MB | written, MB |", "|---|---|---|---|"};
  for (const Row& row : rows) {
    lines.push_back(
        fmt::format("| {} | {} | {:.1f} | {:.1f} |", row.name, row.n_kernels, mega(row.n_read), mega(row.n_written)));
  }
  return lines;
}

struct Variant {
  const char *name, *options;
};
constexpr Variant kVariants[] = {
    {"A", ""},
    {"A, BIP", "--bip"},
    {"A, SrSc-BIP", "--self --bip --skip 1:3"},
    {"A, step rule", "--rule step"},
    {"A, layer rule", "--rule layer"},
    {"A, spike-train rule", "--rule spike-train"},
    {"B", "--sizes 64,400,400,400,11 --steps 300"},
    {"R200-200", "--sizes 78,200,200,26 --recurrent 1,2"},
    {"R400-400", "--sizes 78,400,400,26 --recurrent 1,2"},
};

std::vector<std::string> table_of_variants() {
  std::vector<std::string> lines = {
      "| network | options | kernels | read and written, MB | floor, MB | of the floor | products, GFLOP |",
      "|---|---|---|---|---|---|---|"};
  for (const auto& [name, options] : kVariants) {
    CLI::App app;
    Options o;
    define(app, o);
    app.parse(options);
    resolve(o);
    const Row sum = sum_of(rows_of(third_step(o)));
    const Floor floor = floor_of(o);
    const double moved = mega(sum.n_read + sum.n_written), least = floor.n_bytes / kMega;
    lines.push_back(fmt::format("| {} | {} | {} | {:.0f} | {:.0f} | {:.2f} | {:.1f} |", name,
                                *options == 0 ? "" : fmt::format("`{}`", options), sum.n_kernels, moved, least,
                                moved / least, floor.n_operations / kGiga));
  }
  return lines;
}

/// 1 unless the file has the table, line after line, and no more of it.
int check(const std::vector<std::string>& lines, const std::string& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}},
      whole = fmt::format("{}\n\n", fmt::join(lines, "\n"));
  if (text.find(whole) != std::string::npos) return 0;
  fmt::print(stderr, "cuda_budget: {} has another table than this one\n", path);
  for (const std::string& line : lines) {
    if (text.find(line + "\n") == std::string::npos) fmt::print(stderr, "cuda_budget: it lacks this line: {}\n", line);
  }
  return 1;
}

int run(const Options& o) {
  const std::vector<std::string> lines = o.variants ? table_of_variants() : table(o);
  fmt::print("{}\n", fmt::join(lines, "\n"));
  return o.check.empty() ? 0 : check(lines, o.check);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Kernels and bytes of a training step of the CUDA back end, as a Markdown table");
  Options options;
  define(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    resolve(options);
    return run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "cuda_budget: {}\n", error.what());
    return 2;
  }
}
