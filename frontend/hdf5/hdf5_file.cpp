#include "frontend/hdf5/hdf5_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <stdexcept>

#include "frontend/base/descriptor.h"
#include "frontend/hdf5/hdf5_library.h"

namespace ear {

using hdf5::Handle;
using hdf5::reason;

namespace {

constexpr std::array<char, 8> kSignature = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
constexpr std::uint64_t kMaxElements = 1ULL << 27;     // of one dataset: 1 GiB as double
constexpr std::uint64_t kMaxRow = 1ULL << 25;          // of one sequence
constexpr std::uint64_t kMaxDeflate = 1100;            // deflate makes nothing smaller than by 1032
constexpr std::uint64_t kMaxStringBytes = 1ULL << 16;  // of one string
constexpr std::uint64_t kAlwaysAllowed = 1ULL << 16;   // bytes of a dataset in a file of any size

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw std::runtime_error(path + ": " + what);
}

/// An array that is read: the dataset with what is known of it.
struct Dataset {
  Handle dataset;
  Handle type;  ///< of the elements, as stored
  Handle space;
  std::vector<std::uint64_t> shape;
  std::uint64_t n_elements = 1;
  Handle row_type;          ///< in memory, of a row of numbers; only where rows are read
  bool is_float16 = false;  ///< rows are read as stored: libhdf5 takes 70 ns to convert one number of half precision
};

/// Size of the file in bytes. Throws std::runtime_error for what is not an HDF5 file.
std::uint64_t check_file(const std::string& path) {
  std::uint64_t size = 0;
  const Descriptor file = open_regular_file(path, "an HDF5 file", size);
  if (H5Fis_hdf5(path.c_str()) > 0) return size;
  std::array<char, 2> head{};
  const bool is_gzip = pread(file.get(), head.data(), head.size(), 0) == 2 && head == std::array{'\x1f', '\x8b'};
  fail(path, is_gzip ? "is compressed with gzip; gunzip it first" : "not HDF5: its signature is missing");
}

}  // namespace

bool is_hdf5(std::span<const char> first_bytes) {
  return first_bytes.size() >= kSignature.size() &&
         std::equal(kSignature.begin(), kSignature.end(), first_bytes.begin());
}

struct Hdf5Reader::State {
  hdf5::Silence silence;
  std::string path;
  std::uint64_t file_bytes = 0;
  Handle file;
  Handle one_row = hdf5::transfer_of_one_row();
  hdf5::LinksInside links;
  std::map<std::string, Dataset> opened;  ///< those that rows are read from, one after the other

  [[noreturn]] void fail_at(const std::string& name, const std::string& what) const { fail(path, name + ": " + what); }

  /// Throws if a link out of the file was met.
  void check_links(const std::string& name) {
    const std::string refused = links.take_refused();
    if (!refused.empty()) refuse_at(name, "an external link to " + refused);
  }

  [[noreturn]] void refuse_at(const std::string& name, const std::string& how) const {
    throw Hdf5Refused(
        fmt::format("{}: {}: {}; only what lies in the file itself is read: copy it in", path, name, how));
  }

  /// For a dataset that could not be read.
  [[noreturn]] void fail_read(const std::string& name, const Dataset& dataset, const std::string& what) const {
    const std::string why = reason();
    const std::string filter = hdf5::missing_filter(dataset.dataset.get());
    if (filter.empty()) fail_at(name, what + why);
    throw Hdf5Refused(fmt::format(
        "{}: {}: compressed with {}, which this HDF5 library cannot undo; where it can, `h5repack -f GZIP=4 "
        "OLD NEW` makes a file that every library reads",
        path, name, filter));
  }

