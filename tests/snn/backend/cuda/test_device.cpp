#include "snn/backend/cuda/device.h"

#include <emulated.h>

#include <catch2/catch.hpp>
#include <stdexcept>

using Catch::Matchers::Contains;
using snn::cuda::find_device;

TEST_CASE("device: found by its number") {
  emulated::reset({.n_devices = 3});
  CHECK(find_device("cuda").index == 0);
  CHECK(find_device("cuda:2").index == 2);
  CHECK(find_device("cuda:2").label() == "cuda:2 (" + find_device("cuda:2").name + ")");
}

TEST_CASE("device: a name that is none is refused") {
  emulated::reset();
  for (const char* name : {"", "cud", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda: 0", "cuda:99999999999"}) {
    CHECK_THROWS_AS(find_device(name), std::invalid_argument);
  }
}

TEST_CASE("device: no driver, an old driver, no device, too few devices: each is said") {
  emulated::reset({.driver_version = 0});
  CHECK_THROWS_WITH(find_device("cuda"), Contains("no NVIDIA driver found") && Contains("--device cpu"));
  emulated::reset({.driver_version = 11040});
  CHECK_THROWS_WITH(find_device("cuda"), Contains("is for CUDA 11.4, wanted one for CUDA 13.0"));
  emulated::reset({.n_devices = 0});
  CHECK_THROWS_WITH(find_device("cuda"), Contains("no CUDA device found") && Contains("CUDA_VISIBLE_DEVICES"));
  emulated::reset({.n_devices = 1});
  CHECK_THROWS_WITH(find_device("cuda:1"), Contains("has 1 CUDA device, wanted 0 to 0"));
  emulated::reset({.n_devices = 2});
  CHECK_THROWS_WITH(find_device("cuda:2"), Contains("has 2 CUDA devices, wanted 0 to 1"));
}

TEST_CASE("device: too old a device is refused, the oldest one allowed is not") {
  emulated::reset({.compute_major = 7, .compute_minor = 0});
  CHECK_THROWS_WITH(find_device("cuda"), Contains("compute capability 7.0, wanted 7.5 or newer"));
  emulated::reset({.compute_major = 7, .compute_minor = 5});
  CHECK_NOTHROW(find_device("cuda"));
  emulated::reset();
}
