#pragma once
// The hidden file or folder beside an output in which it grows.
#include <filesystem>
#include <string>

#include "frontend/base/descriptor.h"

namespace tools {

/// What trying an advisory lock of the kernel came to.
enum class Lock {
  kTaken,          ///< until the file is closed
  kHeldByAnother,  ///< by another opening of the file, in whatever process
  kNone            ///< the file system has no locks
};
Lock try_lock(int fd);

/// Whether the open file is still what the path leads to: somebody may have removed or renamed it.
bool is_at(int fd, const std::filesystem::path& path);

/// Held by an advisory lock of the kernel for as long as this lives, so that what a killed run left can be told from what
/// another run is writing: hidden outputs that nobody holds are removed, those that are held are let be, and another name is
/// taken. Where the file system has no locks, nothing is removed.
class HiddenOutput {
 public:
  enum class Type { kFile, kFolder };

  /// An empty file or folder in the folder of `target`. `name` stands in messages. Throws std::runtime_error if that folder
  /// does not exist, std::system_error.
  HiddenOutput(std::filesystem::path target, std::string name, Type type);
  HiddenOutput(const HiddenOutput&) = delete;
  HiddenOutput& operator=(const HiddenOutput&) = delete;
  /// Without become_target(): removes it.
  ~HiddenOutput();

  const std::filesystem::path& path() const { return path_; }
  /// Of a file: open for writing.
  int fd() const { return file_.get(); }
  /// Whether another run was writing the same output when this one began.
  bool has_rival() const { return has_rival_; }
  /// Syncs it and renames it over the target. Throws std::system_error.
  void become_target();

 private:
  void take();
  bool create();
  bool remove(const std::filesystem::path& path) const;
  bool remove_dead(const std::filesystem::path& path);
  [[noreturn]] void fail(const char* what) const;

  std::filesystem::path target_;
  std::string name_;
  Type type_;
  std::filesystem::path path_;  // empty once it is the target
  ear::Descriptor file_;
  bool has_rival_ = false;
};

}  // namespace tools
