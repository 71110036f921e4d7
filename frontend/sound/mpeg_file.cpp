#include "frontend/sound/mpeg_file.h"

#include <fmt/format.h>
#include <mpg123.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <stdexcept>

namespace ear {

/// A decoder and where it reads.
struct MpegFile::Input {
  const ByteSource& source;
  off_t position = 0;
  std::string error = {};  // libmpg123, in C, lets no exception pass
  mpg123_handle* decoder = mpg123_new(nullptr, nullptr);

  static ssize_t read(void* self, void* target, std::size_t n) {
    auto& input = *static_cast<Input*>(self);
    try {
      n = input.source.read(static_cast<std::uint64_t>(input.position), static_cast<char*>(target), n);
    } catch (const std::runtime_error& failure) {
      input.error = failure.what();
      return -1;
    }
    input.position += static_cast<off_t>(n);
    return static_cast<ssize_t>(n);
  }
  static off_t seek(void* self, off_t offset, int whence) {
    auto& input = *static_cast<Input*>(self);
    const auto size = static_cast<off_t>(input.source.size());
    const off_t origin = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? input.position : size;
    return input.position = std::clamp<off_t>(origin + offset, 0, size);
  }
};

void MpegFile::Delete::operator()(Input* input) const {
  mpg123_delete(input->decoder);  // closes as well
  delete input;
}

bool begins_mpeg_frame(std::string_view bytes) {
  if (bytes.size() < 4) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  const unsigned version = byte(1) >> 3U & 3U, layer = byte(1) >> 1U & 3U, bitrate = byte(2) >> 4U,
                 rate = byte(2) >> 2U & 3U;
  return byte(0) == 0xFF && byte(1) >= 0xE0 && version != 1 && layer != 0 && bitrate != 15 && rate != 3;
}

MpegFile::MpegFile(const ByteSource& source) : input_(new Input{source}) {
  mpg123_handle* const decoder = input_->decoder;
  if (decoder == nullptr) throw std::bad_alloc();
  int encoding = 0;
  mpg123_param(decoder, MPG123_REMOVE_FLAGS, MPG123_AUTO_RESAMPLE, 0.0);
  mpg123_param(decoder, MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_FORCE_FLOAT | MPG123_GAPLESS | MPG123_NO_FRANKENSTEIN,
               0.0);
  if (mpg123_replace_reader_handle(decoder, Input::read, Input::seek, nullptr) != MPG123_OK ||
      mpg123_open_handle(decoder, input_.get()) != MPG123_OK ||
      mpg123_getformat(decoder, &sample_rate_hz_, &n_channels_, &encoding) != MPG123_OK ||
      encoding != MPG123_ENC_FLOAT_32) {
    fail();
  }
  n_expected_ = std::max<long long>(0, mpg123_length(decoder));  // now: at the end it is what was found
  // The first frame of most files holds no sound but what the encoder knew: how many frames, and how much of them is padding.
  constexpr std::size_t kFirstFrame = 200;
  const std::string first = source.read(0, kFirstFrame);
  is_counted_ = first.find("Xing") != std::string::npos || first.find("Info") != std::string::npos;
}

void MpegFile::fail() const {
  throw std::runtime_error(input_->error.empty()
                               ? fmt::format("MPEG audio that libmpg123 does not read ({}); fetch it again",
                                             mpg123_strerror(input_->decoder))
                               : input_->error);
}

long long MpegFile::read(float* frames, long long n) {
  const auto frame_bytes = sizeof(float) * static_cast<std::size_t>(n_channels_);
  std::size_t n_bytes = 0;
  const int result = mpg123_read(input_->decoder, reinterpret_cast<unsigned char*>(frames),
                                 static_cast<std::size_t>(n) * frame_bytes, &n_bytes);
  if (result == MPG123_NEW_FORMAT) throw std::runtime_error("MPEG audio that changes its format; fetch it again");
  if (result != MPG123_OK && result != MPG123_DONE) fail();
  return static_cast<long long>(n_bytes / frame_bytes);
}

}  // namespace ear
