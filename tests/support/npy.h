#pragma once
// Golden vectors: arrays of a case, from a folder of .npy files or from an .npz of the same files
// (tests/data/README.md).
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace support {

/// An array in C order; every element type is widened to double (exact for f4, f8 and integers up to 32 bits).
struct Array {
  std::vector<int> shape;
  std::vector<double> values;

  /// Extent of axis `axis`.
  int dim(std::size_t axis) const { return shape.at(axis); }
  /// Element of a matrix.
  double at(int row, int column) const {
    return values.at(static_cast<std::size_t>(row) * static_cast<std::size_t>(dim(1)) +
                     static_cast<std::size_t>(column));
  }
};

/// The bytes of a .npy file: little endian, C order, element type f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 or bool.
/// Throws std::runtime_error on anything else, with `name` in the message.
Array parse_npy(const std::string& bytes, const std::string& name);

/// One case: a folder or an .npz file.
class Golden {
 public:
  /// Throws std::runtime_error if there is neither a folder nor a readable .npz at `path`.
  explicit Golden(std::filesystem::path path);

  /// The array stored as `name`.npy. Throws std::runtime_error if it is absent or malformed.
  Array array(const std::string& name) const;
  /// Whether `name`.npy is there.
  bool has(const std::string& name) const;
  /// The object stored as `name`.json.
  nlohmann::json json(const std::string& name = "case") const;
  /// Folder name, or file name without .npz.
  std::string name() const;

 private:
  std::string bytes(const std::string& file) const;

  std::filesystem::path path_;
  std::map<std::string, std::string> members_;  // of an .npz: file name -> content
};

/// The folder of golden vectors of that kind ("lyon", "snn"): below $OSSICLE_GOLDEN if that is set, else in tests/data.
std::filesystem::path golden_root(const std::string& kind);

/// The cases in it (folders and .npz files that hold a case.json), and those of tests/data that are not in it, sorted by name. Never empty: throws
/// std::runtime_error.
std::vector<std::filesystem::path> golden_cases(const std::string& kind);

/// The one that is there: root/name (folder) or root/name.npz.
std::filesystem::path golden_path(const std::filesystem::path& root, const std::string& name);

}  // namespace support
