#include "tools/common/io.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace tools {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_system(const std::string& message) {
  throw std::system_error(errno, std::generic_category(), message);
}

// A call that a signal interrupted is made again.
template <class Call>
auto retry(Call&& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

int open_input(const std::string& path) {
  const int fd = retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (fd >= 0) return fd;
  if (errno == ENOENT) throw std::runtime_error(path + ": no such file; check the path and the working folder");
  if (errno == EACCES) throw std::runtime_error(path + ": no permission to read it; see ls -l");
  fail_system(path + ": cannot open");
}

struct stat status_of(int fd, const std::string& name) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0) fail_system(name + ": cannot examine");
  return status;
}

/// The file that the links lead to; it need not be there.
fs::path behind_links(const std::string& path) {
  constexpr int kMostLinks = 40;  // as the system follows
  std::error_code absent;
  fs::path target = path;
  for (int n_links = 0; fs::is_symlink(target, absent); ++n_links) {
    if (n_links == kMostLinks) {
      throw std::runtime_error(path + ": is a link that leads back to itself; remove it, or name another file");
    }
    target = target.parent_path() / fs::read_symlink(target);
  }
  return target;
}

}  // namespace

bool is_standard_output(const std::string& path) {
  return path == "-" || path == "/dev/stdout";
}

InputFile::InputFile(const std::string& path, std::string_view waits_for) {
  if (path == "-") {
    if (::isatty(fd_) == 0) return;
    throw std::runtime_error(
        fmt::format("standard input is a terminal, and this tool waits for {}; name a file or pipe one in", waits_for));
  }
  name_ = path;
  owned_ = ear::Descriptor(open_input(path));
  fd_ = owned_.get();
  if (S_ISDIR(status_of(fd_, name_).st_mode)) {
    throw std::runtime_error(fmt::format("{}: is a folder, wanted {}", path, waits_for));
  }
}

bool InputFile::is_file() const {
  return owned_ && S_ISREG(status_of(fd_, name_).st_mode);
}

std::string InputFile::look(std::size_t n) {
  const off_t here = ::lseek(fd_, 0, SEEK_CUR);
  std::size_t size = first_.size();
  first_.resize(std::max(size, n));
  for (ssize_t n_read = 1; size < n && n_read > 0; size += static_cast<std::size_t>(n_read)) {
    n_read = retry([&] { return ::read(fd_, first_.data() + size, n - size); });
    if (n_read < 0) fail_system(name_ + ": cannot read");
  }
  first_.resize(size);
  if (here < 0 || ::lseek(fd_, here, SEEK_SET) < 0) return first_.substr(0, n);
  return std::exchange(first_, {});
}

OutputFile::OutputFile(const std::string& path, FileKind kind, OutputRules rules) {
  struct stat status = {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (is_standard_output(path)) {
    name_ = "standard output";
  } else if (path.empty()) {
    throw std::runtime_error("the name of the output is empty; give a path or -");
  } else if (exists && S_ISDIR(status.st_mode)) {
    throw std::runtime_error(path + ": is a folder; name a file in it");
  } else if (exists && !S_ISREG(status.st_mode)) {
    name_ = path;
    owned_ = ear::Descriptor(retry([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC); }));
    fd_ = owned_.get();
    if (fd_ < 0) fail_system(path + ": cannot open for writing");
  } else {
    require_replaceable(path, kind, rules);
    name_ = path;
    // A link stays, the file behind it is replaced.
    aside_.emplace(exists ? fs::canonical(path) : behind_links(path), path, HiddenOutput::Type::kFile);
    fd_ = aside_->fd();
    if (exists) ::fchmod(fd_, status.st_mode & 0777);
  }
  if (!is_text(kind) && ::isatty(fd_) != 0) {
    throw std::runtime_error(name_ + " is a terminal, and the output is binary; use -o FILE or a pipe");
  }
}

fs::path OutputFile::path() const {
  if (!aside_) throw std::runtime_error(name_ + ": this format cannot be written into a pipe; give -o FILE");
  return aside_->path();
}

void OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = retry([&] { return ::write(fd_, bytes.data(), bytes.size()); });
    if (n < 0) fail_system(name_ + ": cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void OutputFile::commit() {
  if (aside_) aside_->become_target();
  if (!owned_.close()) fail_system(name_ + ": cannot write");
}

void require_replaceable(const std::string& path, FileKind kind, OutputRules rules) {
  std::error_code absent;
  if (is_standard_output(path) || !fs::is_regular_file(path, absent) || fs::file_size(path, absent) == 0) return;
  InputFile file(path, "a file");
  const FileKind found = kind_of(file);
  if (found != kind) {
    throw std::runtime_error(fmt::format("{}: is {}, and the output is {}; remove it first, or name another file", path,
                                         name_of(found), name_of(kind)));
  }
  if (kind == FileKind::kModel && !rules.overwrite) {
    throw std::runtime_error(path + ": is a model; replace it with --overwrite, or name another file");
  }
}

void require_other_files(const std::vector<std::string>& outputs, std::vector<std::string> inputs) {
  std::error_code absent;  // what is not there is no clash
  for (const std::string& output : outputs) {
    if (output.empty() || output == "-") continue;
    if (fs::exists(output, absent) && !fs::is_regular_file(output, absent)) continue;
    for (const std::string& other : inputs) {
      if (output != other && !fs::equivalent(output, other, absent)) continue;
      throw std::invalid_argument(fmt::format("{}: this output would replace {}; name another file", output,
                                              output == other ? "an input or another output" : other));
    }
    inputs.push_back(output);
  }
}

void write_file(const std::string& path, std::string_view bytes, FileKind kind, OutputRules rules) {
  OutputFile file(path, kind, rules);
  file.write(bytes);
  file.commit();
}

std::string read_file(const std::string& path, std::size_t limit, std::string_view waits_for) {
  InputFile file(path, waits_for);
  return read_file(file, limit);
}

std::string read_file(InputFile& file, std::size_t limit) {
  ear::Input input = file.input();
  std::string bytes;
  // Memory grows with what has arrived; one byte more than the limit shows that the file is too long.
  constexpr std::size_t kBlock = 1 << 20;
  // Where the size is known the string need not grow by doubling.
  const struct stat status = status_of(file.fd(), file.name());
  if (S_ISREG(status.st_mode)) {
    bytes.reserve(std::min(static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)), limit) + kBlock);
  }
  for (std::size_t size = 0;;) {
    bytes.resize(std::min(size + kBlock, limit + 1));
    const ssize_t n = input.read(bytes.data() + size, bytes.size() - size);
    if (n < 0) fail_system(file.name() + ": cannot read");
    size += static_cast<std::size_t>(n);
    if (size > limit) throw std::runtime_error(fmt::format("{}: longer than {} bytes", file.name(), limit));
    if (n == 0) {
      bytes.resize(size);
      return bytes;
    }
  }
}

}  // namespace tools
