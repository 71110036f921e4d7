#include "frontend/base/descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "frontend/base/require.h"

namespace ear {

namespace {

Descriptor open_as(const std::string& path, int flags) {
  Descriptor file(::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC));
  if (file) return file;
  throw std::runtime_error(
      fmt::format("{}: cannot be opened ({}); check the path", path, std::generic_category().message(errno)));
}

}  // namespace

Descriptor open_file(const std::string& path) {
  return open_as(path, 0);
}

Descriptor open_regular_file(const std::string& path, const std::string& what, std::uint64_t& size) {
  Descriptor file = open_as(path, O_NONBLOCK);  // opening a pipe must not wait for its writer
  struct stat status = {};
  ::fstat(file.get(), &status);
  size = static_cast<std::uint64_t>(status.st_size);
  demand(!S_ISDIR(status.st_mode), "{}: is a folder; wanted {}", path, what);
  demand(S_ISREG(status.st_mode), "{}: is no regular file, and {} cannot be read from a pipe; save it first", path,
         what);
  demand(size > 0, "{}: is empty; wanted {}", path, what);
  return file;
}

}  // namespace ear
