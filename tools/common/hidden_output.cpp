#include "tools/common/hidden_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "snn/base/hash.h"
#include "snn/files/metadata.h"

namespace tools {

namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

/// The same in every run with that output, and one that no other program gives: whatever dead file bears it may go.
/// A long name would make one that the file system refuses.
fs::path hidden_name(const fs::path& target, int attempt) {
  constexpr std::size_t kLongName = 100;
  std::string name = target.filename().string();
  if (name.size() > kLongName) name = snn::hash_text(snn::fnv1a(name));
  const std::string number = attempt > 0 ? fmt::format(".{}", attempt) : "";
  return folder_of(target) / fmt::format(".{}{}.ossicle-part", name, number);
}

// Makes the entry of a renamed file durable. Some file systems cannot sync a folder, which is no error.
void sync_folder(const fs::path& folder) {
  const ear::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ::fsync(opened.get());
}

}  // namespace

Lock try_lock(int fd) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return Lock::kTaken;
  return errno == EWOULDBLOCK ? Lock::kHeldByAnother : Lock::kNone;
}

bool is_at(int fd, const fs::path& path) {
  struct stat open = {};
  struct stat named = {};
  return ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

HiddenOutput::HiddenOutput(fs::path target, std::string name, Type type)
    : target_(std::move(target)), name_(std::move(name)), type_(type) {
  const fs::path folder = folder_of(target_);
  if (!fs::is_directory(folder)) {
    throw std::runtime_error(fmt::format("{}: folder {} does not exist; make it first", name_, folder.string()));
  }
  take();
}

HiddenOutput::~HiddenOutput() {
  if (!path_.empty()) remove(path_);
}

void HiddenOutput::fail(const char* what) const {
  throw std::system_error(errno, std::generic_category(), fmt::format("{}: {}", name_, what));
}

/// The first name that nobody holds; what killed runs left on the way and behind it goes.
void HiddenOutput::take() {
  constexpr int kMostTries = 1000;  // a file system may behave in ways that are not foreseen here
  int attempt = 0;
  for (int n_tries = 0;; ++n_tries) {
    path_ = hidden_name(target_, attempt);
    if (create()) break;
    if (n_tries == kMostTries) fail("cannot create a file in its folder");
    if (!remove_dead(path_)) ++attempt;
  }
  while (fs::exists(hidden_name(target_, ++attempt)) && remove_dead(hidden_name(target_, attempt))) continue;
}

/// False if something stands there, or if another run took what was just made for dead.
bool HiddenOutput::create() {
  // open() with O_EXCL gives the permissions of the umask, which mkstemp() does not.
  if (type_ == Type::kFile) {
    file_ = ear::Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  } else if (::mkdir(path_.c_str(), 0777) == 0) {
    file_ = ear::Descriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  if (!file_) {
    if (errno == EEXIST || errno == EINTR || (errno == ENOENT && type_ == Type::kFolder)) return false;
    path_.clear();
    fail("cannot create a file in its folder");
  }
  if (try_lock(fd()) != Lock::kHeldByAnother && is_at(fd(), path_)) return true;
  file_ = ear::Descriptor();
  return false;
}

bool HiddenOutput::remove(const fs::path& path) const {
  // remove_all() opens a descriptor even for a file, and there may be none left.
  if (type_ == Type::kFile) return ::unlink(path.c_str()) == 0;
  std::error_code error;
  return fs::remove_all(path, error) > 0 && !error;
}

/// Whether the name is free now.
bool HiddenOutput::remove_dead(const fs::path& path) {
  const int flags = (type_ == Type::kFile ? O_WRONLY : O_RDONLY | O_DIRECTORY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const ear::Descriptor found(::open(path.c_str(), flags));
  if (!found) return errno == ENOENT;
  const Lock lock = try_lock(found.get());
  if (lock == Lock::kHeldByAnother) has_rival_ = true;
  return lock == Lock::kTaken && (!is_at(found.get(), path) || remove(path));
}

void HiddenOutput::become_target() {
  // Some file systems cannot sync a folder.
  if (::fsync(fd()) != 0 && type_ == Type::kFile) fail("cannot write");
  // Closing may be where a full disk shows. The copy holds the lock until the name is the target's.
  ear::Descriptor held(::fcntl(fd(), F_DUPFD_CLOEXEC, 0));
  if (!held || !file_.close()) fail("cannot write");
  file_ = std::move(held);
  if (::rename(path_.c_str(), target_.c_str()) != 0) fail("cannot replace");
  path_.clear();
  sync_folder(folder_of(target_));
}

}  // namespace tools
