#include "snn/load_cuda.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "snn/cuda/library.h"

namespace snn {

namespace {

constexpr const char* kFile = "libossicle_cuda.so";

/// What the loader last had to say.
std::string loader_error() {
  const char* text = dlerror();
  return text != nullptr ? text : "unknown error";
}

template <class Function>
Function symbol(void* library, const char* name) {
  void* found = dlsym(library, name);
  if (found == nullptr) throw std::runtime_error(fmt::format("{}: {} is not in it: {}", kFile, name, loader_error()));
  return reinterpret_cast<Function>(found);
}

/// Opened once and kept: the CUDA runtime does not survive being unloaded.
void* cuda_library() {
  static void* const library = [] {
    void* opened = dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr) {
      throw std::runtime_error(
          fmt::format("device cuda: the CUDA back end cannot be loaded ({}); build with -DOSSICLE_CUDA=ON and see that "
                      "the CUDA libraries are installed, or use --device cpu",
                      loader_error()));
    }
    const std::string version = symbol<cuda::VersionFunction>(opened, cuda::kVersionSymbol)();
    if (version != cuda::kLibraryVersion) {
      throw std::runtime_error(
          fmt::format("device cuda: {} is of build {}, this program of {}; install both from one "
                      "build, or use --device cpu",
                      kFile, version, cuda::kLibraryVersion));
    }
    return opened;
  }();
  return library;
}

}  // namespace

CudaDevice find_cuda_device(const BackendChoice& choice) {
  CudaDevice found;
  symbol<cuda::FindFunction>(cuda_library(), cuda::kFindSymbol)(choice, found.device, found.label);
  return found;
}

std::unique_ptr<Backend<float>> load_cuda_backend(const BackendChoice& choice) {
  return std::unique_ptr<Backend<float>>(symbol<cuda::MakeFunction>(cuda_library(), cuda::kMakeSymbol)(choice));
}

}  // namespace snn
