// Runs a small network on the CPU and on a CUDA device, and the ear, as a program outside the project would.
#include <cmath>
#include <cstdio>
#include <exception>
#include <numbers>
#include <stdexcept>
#include <string>

#include "frontend/lyon/front_end.h"
#include "snn/network/network.h"

namespace {

// Input 1 at each of nine steps, synapses without memory (tau_s 1), decay 1/2 of the potential.
snn::Dataset nine_ones() {
  snn::Utterance utterance{.key = "ones", .speaker = "", .label = 0, .label_name = "a", .n_steps = 9, .values = {}};
  utterance.values = std::vector<float>(9, 1.0F);
  return {.n_channels = 1, .classes = {"a", "b"}, .utterances = {utterance}};
}

void print_class_sums(const std::string& device) {
  const auto backend = snn::make_backend({.device = device, .n_threads = 1});
  const snn::NetworkParams params{
      .sizes = {1, 2}, .self_recurrent = {}, .bip = {}, .skips = {}, .tau_m = 2.0, .tau_s = 1.0};
  snn::Network<float> network(params, {}, *backend);
  network.set_parameters({{"w_0_1", {{2, 1}, {2.0F, 0.6F}}}, {"theta_1", {{2}, {0.5F, 0.5F}}}});
  const snn::Dataset data = nine_ones();
  network.infer(snn::make_batch(data, std::vector<int>{0}));
  std::printf("%s:", device.c_str());
  for (const float sum : network.class_sums()) std::printf(" %g", sum);
  std::printf("\n");
}

void print_cochleagram_size() {
  ear::Sound tone{.samples = std::vector<float>(8000), .sample_rate_hz = 16000};
  for (std::size_t n = 0; n < tone.samples.size(); ++n) {
    tone.samples[n] = std::sin(2.0F * std::numbers::pi_v<float> * 1000.0F * static_cast<float>(n) / 16000.0F);
  }
  const ear::Cochleagram cochleagram = ear::FrontEnd({})(tone);
  std::printf("cochleagram: %d %d\n", cochleagram.n_steps, cochleagram.n_channels);
}

}  // namespace

int main() {
  try {
    print_cochleagram_size();
    print_class_sums("cpu");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "consumer: %s\n", error.what());
    return 2;
  }
  try {
    print_class_sums("cuda");
  } catch (const std::runtime_error& error) {
    std::printf("cuda refused: %s\n", error.what());
  }
  return 0;
}
