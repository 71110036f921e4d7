#include "frontend/events/hdf5_events.h"

#include <fmt/format.h>

#include <ranges>
#include <stdexcept>
#include <utility>

#include "frontend/base/text.h"
#include "frontend/events/isolated_source.h"
#include "frontend/events/shd.h"

namespace ear {

namespace {

constexpr std::size_t kMembersShown = 8;

std::string members_text(const Hdf5Reader& reader) {
  const auto names = reader.members("/");
  std::string text;
  for (const auto& name : names | std::views::take(kMembersShown)) text += (text.empty() ? "" : ", ") + shown(name);
  if (names.size() > kMembersShown) text += fmt::format(" and {} more", names.size() - kMembersShown);
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::unique_ptr<EventSource> open_hdf5_events_in_process(const std::string& path, const Hdf5EventsOptions& options) {
  Hdf5Reader reader(path);
  if (has_ntidigits_layout(reader)) {
    return std::make_unique<Ntidigits>(std::move(reader), options.ntidigits, options.shard);
  }
  if (has_shd_layout(reader)) return std::make_unique<Shd>(std::move(reader), options.shard);
  throw std::runtime_error(fmt::format(
      "{}: neither N-TIDIGITS18 (train_labels, train_timestamps, train_addresses and those of test) nor SHD "
      "or SSC (spikes/times, spikes/units, labels); it holds {}",
      path, members_text(reader)));
}

std::unique_ptr<EventSource> open_hdf5_events(const std::string& path, const Hdf5EventsOptions& options) {
  return std::make_unique<IsolatedSource>([path, options] { return open_hdf5_events_in_process(path, options); }, path,
                                          "the HDF5 library", options.patience_s);
}

}  // namespace ear
