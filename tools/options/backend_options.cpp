#include "tools/options/backend_options.h"

#include <fmt/core.h>

#include <array>
#include <stdexcept>

#include "tools/options/choice_option.h"

namespace tools {

void add_isa_option(CLI::App& app, std::string& isa) {
  app.add_option("--isa", isa, "CPU: instruction set; auto: the best of this machine")
      ->type_name(choices_type(std::array{"auto", "baseline", "avx2", "avx512"}))
      ->capture_default_str();
}

void add_backend_options(CLI::App& app, BackendOptions& options) {
  snn::BackendChoice& choice = options.choice;
  app.add_option("--device", choice.device,
                 "Device; cuda:N is the N-th of the CUDA devices from 0; auto: cuda if it can be used, else cpu")
      ->type_name(choices_type(std::array{"cpu", "cuda", "auto"}))
      ->capture_default_str();
  app.add_option("--threads", choice.n_threads, "CPU: threads; 0: all of the machine; does not change the result")
      ->capture_default_str();
  add_isa_option(app, choice.isa);
  app.add_option("--precision", choice.precision,
                 "CUDA: of the factors in matrix products; tf32 has 10 bits of mantissa, bf16 7")
      ->type_name(choices_type(std::array{"fp32", "tf32", "bf16"}))
      ->capture_default_str();
}

void check(BackendOptions& options) {
  snn::BackendChoice& choice = options.choice;
  if (choice.n_threads < 0)
    throw std::invalid_argument(fmt::format("--threads {}: wanted 0 or more", choice.n_threads));
  options.device = snn::resolve_device(choice);
  choice.device = options.device.device;
  if (choice.device == "cpu") snn::make_backend(choice);  // for its instruction set
}

std::unique_ptr<snn::Backend<float>> make_backend(const BackendOptions& options, Context& context) {
  if (!options.device.why_cpu.empty()) context.note("running on the CPU: " + options.device.why_cpu);
  if (options.device.device != "cpu") context.note("running on " + options.device.label);
  return snn::make_backend(options.choice);
}

}  // namespace tools
