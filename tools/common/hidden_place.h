#pragma once
// The hidden file or folder beside an output in which it grows.
#include <filesystem>
#include <string>

namespace tools {

/// What trying an advisory lock of the kernel came to.
enum class Lock {
  kTaken,          ///< until the file is closed
  kHeldByAnother,  ///< by another opening of the file, in whatever process
  kNone            ///< the file system has no locks
};
Lock try_lock(int fd);

/// Held by an advisory lock of the kernel for as long as this lives, so that what a killed run left can be told from what
/// another run is writing: places that nobody holds are removed, those that are held are let be, and another name is taken.
/// Where the file system has no locks, nothing is removed.
class HiddenPlace {
 public:
  enum class Type { kFile, kFolder };

  /// An empty file or folder in the folder of `target`. `name` stands in messages. Throws std::runtime_error if that folder
  /// does not exist, std::system_error.
  HiddenPlace(std::filesystem::path target, std::string name, Type type);
  HiddenPlace(const HiddenPlace&) = delete;
  HiddenPlace& operator=(const HiddenPlace&) = delete;
  /// Without become_target(): removes it.
  ~HiddenPlace();

  const std::filesystem::path& path() const { return path_; }
  /// Of a file: open for writing.
  int fd() const { return fd_; }
  /// Whether another run was writing the same output when this one began.
  bool has_rival() const { return has_rival_; }
  /// Syncs it and renames it over the target. Throws std::system_error.
  void become_target();

 private:
  void take();
  bool create();
  bool remove(const std::filesystem::path& place) const;
  bool remove_dead(const std::filesystem::path& place);
  [[noreturn]] void fail(const char* what) const;

  std::filesystem::path target_;
  std::string name_;
  Type type_;
  std::filesystem::path path_;  // empty once it is the target
  int fd_ = -1;
  bool has_rival_ = false;
};

}  // namespace tools
