#include "tools/options/backend_options.h"

#include <fmt/core.h>

#include <stdexcept>

namespace tools {

void add_backend_options(CLI::App& app, BackendChoice& choice) {
  app.add_option("--device", choice.device, "Device: cpu")->capture_default_str();
  app.add_option("--threads", choice.n_threads, "Threads; 0: all of the machine; does not change the result")
      ->capture_default_str();
  app.add_option("--isa", choice.isa, "Instruction set: baseline, avx2, avx512; auto: the best of this machine")
      ->capture_default_str();
}

void check(const BackendChoice& choice) {
  if (choice.n_threads < 0)
    throw std::invalid_argument(fmt::format("--threads {}: wanted 0 or more", choice.n_threads));
  make_backend(choice);
}

std::unique_ptr<snn::Backend<float>> make_backend(const BackendChoice& choice) {
  return snn::make_backend<float>(choice.device, choice.n_threads, choice.isa);
}

}  // namespace tools
