#include "tools/convert/output_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "frontend/base/descriptor.h"

namespace tools {

namespace {

namespace fs = std::filesystem;

/// `name` stands in messages.
void sync(const fs::path& path, const std::string& name) {
  ear::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file && ::fsync(file.get()) == 0 && file.close()) return;
  throw std::system_error(errno, std::generic_category(), name + ": cannot write");
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
