#include "frontend/stream/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "frontend/base/checksum.h"
#include "frontend/base/text.h"

namespace ear {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "ossicle-stream";
// Every sealed text ends in this with the eight digits in place of the zeros.
constexpr std::string_view kSeal = ",\"crc32\":\"00000000\"}\n";
constexpr std::size_t kDigits = 8;
constexpr std::size_t kAfterDigits = 3;  // quote, brace, line feed
// What bounds the stack and the time of parsing, FORMAT.md 3.1.
constexpr int kMaxDepth = 4;      // header, recipe, tool, params
constexpr int kMaxFields = 4096;  // objects and fields of one text; the library searches all of them for each

std::string dump(const Json& json) {
  try {
    return json.dump();
  } catch (const Json::type_error&) {
    throw std::invalid_argument("a text is not UTF-8");
  }
}

// The object's text with its own checksum as the last field.
std::string seal(const Json& object) {
  std::string text = dump(object);
  text.pop_back();
  text += kSeal;
  const std::string digits = crc_text(crc32(text));
  return text.replace(text.size() - kAfterDigits - kDigits, kDigits, digits);
}

void check_seal(std::string_view text) {
  std::string zeroed(text);
  if (text.size() < kSeal.size()) throw std::runtime_error("too short for its checksum");
  const std::size_t at = text.size() - kAfterDigits - kDigits;
  zeroed.replace(at, kDigits, kDigits, '0');
  if (!std::string_view(zeroed).ends_with(kSeal)) throw std::runtime_error("does not end in its checksum");
  const std::string wanted = crc_text(crc32(zeroed));
  if (text.substr(at, kDigits) != wanted) {
    throw std::runtime_error(fmt::format("checksum {} was stored, {} is right: the bytes were altered",
                                         shown(text.substr(at, kDigits)), wanted));
  }
}

// An object with exactly the named fields.
class Fields {
 public:
  Fields(const Json& object, std::initializer_list<const char*> names) : object_(object) {
    if (!object.is_object()) throw std::runtime_error("not a JSON object");
    for (const char* name : names) {
      if (!object.contains(name)) throw std::runtime_error(fmt::format("field {} is missing", name));
    }
    for (const auto& [name, value] : object.items()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        throw std::runtime_error(fmt::format("field {} is unknown in version {}", shown(name), kStreamVersion));
      }
    }
  }

  const Json& at(const char* name) const { return object_.at(name); }
  const Json& array(const char* name) const {
    if (!at(name).is_array()) fail(name, "a list");
    return at(name);
  }
  std::string text(const char* name) const {
    if (!at(name).is_string()) fail(name, "a string");
    return at(name).get<std::string>();
  }
  double number(const char* name) const {
    if (!at(name).is_number()) fail(name, "a number");
    return at(name).get<double>();
  }
  std::uint64_t count(const char* name, std::uint64_t limit) const {
    const Json& value = at(name);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > limit) {
      fail(name, fmt::format("an integer from 0 to {}", limit));
    }
    return value.get<std::uint64_t>();
  }
  int integer(const char* name) const { return static_cast<int>(count(name, std::numeric_limits<int>::max())); }
  std::uint32_t crc(const char* name) const {
    const std::string digits = text(name);
    std::uint32_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (crc_text(value) != digits) fail(name, "eight hexadecimal digits");
    return value;
  }

 private:
  [[noreturn]] void fail(const char* name, std::string_view wanted) const {
    throw std::runtime_error(fmt::format("field {} is {}, wanted {}", name, shown(at(name).dump()), wanted));
  }
  const Json& object_;
};

Json parse(std::string_view text) {
  using Event = Json::parse_event_t;
  int n_fields = 0;
  const auto limit = [&n_fields](int depth, Event event, const Json&) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    if (opens && depth >= kMaxDepth) {
      throw std::runtime_error(fmt::format("JSON nested deeper than {} levels, which nothing of ours is", kMaxDepth));
    }
    if ((event == Event::object_start || event == Event::key) && ++n_fields > kMaxFields) {
      throw std::runtime_error(fmt::format("JSON of more than {} objects and fields", kMaxFields));
    }
    return true;
  };
  try {
    return Json::parse(text, limit);
  } catch (const Json::parse_error& error) {
    throw std::runtime_error(fmt::format("malformed JSON at byte {}", error.byte));
  } catch (const Json::exception&) {
    throw std::runtime_error("malformed JSON: a number is beyond the range of a double");
  }
}

Json json_of(const Recipe& recipe) {
  Json stages = Json::array();
  for (const RecipeStage& stage : recipe.stages) {
    Json params = Json::object();
    for (const auto& [name, value] : stage.params) {
      const auto* number = std::get_if<double>(&value);
      if (number != nullptr && !std::isfinite(*number)) {
        throw std::invalid_argument(fmt::format("recipe: {}: {} is not finite", stage.tool, name));
      }
      if (params.contains(name)) throw std::invalid_argument(fmt::format("recipe: {}: {} twice", stage.tool, name));
      params[name] = std::visit([](const auto& v) { return Json(v); }, value);
    }
    stages.push_back(Json{{"tool", stage.tool}, {"params", params}});
  }
  return stages;
}

