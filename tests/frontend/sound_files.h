#pragma once
// Sound files of the tests' own, and reading them.
#include <filesystem>
#include <string>
#include <vector>

#include "frontend/sound/sound_file.h"

namespace test_support {

/// A sawtooth in multiples of 1/256: exact in 16 bits.
std::vector<float> ramp(std::size_t n);

/// Through libsndfile; `format` as there.
void write_sound(const std::filesystem::path& path, int format, const std::vector<float>& samples, int rate_hz = 8000,
                 int channels = 1);

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& bytes);

/// Sends the bytes through a pipe to read_sound, as "standard input".
ear::Sound read_through_pipe(const std::string& bytes);

}  // namespace test_support
