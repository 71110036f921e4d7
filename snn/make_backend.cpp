// The only file that knows which back ends there are.
#include "snn/backend.h"
#include "snn/cpu/cpu_backend.h"
#include "snn/cpu/scratch_size.h"

namespace snn {

namespace {

[[noreturn]] void refuse(const std::string& device) {
  throw std::invalid_argument("device '" + device + "': this build knows cpu only; use --device cpu");
}

}  // namespace

template <class Real>
std::unique_ptr<Backend<Real>> make_backend(const BackendChoice& choice) {
  if (choice.device == "cpu") return make_cpu_backend<Real>(choice.n_threads, choice.isa);
  refuse(choice.device);
}

ScratchSize scratch_size(const std::string& device, const NetworkParams& params, const BatchSize& batch,
                         int n_threads) {
  if (device == "cpu") return cpu_scratch_size(params, batch, n_threads);
  refuse(device);
}

template std::unique_ptr<Backend<float>> make_backend(const BackendChoice&);
template std::unique_ptr<Backend<double>> make_backend(const BackendChoice&);

}  // namespace snn
