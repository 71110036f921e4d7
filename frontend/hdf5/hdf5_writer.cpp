#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <map>
#include <system_error>
#include <tuple>

#include "frontend/base/require.h"
#include "frontend/hdf5/hdf5_file.h"
#include "frontend/hdf5/hdf5_library.h"

namespace ear {

using hdf5::Handle;

namespace {

constexpr hsize_t kRowsPerChunk = 256;

/// The type in the file, and the range of an integer type.
struct Stored {
  Handle type;
  double lowest = -INFINITY;
  double highest = INFINITY;
};

Stored stored(Hdf5Type type) {
  if (type == Hdf5Type::kFloat16) return {hdf5::float16_type()};
  const std::map<Hdf5Type, std::tuple<hid_t, double, double>> types = {
      {Hdf5Type::kFloat32, {H5T_IEEE_F32LE, -INFINITY, INFINITY}},
      {Hdf5Type::kFloat64, {H5T_IEEE_F64LE, -INFINITY, INFINITY}},
      {Hdf5Type::kInt64, {H5T_STD_I64LE, -0x1p53, 0x1p53}},
      {Hdf5Type::kUInt8, {H5T_STD_U8LE, 0, 255}},
      {Hdf5Type::kUInt16, {H5T_STD_U16LE, 0, 65535}},
      {Hdf5Type::kUInt32, {H5T_STD_U32LE, 0, 4294967295.0}}};
  const auto& [id, lowest, highest] = types.at(type);
  return {Handle(H5Tcopy(id), H5Tclose), lowest, highest};
}

/// No sizes: a scalar.
Handle space_of(std::span<const std::uint64_t> shape) {
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  return Handle(
      sizes.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr),
      H5Sclose);
}

}  // namespace

struct Hdf5Writer::State {
  /// A dataset that grows.
  struct Rows {
    Handle dataset;
    Stored stored;
    hsize_t n_rows = 0;
  };

  hdf5::Silence silence;
  std::string file_name;  ///< for messages
  Handle links;           ///< how names are made: with the groups on the way
  Handle datasets;        ///< how datasets are made: without the time of the day, so that equal calls give equal bytes
  Handle one_row = hdf5::transfer_of_one_row();
  Handle file;
  std::map<std::string, Rows> rows;  ///< after the file, so closed before it

  [[noreturn]] void fail(const std::string& name) const {
    const int code = hdf5::system_error();
    throw std::system_error(
        code != 0 ? code : EIO, std::generic_category(),
        fmt::format("{}: {}: cannot be written{}", file_name, name, code != 0 ? "" : hdf5::reason()));
  }

  void check_shape(const std::string& name, std::size_t n_values, std::span<const std::uint64_t> shape) const {
    std::uint64_t n_elements = 1;
    for (const std::uint64_t size : shape) n_elements *= size;
    require(n_elements == n_values, "{}: {}: {} values for a shape of {}", file_name, name, n_values, n_elements);
  }

  void check_range(const std::string& name, const Stored& type, std::span<const double> values) const {
    if (std::isinf(type.highest)) return;
    for (const double value : values) {
      require(value >= type.lowest && value <= type.highest && value == std::floor(value),
              "{}: {}: {} is no whole number in {}..{}", file_name, name, value, type.lowest, type.highest);
    }
  }

  Handle create(const std::string& name, hid_t type, hid_t space, hid_t how) const {
    Handle dataset(H5Dcreate2(file.get(), name.c_str(), type, space, links.get(), how, H5P_DEFAULT), H5Dclose);
    if (!dataset) fail(name);
    return dataset;
  }

  void write(const std::string& name, Handle dataset, hid_t memory_type, const void* values) const {
    if (H5Dwrite(dataset.get(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0 || !dataset.close()) fail(name);
  }
};

Hdf5Writer::Hdf5Writer(const std::string& path, const std::string& name) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.file_name = name.empty() ? path : name;
  state.links = Handle(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(state.links.get(), 1);
  state.datasets = Handle(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(state.datasets.get(), false);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
  H5Pset_file_locking(access.get(), false, true);
  state.file = Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
  if (!state.file) state.fail("the file");
}

Hdf5Writer::~Hdf5Writer() = default;

void Hdf5Writer::group(const std::string& name) {
  Handle made(H5Gcreate2(state_->file.get(), name.c_str(), state_->links.get(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  if (!made || !made.close()) state_->fail(name);
}

void Hdf5Writer::numbers(const std::string& dataset, Hdf5Type type, std::span<const double> values,
                         std::span<const std::uint64_t> shape) {
  state_->check_shape(dataset, values.size(), shape);
  const Stored as = stored(type);
  state_->check_range(dataset, as, values);
  const Handle space = space_of(shape);
  Handle made = state_->create(dataset, as.type.get(), space.get(), state_->datasets.get());
  if (!values.empty()) state_->write(dataset, std::move(made), H5T_NATIVE_DOUBLE, values.data());
}

void Hdf5Writer::strings(const std::string& dataset, std::span<const std::string> values,
                         std::span<const std::uint64_t> shape) {
  state_->check_shape(dataset, values.size(), shape);
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  const Handle space = space_of(shape);
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  state_->write(dataset, state_->create(dataset, type.get(), space.get(), state_->datasets.get()), type.get(),
                texts.data());
}

void Hdf5Writer::rows(const std::string& dataset, Hdf5Type type) {
  const hsize_t none = 0;
  const hsize_t unlimited = H5S_UNLIMITED;
  const Handle space(H5Screate_simple(1, &none, &unlimited), H5Sclose);
  const Handle how(H5Pcopy(state_->datasets.get()), H5Pclose);
  H5Pset_chunk(how.get(), 1, &kRowsPerChunk);
  Stored as = stored(type);
  const Handle sequence(H5Tvlen_create(as.type.get()), H5Tclose);
  Handle made = state_->create(dataset, sequence.get(), space.get(), how.get());
  state_->rows[dataset] = {std::move(made), std::move(as)};
}

void Hdf5Writer::append(const std::string& dataset, std::span<const double> row) {
  const auto place = state_->rows.find(dataset);
  require(place != state_->rows.end(), "{}: {}: call rows() before append()", state_->file_name, dataset);
  auto& [made, as, n_rows] = place->second;
  state_->check_range(dataset, as, row);
  const hsize_t first = n_rows;
  const hsize_t one = 1;
  const hsize_t size = n_rows + 1;
  if (H5Dset_extent(made.get(), &size) < 0) state_->fail(dataset);
  const Handle space(H5Dget_space(made.get()), H5Sclose);
  const Handle memory_space(H5Screate_simple(1, &one, nullptr), H5Sclose);
  const Handle memory_type(H5Tvlen_create(H5T_NATIVE_DOUBLE), H5Tclose);
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &first, nullptr, &one, nullptr);
  // libhdf5 takes no pointer to const, and writes nothing there.
  const hvl_t sequence{row.size(), const_cast<double*>(row.data())};
  if (H5Dwrite(made.get(), memory_type.get(), memory_space.get(), space.get(), state_->one_row.get(), &sequence) < 0) {
    state_->fail(dataset);
  }
  n_rows = size;
}

void Hdf5Writer::close() {
  for (auto& [name, rows] : state_->rows) {
    if (!rows.dataset.close()) state_->fail(name);
  }
  state_->rows.clear();
  if (H5Fflush(state_->file.get(), H5F_SCOPE_GLOBAL) < 0 || !state_->file.close()) state_->fail("the file");
}

}  // namespace ear
