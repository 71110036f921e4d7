#include "tools/convert/output_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace tools {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_system(const std::string& message) {
  throw std::system_error(errno, std::generic_category(), message);
}

void sync(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_system(path.string() + ": cannot open");
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  // Some file systems cannot sync a folder, which is no error.
  if (result != 0 && !fs::is_directory(path)) {
    throw std::system_error(error, std::generic_category(), path.string() + ": cannot write");
  }
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path) : target_(fs::path(path).lexically_normal()) {
  if (path.empty() || path == "-") throw std::runtime_error("this format is a folder of files; name one with -o");
  if (!target_.has_filename()) target_ = target_.parent_path();
  if (fs::exists(target_) && !(fs::is_directory(target_) && fs::is_empty(target_))) {
    throw std::runtime_error(path + ": is there already; remove it or name another folder");
  }
  const fs::path parent = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
  if (!fs::is_directory(parent)) {
    throw std::runtime_error(fmt::format("{}: folder {} does not exist; make it first", path, parent.string()));
  }
  for (int attempt = 0; aside_.empty(); ++attempt) {
    const fs::path tried = parent / fmt::format(".{}.{}.{}.part", target_.filename().string(), ::getpid(), attempt);
    if (::mkdir(tried.c_str(), 0777) == 0) aside_ = tried;
    if (aside_.empty() && errno != EEXIST) fail_system(path + ": cannot create a folder beside it");
  }
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!aside_.empty()) fs::remove_all(aside_, ignored);
}

void OutputFolder::commit() {
  for (const auto& entry : fs::directory_iterator(aside_)) sync(entry.path());
  sync(aside_);
  if (::rename(aside_.c_str(), target_.c_str()) != 0) fail_system(target_.string() + ": cannot replace");
  aside_.clear();
  sync(target_.has_parent_path() ? target_.parent_path() : fs::path("."));
}

}  // namespace tools
