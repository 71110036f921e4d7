#pragma once
// A folder as output, all of it or nothing.
#include <optional>
#include <string>

#include "tools/common/hidden_output.h"

namespace tools {

/// Files are written into a hidden folder beside it; commit() syncs and renames it. Without commit() it is removed.
class OutputFolder {
 public:
  /// Throws std::runtime_error for what is there already and is not an empty folder, and for a missing parent;
  /// std::system_error.
  explicit OutputFolder(const std::string& path);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where the files go until commit().
  std::string aside() const { return aside_->path().string(); }
  void commit();

 private:
  std::string name_;
  std::optional<HiddenOutput> aside_;
};

}  // namespace tools