  Dataset open(const std::string& name) {
    Dataset found;
    found.dataset = Handle(H5Oopen(file.get(), name.c_str(), links.get()), H5Oclose);
    check_links(name);
    if (H5Iget_type(found.dataset.get()) != H5I_DATASET) {
      fail_at(name, "no such dataset, or it cannot be read" + reason());
    }
    if (const std::string outside = hdf5::stored_outside(found.dataset.get()); !outside.empty()) {
      refuse_at(name, outside);
    }
    found.type = Handle(H5Dget_type(found.dataset.get()), H5Tclose);
    found.space = Handle(H5Dget_space(found.dataset.get()), H5Sclose);
    const int rank = found.space ? H5Sget_simple_extent_ndims(found.space.get()) : -1;
    if (rank < 0 || rank > H5S_MAX_RANK || !found.type) fail_at(name, "damaged" + reason());
    if (H5Sget_simple_extent_type(found.space.get()) == H5S_NULL) fail_at(name, "holds nothing");
    std::array<hsize_t, H5S_MAX_RANK> shape{};
    H5Sget_simple_extent_dims(found.space.get(), shape.data(), nullptr);
    found.shape.assign(shape.begin(), shape.begin() + rank);
    for (const std::uint64_t size : found.shape) {
      if (size != 0 && found.n_elements > UINT64_MAX / size) fail_at(name, "its declared sizes are beyond any memory");
      found.n_elements *= size;
    }
    return found;
  }

  /// A dataset of rows, which stays open.
  Dataset& open_rows(const std::string& name) {
    const auto known = opened.find(name);
    if (known != opened.end()) return known->second;
    Dataset found = open(name);
    const bool variable = H5Tget_class(found.type.get()) == H5T_VLEN;
    const Handle base(variable ? H5Tget_super(found.type.get()) : H5I_INVALID_HID, H5Tclose);
    if (!base || !is_number(base.get()) || found.shape.size() != 1) {
      fail_at(name, "wanted one dimension of number sequences of variable length");
    }
    found.is_float16 = H5Tequal(base.get(), hdf5::float16_type().get()) > 0;
    found.row_type = Handle(H5Tvlen_create(found.is_float16 ? base.get() : H5T_NATIVE_DOUBLE), H5Tclose);
    return opened.emplace(name, std::move(found)).first->second;
  }

  /// Throws where the file cannot hold that many elements of that size, or memory should not.
  void check_size(const std::string& name, const Dataset& dataset) const {
    const std::uint64_t item_bytes = std::max<std::uint64_t>(1, H5Tget_size(dataset.type.get()));
    if (dataset.n_elements > kMaxElements) {
      fail_at(name, fmt::format("declares {} elements, at most {} are read", dataset.n_elements, kMaxElements));
    }
    const Handle how(H5Dget_create_plist(dataset.dataset.get()), H5Pclose);
    const std::uint64_t factor = how && H5Pget_nfilters(how.get()) > 0 ? kMaxDeflate : 1;
    if (dataset.n_elements * std::min(item_bytes, kMaxStringBytes) > kAlwaysAllowed + factor * file_bytes) {
      fail_at(name, fmt::format("declares {} elements of {} bytes, more than a file of {} bytes can hold",
                                dataset.n_elements, item_bytes, file_bytes));
    }
  }

  static bool is_number(hid_t type) {
    const H5T_class_t kind = H5Tget_class(type);
    return kind == H5T_INTEGER || kind == H5T_FLOAT;
  }
};

Hdf5Reader::Hdf5Reader(const std::string& path) : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->file_bytes = check_file(path);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  // File systems without locks are common where corpora lie, and nothing is written.
  H5Pset_file_locking(access.get(), false, true);
  state_->file = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!state_->file) fail(path, "damaged or cut short: libhdf5 cannot open it" + reason() + "; fetch it again");
}

Hdf5Reader::Hdf5Reader(Hdf5Reader&&) noexcept = default;
Hdf5Reader::~Hdf5Reader() = default;

const std::string& Hdf5Reader::path() const {
  return state_->path;
}

bool Hdf5Reader::has(const std::string& name) const {
  for (std::size_t end = name.find('/', 1);; end = name.find('/', end + 1)) {
    const std::string part = name.substr(0, end);
    const bool exists = part == "/" || H5Lexists(state_->file.get(), part.c_str(), state_->links.get()) > 0;
    state_->check_links(part);
    if (!exists) return false;
    if (end == std::string::npos) return true;
  }
}

