#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

Options with(int n_devices, int driver_version) {
  Options options;
  options.n_devices = n_devices;
  options.driver_version = driver_version;
  return options;
}

/// What the test "[environment]" below prints when this program runs anew with EMULATED_CUDA set so.
std::string run_with(const std::string& environment) {
  char self[4096] = {};
  REQUIRE(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
  const std::string command = "EMULATED_CUDA='" + environment + "' '" + self + "' '[environment]' 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  pclose(pipe);
  return output;
}

}  // namespace

TEST_CASE("prints the number of devices as the environment gives it", "[.][environment]") {
  int n = 0;
  const cudaError_t error = cudaGetDeviceCount(&n);
  std::printf("devices: %d, %s\n", n, cudaGetErrorName(error));
}

TEST_CASE("options hold from the environment until a reset", "[emulated]") {
  CHECK_THAT(run_with("devices=3,seed=2"), Catch::Contains("devices: 3, cudaSuccess"));
  CHECK_THAT(run_with("devices=0"), Catch::Contains("devices: 0, cudaErrorNoDevice"));
  CHECK_THAT(run_with("driver=0"), Catch::Contains("devices: 0, cudaErrorInsufficientDriver"));
  CHECK_THAT(run_with("device=1"), Catch::Contains("emulated CUDA: EMULATED_CUDA: 'device' is not an option"));
}

TEST_CASE("without a device, or a driver new enough, every call says so", "[emulated]") {
  const auto [options, error] = GENERATE(table<Options, cudaError_t>({
      {with(0, CUDART_VERSION), cudaErrorNoDevice},
      {with(1, 0), cudaErrorInsufficientDriver},
      {with(1, CUDART_VERSION - 1000), cudaErrorInsufficientDriver},
  }));
  const Rig rig(options);
  int n = -1, version = -1;
  void* data = nullptr;
  cudaStream_t stream = nullptr;
  CHECK(cudaGetDeviceCount(&n) == error);
  CHECK(n == 0);
  CHECK(cudaGetLastError() == error);
  CHECK(cudaSetDevice(0) == error);
  CHECK(cudaMalloc(&data, 8) == error);
  CHECK(cudaStreamCreateWithFlags(&stream, 0) == error);
  CHECK(cudaDriverGetVersion(&version) == cudaSuccess);
  CHECK(version == options.driver_version);
  CHECK(cudaRuntimeGetVersion(&version) == cudaSuccess);
  CHECK(version == CUDART_VERSION);
}

TEST_CASE("a device tells what it is", "[emulated]") {
  Options options;
  options.n_devices = 2;
  options.compute_major = 8;
  options.compute_minor = 6;
  options.memory = 12345;
  const Rig rig(options);
  int n = 0, value = 0;
  REQUIRE(cudaGetDeviceCount(&n) == cudaSuccess);
  CHECK(n == 2);
  REQUIRE(cudaDeviceGetAttribute(&value, cudaDevAttrComputeCapabilityMajor, 1) == cudaSuccess);
  CHECK(value == 8);
  REQUIRE(cudaDeviceGetAttribute(&value, cudaDevAttrComputeCapabilityMinor, 1) == cudaSuccess);
  CHECK(value == 6);
  REQUIRE(cudaDeviceGetAttribute(&value, cudaDevAttrMultiProcessorCount, 0) == cudaSuccess);
  CHECK(value > 0);
  cudaDeviceProp properties;
  REQUIRE(cudaGetDeviceProperties(&properties, 1) == cudaSuccess);
  CHECK(std::string(properties.name) == "Emulated device");
  CHECK(properties.totalGlobalMem == 12345);
  CHECK(properties.major == 8);
  CHECK(properties.minor == 6);
  CHECK(cudaDeviceGetAttribute(&value, cudaDevAttrMultiProcessorCount, 2) == cudaErrorInvalidDevice);
  CHECK(cudaGetDeviceProperties(&properties, -1) == cudaErrorInvalidDevice);
  CHECK(cudaSetDevice(2) == cudaErrorInvalidDevice);
}

TEST_CASE("a device too old takes no kernels", "[emulated]") {
  Options options;
  options.compute_major = GENERATE(6, 7);
  options.compute_minor = 2;
  const Rig rig(options);
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>(1);
  CHECK(launch_one(stream, x, 1.0F, 0.0F) == cudaErrorNoKernelImageForDevice);
}

