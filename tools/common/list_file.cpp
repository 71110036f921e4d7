#include "tools/common/list_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "tools/common/file_kind.h"
#include "tools/common/io.h"

namespace tools {

namespace {

constexpr std::size_t kMaxListBytes = 1ULL << 30;

bool is_there(const ear::ListEntry& entry, const std::string& root) {
  std::error_code unknown;  // whoever opens it will say why
  const std::string path = ear::path_of(entry, root);
  return path == "-" || std::filesystem::exists(path, unknown) || unknown;
}

/// The folder of the list, if the recordings start from there.
std::string remedy(const std::string& list, const ear::ListEntry& first) {
  const std::string folder = std::filesystem::path(list).parent_path().string();
  return !folder.empty() && is_there(first, folder) ? fmt::format("give --root {}", folder)
                                                    : "--root names the folder that they start from";
}

}  // namespace

std::vector<ear::ListEntry> read_entries(const std::string& path, const std::string& root,
                                         const std::vector<std::string>& files) {
  if (path.empty()) return ear::list_of_paths(files);
  InputFile file(path, "a list of recordings");
  require_kind(file, FileKind::kList, "a list of recordings");
  auto entries = ear::parse_list(read_file(file, kMaxListBytes), file.name());
  // One message where each recording would have one that does not say why. The first is nearly always there.
  if (entries.size() > 1 && std::ranges::none_of(entries, [&](const auto& entry) { return is_there(entry, root); })) {
    throw std::runtime_error(fmt::format("{}: none of its {} recordings is there, {} first; {}", file.name(),
                                         entries.size(), ear::path_of(entries.front(), root),
                                         remedy(path, entries.front())));
  }
  return entries;
}

std::vector<std::string> read_classes(const std::string& path) {
  return ear::parse_classes(read_file(path, kMaxListBytes), path);
}

}  // namespace tools
