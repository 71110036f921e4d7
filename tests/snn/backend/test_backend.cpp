#include "snn/backend/backend.h"

#include <catch2/catch.hpp>
#include <cstdint>

using snn::Buffer;

TEST_CASE("buffer: parts go up and down, ranges beyond it throw") {
  const auto backend = snn::make_backend({.n_threads = 1});
  Buffer<int> buffer(*backend, 5);
  const std::vector<int> values = {1, 2, 3};
  buffer.upload(values, 2);
  CHECK(buffer.download() == std::vector<int>{0, 0, 1, 2, 3});
  CHECK(buffer.download(3, 2) == std::vector<int>{2, 3});
  CHECK_THROWS_AS(buffer.upload(values, 3), std::invalid_argument);
  CHECK_THROWS_AS(buffer.upload(values, SIZE_MAX), std::invalid_argument);
  CHECK_THROWS_AS(buffer.download(5, 1), std::invalid_argument);
  CHECK_THROWS_AS(buffer.download(1, SIZE_MAX), std::invalid_argument);
  CHECK(buffer.download(5, 0).empty());
}

TEST_CASE("buffer: moving hands the memory on") {
  const auto backend = snn::make_backend({.n_threads = 1});
  Buffer<int> first(*backend, 2);
  first.upload(std::vector<int>{7, 8});
  const int* data = first.data();
  Buffer<int> second(std::move(first));
  CHECK(second.data() == data);
  Buffer<int> third(*backend, 9);
  third = std::move(second);
  CHECK(third.download() == std::vector<int>{7, 8});
}
