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
#include "frontend/base/require.h"
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
  demand(text.size() >= kSeal.size(), "too short for its checksum");
  const std::size_t at = text.size() - kAfterDigits - kDigits;
  zeroed.replace(at, kDigits, kDigits, '0');
  demand(zeroed.ends_with(kSeal), "does not end in its checksum");
  const std::string wanted = crc_text(crc32(zeroed));
  demand(text.substr(at, kDigits) == wanted, "checksum {} was stored, {} is right: the bytes were altered",
         shown(text.substr(at, kDigits)), wanted);
}

// An object with exactly the named fields.
class Fields {
 public:
  Fields(const Json& object, std::initializer_list<const char*> names) : object_(object) {
    demand(object.is_object(), "not a JSON object");
    for (const char* name : names) demand(object.contains(name), "field {} is missing", name);
    for (const auto& [name, value] : object.items()) {
      if (std::ranges::find(names, name) != names.end()) continue;
      demand(false, "field {} is unknown in version {}", shown(name), kStreamVersion);
    }
  }

  const Json& at(const char* name) const { return object_.at(name); }
  const Json& array(const char* name) const { return checked(name, at(name).is_array(), "a list"); }
  std::string text(const char* name) const { return checked(name, at(name).is_string(), "a string"); }
  double number(const char* name) const { return checked(name, at(name).is_number(), "a number"); }
  std::vector<std::string> texts(const char* name) const {
    const bool are_texts = std::ranges::all_of(array(name), [](const Json& text) { return text.is_string(); });
    return checked(name, are_texts, "a list of strings");
  }
  std::uint64_t count(const char* name, std::uint64_t limit) const {
    const bool is_count = at(name).is_number_unsigned() && at(name).get<std::uint64_t>() <= limit;
    return checked(name, is_count, fmt::format("an integer from 0 to {}", limit));
  }
  int integer(const char* name) const { return static_cast<int>(count(name, std::numeric_limits<int>::max())); }
  std::uint32_t crc(const char* name) const {
    const std::string digits = text(name);
    std::uint32_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    checked(name, crc_text(value) == digits, "eight hexadecimal digits");
    return value;
  }

 private:
  const Json& checked(const char* name, bool is_wanted, std::string_view wanted) const {
    if (!is_wanted) demand(false, "field {} is {}, wanted {}", name, shown(at(name).dump()), wanted);
    return at(name);
  }
  const Json& object_;
};

Json parse(std::string_view text) {
  using Event = Json::parse_event_t;
  int n_fields = 0;
  const auto limit = [&n_fields](int depth, Event event, const Json&) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    demand(!opens || depth < kMaxDepth, "JSON nested deeper than {} levels, which nothing of ours is", kMaxDepth);
    if (event == Event::object_start || event == Event::key) ++n_fields;
    demand(n_fields <= kMaxFields, "JSON of more than {} objects and fields", kMaxFields);
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
      require(number == nullptr || std::isfinite(*number), "recipe: {}: {} is not finite", stage.tool, name);
      require(!params.contains(name), "recipe: {}: {} twice", stage.tool, name);
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
  demand(json.is_array(), "recipe: wanted a list of tools");
  Recipe recipe;
  for (const Json& item : json) {
    const Fields fields(item, {"tool", "params"});
    demand(fields.at("params").is_object(), "recipe: params is not a JSON object");
    RecipeStage stage{fields.text("tool"), {}};
    for (const auto& [name, value] : fields.at("params").items())
      stage.params.emplace_back(name, value_of(name, value));
    recipe.stages.push_back(std::move(stage));
  }
  return recipe;
}

Kind kind_of(const std::string& name) {
  for (const Kind kind : {Kind::kCochleagram, Kind::kRaster, Kind::kCounts, Kind::kEvents}) {
    if (name == kind_name(kind)) return kind;
  }
  throw std::runtime_error(fmt::format("kind {} is unknown in version {}", shown(name), kStreamVersion));
}

void check_version(const Json& json) {
  demand(json.is_object() && json.value("format", Json()) == kFormat, "not the header of an {}", kFormat);
  const Json version = json.value("version", Json());
  demand(version == kStreamVersion, "stream of version {}, this program reads version {}; make the stream again",
         shown(version.dump()), kStreamVersion);
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
  header.classes = fields.texts("classes");
  header.recipe = recipe_of(fields.at("recipe"));
  for (const Json& pair : fields.array("made_by")) {
    demand(pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string(),
           "made_by: wanted a list of pairs of strings");
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
  record.sequence = fields.texts("sequence");
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
