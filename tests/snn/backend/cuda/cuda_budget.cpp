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
constexpr double kMega = 1e6;

struct Options {
  snn::TrainingParams training;
  std::vector<std::string> skips;
  std::string rule = "surrogate", output_layer = "spiking", loss = "count", check;
  bool self = false, bip = false, adaptive = false;
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

std::vector<Row> rows_of(const std::vector<emulated::Traffic>& step) {
  std::vector<Row> rows;
  Row sum{"**sum**"};
  for (const emulated::Traffic& each : step) {
    const std::string name = row_name(each.name);
    auto row = std::ranges::find(rows, name, &Row::name);
    if (row == rows.end()) row = rows.insert(row, Row{name});
    for (Row* to : {&*row, &sum}) {
      ++to->n_kernels;
      to->n_read += each.bytes_read;
      to->n_written += each.bytes_written;
    }
  }
  rows.push_back(sum);
  return rows;
}

void define(CLI::App& app, Options& o) {
  o.training.network.sizes = {78, 400, 400, 400, 26};
  app.add_option("--sizes", o.training.network.sizes, "Neurons of every layer, input first")->delimiter(',');
  app.add_option("--steps", o.n_steps, "Of each utterance")->check(CLI::PositiveNumber);
  app.add_option("--batch", o.training.batch_size, "Utterances")->check(CLI::PositiveNumber);
  app.add_option("--skip", o.skips, "FROM:TO, may be repeated");
  app.add_flag("--self", o.self, "Self-connections in all hidden layers");
  app.add_flag("--bip", o.bip, "Intrinsic plasticity in all hidden layers");
  app.add_option("--delays", o.delays, "Of all connections, in steps")->delimiter(',');
  app.add_flag("--normalise", o.training.network.normalised,
               "Batch normalisation of the drive of all layers that fire");
  app.add_flag("--adaptive", o.adaptive, "Adaptation in all hidden layers");
  app.add_option("--output-layer", o.output_layer, "spiking, leaky or mean");
  app.add_option("--loss", o.loss, "kernel, count, softmax or mean-softmax");
  app.add_option("--rule", o.rule, "surrogate, layer, step or spike-train");
  app.add_option("--check", o.check, "A file that must hold every line of the table: exit code 1 if one is missing");
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

int run(const Options& o) {
  std::ifstream file(o.check);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  int status = 0;
  fmt::print("| what | kernels | read, MB | written, MB |\n|---|---|---|---|\n");
  for (const Row& row : rows_of(third_step(o))) {
    const std::string line =
        fmt::format("| {} | {} | {:.1f} | {:.1f} |", row.name, row.n_kernels, static_cast<double>(row.n_read) / kMega,
                    static_cast<double>(row.n_written) / kMega);
    fmt::print("{}\n", line);
    if (o.check.empty() || text.find(line) != std::string::npos) continue;
    fmt::print(stderr, "cuda_budget: {} lacks this line: {}\n", o.check, line);
    status = 1;
  }
  return status;
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
