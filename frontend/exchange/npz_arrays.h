#pragma once
// The arrays of an npz: which there are, and those about the records, whole. The numbers X stay in the file.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "frontend/exchange/npy_array.h"

namespace ear {

class NpzArrays {
 public:
  /// Goes once through the file. Throws std::runtime_error, also for an array that stands twice, and for one about the records
  /// with more elements than kMaxNpzRecords + 1 or a GiB.
  explicit NpzArrays(const std::string& path);

  bool has(const std::string& name) const { return types_.contains(name); }
  const NpyArray& type(const std::string& name) const { return types_.at(name); }
  /// All names in the order of the file.
  const std::vector<std::string>& names() const { return names_; }

  /// Arrays of one axis; throw std::runtime_error for other types and shapes, and unless they have n elements.
  std::vector<double> numbers(const std::string& name, std::size_t n) const;
  std::vector<std::string> texts(const std::string& name, std::size_t n) const;
  /// Whole numbers from `lowest` to `highest`; throws std::runtime_error naming the first other.
  std::vector<std::int64_t> whole(const std::string& name, std::size_t n, std::int64_t lowest,
                                  std::int64_t highest) const;
  /// An array of any shape with all its elements in a row.
  std::vector<std::string> texts(const std::string& name) const;
  std::vector<double> numbers(const std::string& name) const;

  /// Throws std::runtime_error "PATH: array NAME: MESSAGE".
  [[noreturn]] void fail(const std::string& name, const std::string& message) const;
  const std::string& path() const { return path_; }

  /// Names of the arrays about records.
  static bool is_about_records(const std::string& name);

 private:
  void require_list(const std::string& name, std::size_t n) const;

  std::string path_;
  std::vector<std::string> names_;
  std::map<std::string, NpyArray> types_;
  std::map<std::string, Bytes> contents_;
};

/// "X.npy" -> "X"; throws what zip.fail() throws for a member that is no array.
std::string array_name(const ZipReader& zip);

}  // namespace ear
