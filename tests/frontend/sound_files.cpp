#include "tests/frontend/sound_files.h"

#include <sndfile.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <thread>

namespace test_support {

namespace fs = std::filesystem;

std::vector<float> ramp(std::size_t n) {
  std::vector<float> samples;
  for (std::size_t i = 0; i < n; ++i) samples.push_back(static_cast<float>(i % 200) / 256.0F - 0.375F);
  return samples;  // multiples of 1/256: exact in 16 bits
}

void write_sound(const fs::path& path, int format, const std::vector<float>& samples, int rate_hz, int channels) {
  SF_INFO info{};
  info.samplerate = rate_hz;
  info.channels = channels;
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  REQUIRE(file != nullptr);
  const auto n_samples = static_cast<sf_count_t>(samples.size());
  REQUIRE(sf_write_float(file, samples.data(), n_samples) == n_samples);
  sf_close(file);
}

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  return content.str();
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

ear::Sound read_through_pipe(const std::string& bytes) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::thread writer([&] {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto n_written = write(ends[1], bytes.data() + sent, std::min<std::size_t>(1000, bytes.size() - sent));
      if (n_written < 0) break;
      sent += static_cast<std::size_t>(n_written);
    }
    close(ends[1]);
  });
  struct Joiner {
    std::thread& thread;
    int fd;
    ~Joiner() {
      thread.join();
      close(fd);
    }
  } joiner{writer, ends[0]};
  return ear::read_sound(ends[0], "standard input");
}

}  // namespace test_support