TEST_CASE("a device that the binary holds no code for takes no kernels, and says so when asked", "[emulated]") {
  Options options;
  options.has_code = GENERATE(true, false);
  const Rig rig(options);
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>(1);
  const cudaError_t wanted = options.has_code ? cudaSuccess : cudaErrorNoKernelImageForDevice;
  cudaFuncAttributes attributes;
  CHECK(cudaFuncGetAttributes(&attributes, emulated::fill) == wanted);
  CHECK(launch_one(stream, x, 1.0F, 0.0F) == wanted);
}

TEST_CASE("a thread's device gives the memory, and takes only its own streams", "[emulated]") {
  const Rig rig(with(2, CUDART_VERSION));
  const cudaStream_t first = make_stream();
  float* const x = make_device<float>(1);
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  int device = -1;
  REQUIRE(cudaGetDevice(&device) == cudaSuccess);
  CHECK(device == 1);
  std::thread([&] {
    if (cudaGetDevice(&device) != cudaSuccess) device = -1;
  }).join();
  CHECK(device == 0);
  std::size_t free = 0, total = 0;
  REQUIRE(cudaMemGetInfo(&free, &total) == cudaSuccess);
  CHECK(free == total);
  CHECK(launch_one(first, x, 1.0F, 0.0F) == cudaErrorInvalidResourceHandle);
  const cudaStream_t second = make_stream();
  CHECK(cudaMemsetAsync(x, 0, 4, second) == cudaErrorInvalidValue);
  const float value = 1.0F;
  CHECK(cudaMemcpyAsync(x, &value, 4, cudaMemcpyHostToDevice, second) == cudaErrorInvalidValue);
  REQUIRE(cudaSetDevice(0) == cudaSuccess);
  CHECK(launch_one(first, x, 1.0F, 0.0F) == cudaSuccess);
}

TEST_CASE("the last error is kept until it is asked for, by thread", "[emulated]") {
  const Rig rig;
  int unknown = 0;
  CHECK(cudaFree(&unknown) == cudaErrorInvalidValue);
  CHECK(cudaPeekAtLastError() == cudaErrorInvalidValue);
  cudaError_t other = cudaErrorUnknown;
  std::thread([&] { other = cudaPeekAtLastError(); }).join();
  CHECK(other == cudaSuccess);
  CHECK(cudaGetLastError() == cudaErrorInvalidValue);
  CHECK(cudaGetLastError() == cudaSuccess);
}

TEST_CASE("a reset forgets the device and the error of a thread", "[emulated]") {
  const Rig rig(with(2, CUDART_VERSION));
  int device = -1;
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  CHECK(cudaSetDevice(2) == cudaErrorInvalidDevice);
  reset(with(2, CUDART_VERSION));
  CHECK(cudaPeekAtLastError() == cudaSuccess);
  REQUIRE(cudaGetDevice(&device) == cudaSuccess);
  CHECK(device == 0);
}

TEST_CASE("errors have names", "[emulated]") {
  CHECK(std::string(cudaGetErrorName(cudaErrorIllegalAddress)) == "cudaErrorIllegalAddress");
  CHECK(std::string(cudaGetErrorString(cudaSuccess)) == "no error");
  CHECK(std::string(cudaGetErrorName(static_cast<cudaError_t>(998))) == "unrecognized error code");
}

TEST_CASE("options are read from a text", "[emulated]") {
  CHECK(parse_options("").n_devices == 1);
  const Options options = parse_options("devices=3,compute=6.1,memory=1000000,driver=12040,seed=7");
  CHECK(options.n_devices == 3);
  CHECK(options.compute_major == 6);
  CHECK(options.compute_minor == 1);
  CHECK(options.memory == 1000000);
  CHECK(options.driver_version == 12040);
  CHECK(options.seed == 7);
  CHECK(parse_options("compute=8").compute_minor == 0);
  for (const char* const wrong : {"device=1", "devices", "devices=", "devices=-1", "devices=1x", "compute=9.", ",",
                                  "devices=1,,seed=2", "memory=99999999999999999999"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_options(wrong), std::invalid_argument);
  }
}
