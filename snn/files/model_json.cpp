#include "snn/files/model_json.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "snn/files/metadata.h"
#include "snn/model/params_fields.h"

namespace snn {
namespace {

using Json = nlohmann::json;

// A header is an object of objects of lists; nothing of ours lies deeper.
constexpr int kMaxDepth = 4;

// Of the brackets outside of strings. Counted beforehand, because a parser with a callback looks through all members of an
// object after each of them: minutes for 50,000 arrays.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > kMaxDepth) return true;
  }
  return false;
}

Json parse(std::string_view text, std::string_view what) {
  if (is_too_deep(text)) throw std::runtime_error(fmt::format("{} is nested too deeply", what));
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::parse_error& error) {
    throw std::runtime_error(fmt::format("{} is not valid JSON from byte {} on", what, error.byte));
  } catch (const Json::out_of_range&) {
    throw std::runtime_error(fmt::format("{} holds a number too large for a double", what));
  }
}

std::string dump(const Json& json) {
  try {
    return json.dump();
  } catch (const Json::type_error&) {
    throw std::invalid_argument("a name or text is not UTF-8, which model files want");
  }
}

[[noreturn]] void fail_type(const std::string& what, std::string_view wanted) {
  throw std::runtime_error(fmt::format("{} is not {}", what, wanted));
}

// encode and decode: one pair for each type a field may have.
Json encode(bool value) {
  return value;
}
Json encode(int value) {
  return value;
}
Json encode(std::uint64_t value) {
  return value;
}
Json encode(double value) {
  if (!std::isfinite(value))
    throw std::invalid_argument(fmt::format("{} cannot be stored; numbers must be finite", value));
  return value;
}
template <Named Enum>
Json encode(Enum value) {
  return to_string(value);
}
Json encode(const std::optional<double>& value) {
  return value ? encode(*value) : Json(nullptr);
}
Json encode(const std::vector<int>& values) {
  return values;
}
Json encode(const std::vector<Skip>& skips) {
  Json list = Json::array();
  for (const Skip& skip : skips) list.push_back(Json::array({skip.from, skip.to}));
  return list;
}

void decode(const Json& json, const std::string& what, bool& value) {
  if (!json.is_boolean()) fail_type(what, "true or false");
  value = json.get<bool>();
}

void decode(const Json& json, const std::string& what, int& value) {
  if (!json.is_number_integer()) fail_type(what, "an integer");
  const bool fits = json.is_number_unsigned() ? json.get<std::uint64_t>() <= std::numeric_limits<int>::max()
                                              : json.get<std::int64_t>() >= std::numeric_limits<int>::min();
  if (!fits) fail_type(what, "an integer of 32 bits");
  value = json.get<int>();
}

void decode(const Json& json, const std::string& what, std::uint64_t& value) {
  if (!json.is_number_unsigned()) fail_type(what, "an unsigned integer");
  value = json.get<std::uint64_t>();
}

void decode(const Json& json, const std::string& what, double& value) {
  if (!json.is_number()) fail_type(what, "a number");
  value = json.get<double>();
  if (!std::isfinite(value)) fail_type(what, "a finite number");
}

void decode(const Json& json, const std::string& what, std::string& value) {
  if (!json.is_string()) fail_type(what, "a string");
  value = json.get<std::string>();
}

void decode(const Json& json, const std::string& what, std::optional<double>& value) {
  value.reset();
  if (!json.is_null()) decode(json, what, value.emplace());
}

void decode(const Json& json, const std::string& what, Skip& skip) {
  if (!json.is_array() || json.size() != 2) fail_type(what, "a list of pairs");
  decode(json[0], what, skip.from);
  decode(json[1], what, skip.to);
}

template <typename T>
void decode(const Json& json, const std::string& what, std::vector<T>& values) {
  if (!json.is_array()) fail_type(what, "a list");
  values.assign(json.size(), T{});
  for (std::size_t i = 0; i < json.size(); ++i) decode(json[i], what, values[i]);
}

template <Named Enum>
void decode(const Json& json, const std::string& what, Enum& value) {
  std::string name;
  decode(json, what, name);
  value = parse_name<Enum>(shown(name));
}

const Json& member(const Json& object, const std::string& what, const std::string& name) {
  if (!object.is_object()) fail_type(what, "an object");
  const auto found = object.find(name);
  if (found == object.end()) throw std::runtime_error(fmt::format("{} has no \"{}\"", what, name));
  return *found;
}

Json all_of(const TrainingParams& params) {
  Json json = Json::object();
  visit_fields(params, [&](const Section& section, const Field& field, const auto& value) {
    json[section.name][field.name] = encode(value);
  });
  return json;
}

