#pragma once
// Sources of bytes that count what is read of them.
#include <algorithm>
#include <cstring>
#include <string>

#include "snn/files/safetensors.h"

/// Of a regular file or of a pipe that holds `bytes`, then `n_more` zeros.
struct CountedBytes {
  std::string bytes;
  std::uint64_t n_more = 0;
  std::uint64_t n_read = 0;

  snn::ByteSource file() { return {reader(), bytes.size() + n_more}; }
  snn::ByteSource pipe() { return {reader(), std::nullopt}; }

 private:
  std::function<std::ptrdiff_t(std::span<char>)> reader() {
    return [this](std::span<char> to) {
      const std::uint64_t n = std::min<std::uint64_t>(to.size(), bytes.size() + n_more - n_read);
      for (std::uint64_t i = 0; i < n; ++i, ++n_read) to[i] = n_read < bytes.size() ? bytes[n_read] : '\0';
      return static_cast<std::ptrdiff_t>(n);
    };
  }
};
