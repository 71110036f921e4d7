#pragma once
// What the library with the CUDA back end, which is loaded when it is asked for, offers under names without decoration.
#include "snn/backend/backend.h"

namespace snn::cuda {

/// Of one build: what is loaded must fit what loads it. OSSICLE_ABI names the version, and the content of the headers that
/// both sides share.
inline constexpr const char* kLibraryVersion = OSSICLE_ABI;

inline constexpr const char* kVersionSymbol = "ossicle_cuda_version";
using VersionFunction = const char* (*)();

/// "cuda:0" for a device that can be used, and its label. Throws what use() and parse_precision throw.
inline constexpr const char* kFindSymbol = "ossicle_cuda_find_device";
using FindFunction = void (*)(const BackendChoice& choice, std::string& device, std::string& label);

/// A back end, to be deleted. Throws what the constructor of CudaBackend throws.
inline constexpr const char* kMakeSymbol = "ossicle_cuda_make_backend";
using MakeFunction = Backend<float>* (*)(const BackendChoice& choice);

}  // namespace snn::cuda
