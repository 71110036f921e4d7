#include "frontend/exchange/records.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

#include "frontend/base/checksum.h"
#include "frontend/base/require.h"
#include "frontend/base/text.h"
#include "frontend/stream/list.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/npy.h"
#include "frontend/stream/rules.h"

namespace ear {

RecordWriter::RecordWriter(std::string name, Header header) : name_(std::move(name)), header_(std::move(header)) {
  try {
    check_header(header_);
  } catch (const std::runtime_error& broken) {
    throw std::invalid_argument(fmt::format("{}: {}", name_, broken.what()));
  }
}

void RecordWriter::write(const Record& record) {
  try {
    check_record(header_, record);
  } catch (const std::runtime_error& broken) {
    throw std::invalid_argument(fmt::format("{}: record {}: {}", name_, record.key, broken.what()));
  }
  require(keys_.insert(record.key).second, "{}: key {} stands twice; keys are unique", name_, record.key);
  put(record);
}

std::string KeyMaker::operator()(const std::string& name) {
  if (name.empty() || name.size() > kMaxKey) {
    throw std::runtime_error(
        fmt::format("name '{}...' of {} characters, wanted 1 to {}", shown(name.substr(0, 40)), name.size(), kMaxKey));
  }
  std::string key = as_key(name);
  check_key(key);
  if (!names_.insert(name).second) {
    throw std::runtime_error(fmt::format("key {} stands twice; keys are unique", shown(name)));
  }
  if (!keys_.insert(key).second) keys_.insert(key = with_hash(key, name));
  if (key != name && n_changed_++ == 0) first_ = fmt::format("'{}' is now {}", shown(name), key);
  return key;
}

std::string KeyMaker::note() const {
  if (n_changed_ == 0) return {};
  return fmt::format(
      "{} names had characters outside [A-Za-z0-9_-], which became _, with a hash where two became one: {}", n_changed_,
      first_);
}

Header foreign_header(Kind kind, int n_channels, std::vector<std::string> classes, std::optional<double> dt_ms,
                      const std::string& format) {
  Header header;
  header.kind = kind;
  header.n_channels = n_channels;
  header.classes = std::move(classes);
  header.dt_ms = dt_ms;
  header.recipe.stages.push_back({"ossicle-convert", {{"from", format}}});
  try {
    check_header(header);
  } catch (const std::runtime_error& broken) {
    throw std::invalid_argument(broken.what());
  }
  return header;
}

Header own_header(std::string_view json, const std::string& where) {
  try {
    Header header = parse_header(json);
    check_header(header);
    return header;
  } catch (const std::runtime_error& bad) {
    throw std::runtime_error(fmt::format("{}: {}", where, bad.what()));
  }
}

std::uint32_t npy_crc(const Header& header, const Record& record) {
  return crc32(bytes_of(record.data), crc32(npy_header(npy_header_of(header, record.data))));
}

void check_own_record(const Header& header, const Record& record, std::uint32_t crc, const char* remedy) {
  if (npy_crc(header, record) != crc) {
    throw std::runtime_error(
        fmt::format("record {}: its numbers are not those that were written (checksum {} was stored); "
                    "if they were changed on purpose, {}",
                    record.key, crc_text(crc), remedy));
  }
  check_record(header, record);
}

template <class Real>
Array array_of(Kind kind, const std::vector<Real>& values, int n_channels) {
  const auto n = static_cast<std::size_t>(n_channels);
  const auto convert = [&](auto data, Real most, bool whole, const char* wanted) -> Array {
    data.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Real v = values[i];
      if (!(v <= most && v >= (whole ? Real{0} : -most) && (!whole || v == std::floor(v)))) {
        throw std::runtime_error(fmt::format("value {} at step {}, channel {}; wanted {}", v, i / n, i % n, wanted));
      }
      data.push_back(static_cast<typename decltype(data)::value_type>(v));
    }
    return data;
  };
  switch (kind) {
    case Kind::kRaster:
      return convert(std::vector<std::uint8_t>(), 1, true, "0 or 1 in a raster");
    case Kind::kCounts:
      return convert(std::vector<std::uint16_t>(), 65535, true, "whole numbers of 0 to 65535 in counts");
    case Kind::kCochleagram:
      return convert(std::vector<float>(), std::numeric_limits<float>::max(), false,
                     "finite numbers within the range of float");
    default:
      throw std::invalid_argument("array_of: events are no dense array");
  }
}
template Array array_of(Kind, const std::vector<float>&, int);
template Array array_of(Kind, const std::vector<double>&, int);

std::vector<std::string> classes_or_sorted(const std::vector<std::string>& given,
                                           const std::vector<std::string>& found) {
  if (!given.empty()) return given;
  std::set<std::string> distinct(found.begin(), found.end());
  distinct.erase("");
  return {distinct.begin(), distinct.end()};
}

Header with_spikes(Header header) {
  require(header.kind != Kind::kCochleagram, "intensities are no spikes; ossicle-encode makes spikes of them first");
  return header;
}

void require_no_params(const ForeignParams& params, const std::string& name) {
  const char* set = params.dt_ms ? "dt-ms" : params.kind ? "kind" : !params.classes.empty() ? "classes" : nullptr;
  require(set == nullptr, "{}: was written by this project and says itself what --{} would; leave it out", name,
          set == nullptr ? "" : set);
}

double require_dt(const ForeignParams& params, std::optional<double> in_file, const std::string& name) {
  require(!params.dt_ms || !in_file, "{}: says itself that a step has {} ms; leave --dt-ms out", name,
          in_file.value_or(0.0));
  const std::optional<double> dt_ms = params.dt_ms ? params.dt_ms : in_file;
  if (!dt_ms) throw std::invalid_argument(fmt::format("{}: does not say how long a step is; give --dt-ms", name));
  require(*dt_ms > 0.0 && std::isfinite(*dt_ms), "{}: step of {} ms, wanted a length above 0", name, *dt_ms);
  return *dt_ms;
}

}  // namespace ear
