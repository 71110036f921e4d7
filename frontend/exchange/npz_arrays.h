#pragma once
// The arrays of an npz: which there are, and those about the records, whole. The numbers X stay in the file.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frontend/base/descriptor.h"
#include "frontend/stream/npy.h"

namespace ear {

/// The zip, read from its start.
struct NpzFile {
  /// Throws std::runtime_error for what is no regular file or no zip.
  explicit NpzFile(const std::string& path);
  /// Goes to the next array and reads its header; false after the last. Throws for a member that is no array.
  bool next();

  std::uint64_t n_bytes = 0;
  Descriptor file;
  ArchiveReader zip;
  std::string name;  ///< of the array: the member's without ".npy"
  NpyHeader type;
};

class NpzArrays {
 public:
  /// Goes once through the file. Throws std::runtime_error, also for an array that stands twice, for arrays about the records of
  /// more than kMaxNpzRecords + 1 elements or a GiB, and where they take more memory than 64 MiB and 16 times the size of the file:
  /// compression makes a thousand times that of a file of zeros.
  explicit NpzArrays(const std::string& path);

  bool has(const std::string& name) const { return arrays_.contains(name); }
  const NpyHeader& type(const std::string& name) const { return arrays_.at(name).type; }
  /// All names in the order of the file.
  const std::vector<std::string>& names() const { return names_; }

  /// Elements of an array about the records, of one axis with n elements, or without `n` of any shape. Throw std::runtime_error for
  /// other types and shapes.
  const std::vector<double>& numbers(const std::string& name, std::optional<std::size_t> n = {}) const;
  const std::vector<std::string>& texts(const std::string& name, std::optional<std::size_t> n = {}) const;
  /// Whole numbers from `lowest` to `highest`; throws std::runtime_error naming the first other.
  std::vector<std::int64_t> whole(const std::string& name, std::size_t n, std::int64_t lowest,
                                  std::int64_t highest) const;

  /// Bytes of memory that are not taken of those that the file may have.
  std::uint64_t memory_left() const { return memory_left_; }
  /// Throws std::runtime_error if n_bytes are more. `name`: of the array that wants them.
  void require_memory(const std::string& name, std::uint64_t n_bytes) const;

  /// Throws std::runtime_error "PATH: array NAME: MESSAGE".
  [[noreturn]] void fail(const std::string& name, const std::string& message) const;
  const std::string& path() const { return path_; }

  /// Whether arrays of that name are about the records.
  static bool is_about_records(const std::string& name);

 private:
  struct Array {
    NpyHeader type;
    std::vector<double> numbers;
    std::vector<std::string> texts;
  };

  void read(NpzFile& file, Array& array);
  void append_texts(const std::string& name, Array& array, const Bytes& bytes);
  const Array& checked(const std::string& name, std::optional<std::size_t> n, bool is_text) const;
  void take_memory(const std::string& name, std::uint64_t n_bytes);

  std::string path_;
  std::uint64_t memory_left_ = 0;
  std::vector<std::string> names_;
  std::map<std::string, Array> arrays_;
};

}  // namespace ear
