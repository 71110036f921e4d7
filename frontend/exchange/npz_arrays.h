#pragma once
// The arrays of an npz: which there are, and those about the records, whole. The numbers X stay in the file.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "frontend/exchange/npy_array.h"

namespace ear {

/// Memory that an npz may take beside one record's numbers: what its arrays about the records and the records themselves hold.
/// Compression makes a thousand times that of a file of zeros.
constexpr std::uint64_t max_npz_memory(std::uint64_t file_bytes) {
  return (std::uint64_t{64} << 20) + 16 * file_bytes;
}

class NpzArrays {
 public:
  /// Goes once through the file. Throws std::runtime_error, also for an array that stands twice, and for arrays about the records
  /// that take more memory than max_npz_memory() or have more elements than kMaxNpzRecords + 1 or a GiB.
  explicit NpzArrays(const std::string& path);

  bool has(const std::string& name) const { return types_.contains(name); }
  const NpyArray& type(const std::string& name) const { return types_.at(name); }
  /// All names in the order of the file.
  const std::vector<std::string>& names() const { return names_; }

  /// Arrays of one axis; throw std::runtime_error for other types and shapes, and unless they have n elements.
  const std::vector<double>& numbers(const std::string& name, std::size_t n) const;
  const std::vector<std::string>& texts(const std::string& name, std::size_t n) const;
  /// Whole numbers from `lowest` to `highest`; throws std::runtime_error naming the first other.
  std::vector<std::int64_t> whole(const std::string& name, std::size_t n, std::int64_t lowest,
                                  std::int64_t highest) const;
  /// An array of any shape with all its elements in a row.
  const std::vector<std::string>& texts(const std::string& name) const;
  const std::vector<double>& numbers(const std::string& name) const;

  /// Bytes of max_npz_memory() that are not taken.
  std::uint64_t memory_left() const { return max_memory_ - memory_; }
  /// Throws std::runtime_error if the metadata of n records would take more than is left of max_npz_memory(). `name`: of the
  /// array that says how many there are.
  void require_memory_for(const std::string& name, std::uint64_t n_records) const;

  /// Throws std::runtime_error "PATH: array NAME: MESSAGE".
  [[noreturn]] void fail(const std::string& name, const std::string& message) const;
  const std::string& path() const { return path_; }

  /// Names of the arrays about records.
  static bool is_about_records(const std::string& name);

 private:
  void require_list(const std::string& name, std::size_t n) const;
  void require_memory(const std::string& name, std::uint64_t n_bytes) const;
  void take_memory(const std::string& name, std::uint64_t n_bytes);
  void read(ZipReader& zip, const std::string& name, const NpyArray& type);
  void append_texts(const std::string& name, const NpyArray& type, const Bytes& bytes);

  std::string path_;
  std::uint64_t max_memory_ = 0;
  std::uint64_t memory_ = 0;  // bytes taken of it
  std::vector<std::string> names_;
  std::map<std::string, NpyArray> types_;
  std::map<std::string, std::vector<std::string>> texts_;
  std::map<std::string, std::vector<double>> numbers_;
};

/// "X.npy" -> "X"; throws what zip.fail() throws for a member that is no array.
std::string array_name(const ZipReader& zip);

}  // namespace ear