/// Without what may lack.
Json training_json(const TrainingParams& params) {
  const Json usual = all_of(TrainingParams{});
  Json json = all_of(params);
  visit_fields(params, [&](const Section& section, const Field& field, const auto&) {
    Json& fields = json[section.name];
    if (field.may_lack && fields[field.name] == usual[section.name][field.name]) fields.erase(field.name);
  });
  return json;
}

TensorEntry entry_from_json(const std::string& name, const Json& json) {
  const std::string what = fmt::format("entry \"{}\" of the header", shown(name));
  TensorEntry entry{.name = name, .dtype = {}, .shape = {}};
  decode(member(json, what, "dtype"), what + ": dtype", entry.dtype);
  decode(member(json, what, "shape"), what + ": shape", entry.shape);
  std::vector<std::uint64_t> offsets;
  decode(member(json, what, "data_offsets"), what + ": data_offsets", offsets);
  if (offsets.size() != 2) fail_type(what + ": data_offsets", "a pair");
  entry.begin = offsets[0];
  entry.end = offsets[1];
  return entry;
}

}  // namespace

std::string header_to_json(const FileHeader& header) {
  Json json = Json::object();
  json["__metadata__"] = Json(header.metadata);
  for (const TensorEntry& entry : header.tensors) {
    json[entry.name] = {{"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
  }
  return dump(json);
}

FileHeader header_from_json(std::string_view text) {
  const Json json = parse(text, "the header");
  if (!json.is_object()) fail_type("the header", "an object");
  FileHeader header;
  for (const auto& [name, value] : json.items()) {
    if (name != "__metadata__") {
      header.tensors.push_back(entry_from_json(name, value));
      continue;
    }
    if (value.is_null()) continue;  // as the Python package reads it
    if (!value.is_object()) fail_type("__metadata__", "an object");
    for (const auto& [key, item] : value.items())
      decode(item, fmt::format("metadata \"{}\"", shown(key)), header.metadata[key]);
  }
  return header;
}

std::string training_to_json(const TrainingParams& params) {
  return dump(training_json(params));
}

std::string all_training_to_json(const TrainingParams& params) {
  return dump(all_of(params));
}

TrainingParams training_from_json(std::string_view text) {
  const Json json = parse(text, "metadata \"training\"");
  TrainingParams params;
  visit_fields(params, [&](const Section& section, const Field& field, auto& value) {
    const std::string where = fmt::format("training.{}", section.name);
    const Json& fields = member(json, "training", section.name);
    if (field.may_lack && fields.is_object() && !fields.contains(field.name)) return;
    const Json& found = member(fields, where, field.name);
    decode(found, fmt::format("{}.{}", where, field.name), value);
  });
  const Json known = all_of(params);
  Json with_found = known;
  with_found.update(json, true);
  if (with_found != known) {
    const auto path = Json::diff(known, with_found).at(0).at("path").get<std::string>();
    throw std::runtime_error(fmt::format(
        "metadata \"training\" has a field that this version does not know, {}; use the program that wrote it",
        shown(path)));
  }
  return params;
}

std::string first_difference(const TrainingParams& in_checkpoint, const TrainingParams& now) {
  const Json wanted = all_of(now);
  std::string difference;
  visit_fields(in_checkpoint, [&](const Section& section, const Field& field, const auto& value) {
    const Json found = encode(value), &other = wanted[section.name][field.name];
    if (!difference.empty() || found == other) return;
    difference =
        fmt::format("{}.{}: {} in the checkpoint, {} now", section.name, field.name, found.dump(), other.dump());
  });
  return difference;
}

std::string strings_to_json(const std::vector<std::string>& strings) {
  return dump(Json(strings));
}

std::vector<std::string> strings_from_json(std::string_view text) {
  std::vector<std::string> strings;
  decode(parse(text, "a list of names"), "a list of names", strings);
  return strings;
}

std::string sums_to_json(const std::map<std::string, std::vector<double>>& sums) {
  Json json = Json::object();
  for (const auto& [name, values] : sums) {
    Json& list = json[name] = Json::array();
    for (const double value : values) list.push_back(encode(value));
  }
  return dump(json);
}

std::map<std::string, std::vector<double>> sums_from_json(std::string_view text) {
  const Json json = parse(text, "metadata \"sums\"");
  if (!json.is_object()) fail_type("metadata \"sums\"", "an object");
  std::map<std::string, std::vector<double>> sums;
  for (const auto& [name, values] : json.items()) decode(values, fmt::format("sums.{}", shown(name)), sums[name]);
  return sums;
}

bool is_utf8(const std::string& text) {
  try {
    Json(text).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

}  // namespace snn
