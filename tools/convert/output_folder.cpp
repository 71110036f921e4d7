#include "tools/convert/output_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace tools {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_system(const std::string& message) {
  throw std::system_error(errno, std::generic_category(), message);
}

/// `name` stands in messages.
void sync(const fs::path& path, const std::string& name) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_system(name + ": cannot open");
  const bool failed = ::fsync(fd) != 0;
  const int error = errno;
  const bool closed = ::close(fd) == 0;
  if (failed) errno = error;
  if (failed || !closed) fail_system(name + ": cannot write");
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path) : name_(path) {
  if (path.empty() || path == "-") throw std::runtime_error("this format is a folder of files; name one with -o");
  fs::path target = fs::path(path).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  if (fs::exists(target) && !(fs::is_directory(target) && fs::is_empty(target))) {
    throw std::runtime_error(path + ": is there already; remove it or name another folder");
  }
  aside_.emplace(target, path, HiddenOutput::Type::kFolder);
}

void OutputFolder::commit() {
  for (const auto& entry : fs::directory_iterator(aside_->path())) {
    sync(entry.path(), (fs::path(name_) / entry.path().filename()).string());
  }
  aside_->become_target();
}

}  // namespace tools
