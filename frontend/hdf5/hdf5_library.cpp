#include "frontend/hdf5/hdf5_library.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <vector>

namespace ear::hdf5 {

namespace {

/// Messages of the failed call, the outermost first.
std::vector<std::string> messages() {
  std::vector<std::string> found;
  const auto collect = [](unsigned, const H5E_error2_t* error, void* target) -> herr_t {
    if (error->desc != nullptr) static_cast<std::vector<std::string>*>(target)->emplace_back(error->desc);
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, collect, &found);
  return found;
}

Handle creation_list(hid_t dataset) {
  return Handle(H5Dget_create_plist(dataset), H5Pclose);
}

}  // namespace

Silence::Silence() {
  // At exit the library would close what failed to close once more, and print when that fails again.
  static const herr_t once = H5dont_atexit();
  static_cast<void>(once);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string reason() {
  const auto found = messages();
  return found.empty() ? "" : " (" + found.back() + ")";
}

int system_error() {
  for (const std::string& message : messages()) {
    const auto place = message.find("errno = ");
    if (place != std::string::npos) return std::atoi(message.c_str() + place + 8);
  }
  return 0;
}

Handle transfer_of_one_row() {
  constexpr std::size_t kBytes = 4096;  // in place of 1 MiB; a row is 16 bytes that point to its numbers
  Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose);
  H5Pset_buffer(transfer.get(), kBytes, nullptr, nullptr);
  return transfer;
}

Handle float16_type() {
  Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  H5Tset_fields(type.get(), 15, 10, 5, 0, 10);
  H5Tset_size(type.get(), 2);
  H5Tset_ebias(type.get(), 15);
  return type;
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
