#include "frontend/hdf5/hdf5_checks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "frontend/base/descriptor.h"
#include "frontend/hdf5/hdf5_file.h"

namespace ear::hdf5 {

namespace {

constexpr std::size_t kHeadBytes = 64;  // signature and superblock up to the end of the file

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw std::runtime_error(path + ": " + what);
}

std::uint64_t little_endian(const char* bytes, std::size_t n) {
  std::uint64_t value = 0;
  for (std::size_t i = n; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

/// Bytes that the superblock says the file has, counted from the start of the file; 0 where it is of a form not known here.
/// HDF5 File Format Specification, version 3, II.A.
std::uint64_t promised_bytes(const std::array<char, kHeadBytes>& head, std::uint64_t start) {
  const int version = head[8];
  const std::size_t n_offset = static_cast<unsigned char>(head[version < 2 ? 13 : 9]);
  const std::size_t addresses = version == 0 ? 24 : version == 1 ? 28 : 12;
  if (version < 0 || version > 3 || n_offset > 8 || addresses + 3 * n_offset > kHeadBytes) return 0;
  const std::uint64_t base = little_endian(&head[addresses], n_offset);
  const std::uint64_t end = little_endian(&head[addresses + 2 * n_offset], n_offset);
  return base == start ? end : base + end;
}

Handle creation_list(hid_t dataset) {
  return Handle(H5Dget_create_plist(dataset), H5Pclose);
}

}  // namespace

std::uint64_t check_file(const std::string& path) {
  std::uint64_t size = 0;
  const Descriptor file = open_regular_file(path, "an HDF5 file", size);
  std::array<char, kHeadBytes> head{};
  std::uint64_t start = 0;  // a block of the user's may stand before the file's own start: 512 bytes times a power of 2
  bool found = false;
  bool is_gzip = false;
  while (!found && start < size) {
    head.fill(0);
    found = pread(file.get(), head.data(), head.size(), static_cast<off_t>(start)) > 0 && is_hdf5(head);
    is_gzip = is_gzip || (start == 0 && head[0] == '\x1f' && head[1] == '\x8b');
    if (!found) start = start == 0 ? 512 : 2 * start;
  }
  if (!found && is_gzip) fail(path, "is compressed with gzip; gunzip it first");
  if (!found) fail(path, "not HDF5: its signature is missing");
  const std::uint64_t promised = promised_bytes(head, start);
  if (size < promised)
    fail(path, fmt::format("cut short: {} bytes, its header says {}; fetch it again", size, promised));
  return size;
}

LinksInside::LinksInside() : list_(H5Pcreate(H5P_LINK_ACCESS), H5Pclose) {
  const auto refuse = [](const char*, const char*, const char* file, const char* object, unsigned*, hid_t,
                         void* refused) -> herr_t {
    *static_cast<std::string*>(refused) = fmt::format("{:.200} of {:.200}", object, file);
    return -1;
  };
  H5Pset_elink_cb(list_.get(), refuse, &refused_);
}

std::string LinksInside::take_refused() {
  return std::exchange(refused_, {});
}

std::string stored_outside(hid_t dataset) {
  const Handle how = creation_list(dataset);
  std::array<char, 256> file{};
  if (H5Pget_external_count(how.get()) > 0) {
    H5Pget_external(how.get(), 0, file.size() - 1, file.data(), nullptr, nullptr);
    return fmt::format("external storage: its numbers lie in {}", file.data());
  }
  if (H5Pget_layout(how.get()) == H5D_VIRTUAL) {
    H5Pget_virtual_filename(how.get(), 0, file.data(), file.size());
    return fmt::format("a virtual data set: its numbers lie in {}", file.data());
  }
  return "";
}

std::string missing_filter(hid_t dataset) {
  const Handle how = creation_list(dataset);
  for (int i = 0; i < H5Pget_nfilters(how.get()); ++i) {
    unsigned flags = 0;
    unsigned config = 0;
    std::size_t n_values = 0;
    std::array<char, 64> name{};
    const H5Z_filter_t filter = H5Pget_filter2(how.get(), static_cast<unsigned>(i), &flags, &n_values, nullptr,
                                               name.size() - 1, name.data(), &config);
    if (filter >= 0 && H5Zfilter_avail(filter) <= 0) return fmt::format("{} (filter {})", name.data(), filter);
  }
  return "";
}

}  // namespace ear::hdf5
