// Labels as numbers; test_npz.cpp has the rest.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "frontend/exchange/formats.h"
#include "frontend/exchange/npz_arrays.h"
#include "tests/frontend/exchange/support.h"

TEST_CASE("npz: labels and words are the numbers of their classes") {
  const exchange_support::TempFolder temp;
  auto header = exchange_support::header(ear::Kind::kRaster);
  header.classes.clear();
  for (int i = 0; i < 3000; ++i) header.classes.push_back("c" + std::to_string(i));
  auto words = exchange_support::records(ear::Kind::kRaster)[0];
  words.label.clear();
  words.sequence = {"c2999", "c0", "c17"};
  auto word = exchange_support::records(ear::Kind::kRaster)[1];
  word.label = "c2998";
  word.sequence.clear();
  const int fd = ::open(temp.file("a.npz").c_str(), O_WRONLY | O_CREAT, 0666);
  const auto writer = ear::make_npz_writer(fd, "a.npz", header, temp.path().string());
  writer->write(words);
  writer->write(word);
  writer->close();
  ::close(fd);
  const ear::NpzArrays arrays(temp.file("a.npz"));
  CHECK(arrays.numbers("y", 2) == std::vector<double>{-1, 2998});
  CHECK(arrays.texts("sequences", 2) == std::vector<std::string>{"2999 0 17", ""});
}