std::vector<std::string> Hdf5Reader::members(const std::string& group) const {
  const Handle opened(H5Oopen(state_->file.get(), group.c_str(), state_->links.get()), H5Oclose);
  state_->check_links(group);
  if (H5Iget_type(opened.get()) != H5I_GROUP) state_->fail_at(group, "no such group, or it cannot be read" + reason());
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* target) -> herr_t {
    static_cast<std::vector<std::string>*>(target)->emplace_back(name);
    return 0;
  };
  hsize_t place = 0;
  if (H5Literate(opened.get(), H5_INDEX_NAME, H5_ITER_NATIVE, &place, collect, &names) < 0) {
    state_->fail_at(group, "damaged" + reason());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::uint64_t> Hdf5Reader::shape(const std::string& dataset) const {
  return state_->open(dataset).shape;
}

std::vector<double> Hdf5Reader::numbers(const std::string& dataset) const {
  const Dataset found = state_->open(dataset);
  if (!state_->is_number(found.type.get())) state_->fail_at(dataset, "holds no numbers; wanted integers or floats");
  state_->check_size(dataset, found);
  std::vector<double> values(found.n_elements);
  if (!values.empty() &&
      H5Dread(found.dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    state_->fail_read(dataset, found, "cannot be read");
  }
  return values;
}

std::vector<std::string> Hdf5Reader::strings(const std::string& dataset) const {
  const Dataset found = state_->open(dataset);
  const hid_t type = found.type.get();
  if (H5Tget_class(type) != H5T_STRING) state_->fail_at(dataset, "holds no strings");
  state_->check_size(dataset, found);
  const std::size_t item_bytes = H5Tget_size(type);
  const bool variable = H5Tis_variable_str(type) > 0;
  if (!variable && item_bytes > kMaxStringBytes) {
    state_->fail_at(dataset, fmt::format("strings of {} bytes, at most {} are read", item_bytes, kMaxStringBytes));
  }
  std::vector<char> bytes(found.n_elements * item_bytes);
  if (bytes.empty()) return {};
  if (H5Dread(found.dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) {
    state_->fail_read(dataset, found, "cannot be read");
  }
  std::vector<std::string> texts;
  texts.reserve(found.n_elements);
  for (std::size_t i = 0; i < bytes.size(); i += item_bytes) {
    if (variable) {
      const char* text = nullptr;
      std::memcpy(&text, &bytes[i], sizeof text);
      texts.emplace_back(text != nullptr ? std::string(text, strnlen(text, kMaxStringBytes)) : "");
    } else {
      std::string text(&bytes[i], strnlen(&bytes[i], item_bytes));
      if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) text.erase(text.find_last_not_of(' ') + 1);
      texts.push_back(std::move(text));
    }
  }
  if (variable) H5Dvlen_reclaim(type, found.space.get(), H5P_DEFAULT, bytes.data());
  return texts;
}

std::vector<double> Hdf5Reader::row(const std::string& dataset, std::uint64_t row) const {
  Dataset& found = state_->open_rows(dataset);
  if (row >= found.shape[0]) {
    throw std::invalid_argument(fmt::format("{}: {}: row {} of {}", state_->path, dataset, row, found.shape[0]));
  }
  const hsize_t first = row;
  const hsize_t one = 1;
  const Handle memory_space(H5Screate_simple(1, &one, nullptr), H5Sclose);
  H5Sselect_hyperslab(found.space.get(), H5S_SELECT_SET, &first, nullptr, &one, nullptr);
  hvl_t sequence{};
  const hid_t type = found.row_type.get();
  if (H5Dread(found.dataset.get(), type, memory_space.get(), found.space.get(), state_->one_row.get(), &sequence) < 0) {
    state_->fail_read(dataset, found, fmt::format("row {} cannot be read", row));
  }
  std::vector<double> values;
  const std::size_t n = sequence.len;
  if (n <= kMaxRow && sequence.p != nullptr) {
    if (found.is_float16) {
      const auto* numbers = static_cast<const _Float16*>(sequence.p);
      values.assign(numbers, numbers + n);
    } else {
      const auto* numbers = static_cast<const double*>(sequence.p);
      values.assign(numbers, numbers + n);
    }
  }
  H5Dvlen_reclaim(type, memory_space.get(), H5P_DEFAULT, &sequence);
  if (n > kMaxRow) state_->fail_at(dataset, fmt::format("row {}: {} numbers, at most {} are read", row, n, kMaxRow));
  return values;
}

}  // namespace ear
