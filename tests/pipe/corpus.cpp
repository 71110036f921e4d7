#include "tests/pipe/corpus.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace pipe_support {

std::string wav_bytes(int seed, int n_frames, int n_channels) {
  std::string data;
  for (int n = 0; n < n_frames * n_channels; ++n) {
    data += little_endian(static_cast<std::int16_t>(8000 * std::sin(0.05 * (1 + seed % 7) * (n / n_channels))));
  }
  const auto size = static_cast<std::uint32_t>(data.size());
  return "RIFF" + little_endian(size + 36) + "WAVEfmt " + little_endian(std::uint32_t{16}) +
         little_endian(std::uint16_t{1}) + little_endian(static_cast<std::uint16_t>(n_channels)) +
         little_endian(std::uint32_t{8000}) + little_endian(static_cast<std::uint32_t>(16000 * n_channels)) +
         little_endian(static_cast<std::uint16_t>(2 * n_channels)) + little_endian(std::uint16_t{16}) + "data" +
         little_endian(size) + data;
}

Corpus::Corpus(int n_recordings) {
  std::filesystem::create_directory(temp.path() / "re cordings");
  for (int i = 0; i < n_recordings; ++i) {
    const std::string name = "re cordings/" + std::to_string(i) + ".wav";
    spill(temp.path() / name, wav_bytes(i, 900 + 397 * (i % 11)));
    text += name + "\t" + std::vector<std::string>{"two", "one", "three"}[i % 3] + "\tf" + std::to_string(i % 2) + "\n";
  }
  spill(list, text);
}

std::string Corpus::command(const std::string& more) const {
  return "ossicle-lyon -q --list " + list + " --root " + temp.path().string() + " " + more;
}

Stream read_stream(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw std::runtime_error(path + ": cannot open");
  ear::Reader reader(fileno(file.get()), path);
  Stream stream{reader.header(), {}};
  for (ear::Record record; reader.next(record);) stream.records.push_back(record);
  return stream;
}

}  // namespace pipe_support
