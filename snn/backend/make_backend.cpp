// The only file that knows which back ends there are. The CUDA back end is a library of its own, loaded when a CUDA device is
// asked for, so that nobody else waits for it: it is looked for where the loader would look, but never in the working folder.
#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "snn/backend/backend.h"
#include "snn/backend/cuda/library.h"

namespace snn {

namespace {

constexpr const char* kCpu = "cpu";
constexpr const char* kFile = "libossicle_cuda.so";

/// What the loader last had to say.
std::string loader_error() {
  const char* text = dlerror();
  return text != nullptr ? text : "unknown error";
}

/// Where the loader looks for a library that this program asks for: run path, LD_LIBRARY_PATH, folders of the system. Without
/// those that depend on the working folder, where a stranger may have left a library. Empty if the loader does not say.
std::vector<std::string> library_folders() {
  Dl_info program;
  void* link_map = nullptr;
  Dl_serinfo head;
  if (dladdr1(reinterpret_cast<void*>(&library_folders), &program, &link_map, RTLD_DL_LINKMAP) == 0 ||
      dlinfo(link_map, RTLD_DI_SERINFOSIZE, &head) != 0) {
    return {};
  }
  const auto memory = std::make_unique<std::byte[]>(head.dls_size);
  auto* all = reinterpret_cast<Dl_serinfo*>(memory.get());
  all->dls_size = head.dls_size;
  all->dls_cnt = head.dls_cnt;
  if (dlinfo(link_map, RTLD_DI_SERINFO, all) != 0) return {};
  std::vector<std::string> folders;
  for (unsigned i = 0; i < all->dls_cnt; ++i) {
    std::string folder = all->dls_serpath[i].dls_name;
    if (folder.starts_with('/') && !std::ranges::count(folders, folder)) folders.push_back(std::move(folder));
  }
  return folders;
}

/// The absolute path of the library.
std::string find_library() {
  const std::vector<std::string> folders = library_folders();
  for (const std::string& folder : folders) {
    std::string path = folder + "/" + kFile;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) return path;
  }
  if (OSSICLE_HAS_CUDA == 0) {
    throw std::runtime_error(
        "device cuda: this program was built without the CUDA back end; build it where CMake finds a CUDA Toolkit "
        "(-DOSSICLE_CUDA=ON), or use --device cpu");
  }
  throw std::runtime_error(fmt::format(
      "device cuda: this program was built with the CUDA back end, but {} is in none of {}; build it (CMake's "
      "target ossicle_cuda), install it with the program, or use --device cpu",
      kFile, fmt::join(folders, ", ")));
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
    void* opened = dlopen(find_library().c_str(), RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr) {
      throw std::runtime_error(fmt::format(
          "device cuda: the CUDA back end cannot be loaded ({}); see that the CUDA libraries are installed, "
          "or use --device cpu",
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

/// Of a choice with a device "cuda" or "cuda:N". Throws std::runtime_error if the library is not there, does not fit this
/// program or cannot be loaded, or if the device cannot be used; std::invalid_argument for another device or precision.
ResolvedDevice find_cuda_device(const BackendChoice& choice) {
  ResolvedDevice found;
  symbol<cuda::FindFunction>(cuda_library(), cuda::kFindSymbol)(choice, found.device, found.label);
  return found;
}

ResolvedDevice cpu_device(const BackendChoice& choice, const std::string& why) {
  if (choice.precision == "fp32") return {kCpu, kCpu, why};
  throw std::invalid_argument(fmt::format(
      "precision '{}': the CPU multiplies in fp32; use --device cuda, or leave --precision out", choice.precision));
}

}  // namespace

std::vector<std::string> isa_names() {
  std::vector<std::string> names;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) names.emplace_back("avx512");
  if (__builtin_cpu_supports("x86-64-v3")) names.emplace_back("avx2");
#endif
  names.emplace_back("baseline");
  return names;
}

ResolvedDevice resolve_device(const BackendChoice& choice) {
  if (choice.device == kCpu) return cpu_device(choice, "");
  if (choice.device == "cuda" || choice.device.starts_with("cuda:")) return find_cuda_device(choice);
  if (choice.device != "auto") {
    throw std::invalid_argument(fmt::format("device '{}': wanted cpu, cuda, cuda:N or auto", choice.device));
  }
  try {
    BackendChoice first = choice;
    first.device = "cuda";
    return find_cuda_device(first);
  } catch (const std::runtime_error& error) {
    return cpu_device(choice, error.what());
  }
}

std::unique_ptr<Backend<float>> make_backend(const BackendChoice& choice) {
  BackendChoice found = choice;
  found.device = resolve_device(choice).device;
  if (found.device == kCpu) return make_cpu_backend<float>(choice.n_threads, choice.isa);
  return std::unique_ptr<Backend<float>>(symbol<cuda::MakeFunction>(cuda_library(), cuda::kMakeSymbol)(found));
}

}  // namespace snn