Value value_of(const std::string& name, const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json.is_number_integer() && (!json.is_number_unsigned() || json.get<std::uint64_t>() <= kMax)) {
    return json.get<std::int64_t>();
  }
  throw std::runtime_error(
      fmt::format("recipe: {} is {}, wanted a boolean, a number or a string", shown(name), shown(json.dump())));
}

Recipe recipe_of(const Json& json) {
  if (!json.is_array()) throw std::runtime_error("recipe: wanted a list of tools");
  Recipe recipe;
  for (const Json& item : json) {
    const Fields fields(item, {"tool", "params"});
    if (!fields.at("params").is_object()) throw std::runtime_error("recipe: params is not a JSON object");
    RecipeStage stage{fields.text("tool"), {}};
    for (const auto& [name, value] : fields.at("params").items())
      stage.params.emplace_back(name, value_of(name, value));
    recipe.stages.push_back(std::move(stage));
  }
  return recipe;
}

std::vector<std::string> strings_of(const char* field, const Json& list) {
  std::vector<std::string> strings;
  for (const Json& text : list) {
    if (!text.is_string()) throw std::runtime_error(fmt::format("{}: wanted a list of strings", field));
    strings.push_back(text.get<std::string>());
  }
  return strings;
}

Kind kind_of(const std::string& name) {
  for (const Kind kind : {Kind::kCochleagram, Kind::kRaster, Kind::kCounts, Kind::kEvents}) {
    if (name == kind_name(kind)) return kind;
  }
  throw std::runtime_error(fmt::format("kind {} is unknown in version {}", shown(name), kStreamVersion));
}

void check_version(const Json& json) {
  if (!json.is_object() || json.value("format", Json()) != kFormat) {
    throw std::runtime_error(fmt::format("not the header of an {}", kFormat));
  }
  const Json version = json.value("version", Json());
  if (version != kStreamVersion) {
    throw std::runtime_error(fmt::format("stream of version {}, this program reads version {}; make the stream again",
                                         shown(version.dump()), kStreamVersion));
  }
}

}  // namespace

std::string header_json(const Header& header) {
  Json json{{"format", kFormat},
            {"version", kStreamVersion},
            {"kind", kind_name(header.kind)},
            {"n_channels", header.n_channels},
            {"dt_ms", header.dt_ms ? Json(*header.dt_ms) : Json()},
            {"classes", header.classes},
            {"recipe", json_of(header.recipe)}};
  json["made_by"] = Json::array();
  for (const auto& [name, value] : header.made_by) json["made_by"].push_back(Json::array({name, value}));
  std::string text = seal(json);
  parse(text);  // no reader would take a recipe of too many fields
  return text;
}

std::string record_json(const Record& record, std::uint32_t npy_crc) {
  return seal(Json{{"key", record.key},
                   {"label", record.label},
                   {"sequence", record.sequence},
                   {"speaker", record.speaker},
                   {"n_steps", record.n_steps},
                   {"dt_ms", record.dt_ms},
                   {"decimation", record.decimation},
                   {"npy_crc32", crc_text(npy_crc)}});
}

std::string end_json(std::size_t n_records, std::uint32_t keys_crc) {
  return seal(Json{{"n_records", n_records}, {"keys_crc32", crc_text(keys_crc)}});
}

Header parse_header(std::string_view text) {
  const Json json = parse(text);
  check_version(json);
  check_seal(text);
  const Fields fields(json,
                      {"format", "version", "kind", "n_channels", "dt_ms", "classes", "recipe", "made_by", "crc32"});
  Header header;
  header.kind = kind_of(fields.text("kind"));
  header.n_channels = fields.integer("n_channels");
  if (!fields.at("dt_ms").is_null()) header.dt_ms = fields.number("dt_ms");
  header.classes = strings_of("classes", fields.array("classes"));
  header.recipe = recipe_of(fields.at("recipe"));
  for (const Json& pair : fields.array("made_by")) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      throw std::runtime_error("made_by: wanted a list of pairs of strings");
    }
    header.made_by.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
  }
  return header;
}

std::uint32_t parse_record(std::string_view text, Record& record) {
  check_seal(text);
  const Json json = parse(text);
  const Fields fields(json,
                      {"key", "label", "sequence", "speaker", "n_steps", "dt_ms", "decimation", "npy_crc32", "crc32"});
  record.key = fields.text("key");
  record.label = fields.text("label");
  record.sequence = strings_of("sequence", fields.array("sequence"));
  record.speaker = fields.text("speaker");
  record.n_steps = fields.integer("n_steps");
  record.dt_ms = fields.number("dt_ms");
  record.decimation = fields.integer("decimation");
  return fields.crc("npy_crc32");
}

EndMember parse_end(std::string_view text) {
  check_seal(text);
  const Json json = parse(text);
  const Fields fields(json, {"n_records", "keys_crc32", "crc32"});
  return {static_cast<std::size_t>(fields.count("n_records", std::numeric_limits<std::uint64_t>::max())),
          fields.crc("keys_crc32")};
}

std::string to_json(const Recipe& recipe) {
  return dump(json_of(recipe));
}

Recipe parse_recipe(const std::string& json) {
  return recipe_of(parse(json));
}

}  // namespace ear
