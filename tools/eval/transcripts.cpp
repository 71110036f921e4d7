#include "tools/eval/transcripts.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "frontend/base/text.h"
#include "frontend/stream/list.h"
#include "frontend/stream/stream.h"
#include "snn/score/answer.h"
#include "tools/common/io.h"

namespace tools {

namespace {

using Words = std::vector<std::string>;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr const char* kWanted = "lines KEY<TAB>WORD WORD ...";

/// Recordings by key, with the keys in their order.
struct Transcripts {
  std::vector<std::string> keys;
  std::map<std::string, Words> words;

  Words& add(const std::string& key) {
    const auto [at, is_new] = words.try_emplace(key);
    if (is_new) keys.push_back(key);
    return at->second;
  }
};

/// Also of a label, so that "turn left" is two words in whatever file it stands.
void add_words(std::string_view text, Words& words) {
  std::istringstream parts{std::string(text)};
  for (std::string word; parts >> word;) words.push_back(word);
}

[[noreturn]] void fail(const std::string& file, int line, const std::string& what) {
  throw std::runtime_error(fmt::format("{}, line {}: {}", file, line, what));
}

Transcripts parse_lines(std::string_view text, const std::string& name) {
  Transcripts all;
  for (const auto& [number, line] : ear::lines_of(text, name)) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab == 0) {
      fail(name, number, fmt::format("has no key with a tab behind it; wanted are {}", kWanted));
    }
    const std::string key(line.substr(0, tab));
    if (all.words.contains(key)) fail(name, number, fmt::format("key {} stands there twice", ear::shown(key)));
    add_words(line.substr(tab), all.add(key));
  }
  return all;
}

/// The key of a line of JSON among those of the reference.
std::string key_of(const Json& line, const Transcripts& reference) {
  const auto path = line.find("path");
  if (path != line.end()) {
    const auto key = path->get<std::string>();
    return reference.words.contains(key) ? key : ear::key_of_path(key);
  }
  if (reference.keys.size() == 1) return reference.keys.front();
  throw std::runtime_error(fmt::format("has no \"path\", and the reference has {} recordings", reference.keys.size()));
}

Transcripts parse_json_lines(std::string_view text, const std::string& name, const Transcripts& reference) {
  Transcripts all;
  std::map<std::string, std::string> paths;  // by key
  for (const auto& [number, line] : ear::lines_of(text, name)) {
    try {
      const Json object = Json::parse(line);
      if (!object.value("final", true)) continue;  // a guess
      const std::string key = key_of(object, reference), path = object.value("path", key);
      const auto& first = paths.try_emplace(key, path).first->second;
      if (first != path) throw std::runtime_error(fmt::format("{} and {} have one key, {}", first, path, key));
      add_words(object.at("label").get<std::string>(), all.add(key));
    } catch (const Json::exception&) {
      fail(name, number, "is not a JSON object with a text \"label\" (and \"path\")");
    } catch (const std::runtime_error& error) {
      fail(name, number, error.what());
    }
  }
  return all;
}

Transcripts read_stream(InputFile& file) {
  Transcripts all;
  ear::Reader reader(file.input(), file.name());
  for (ear::Record record; reader.next(record);) {
    Words& words = all.add(record.key);
    for (const std::string& label : record.sequence) add_words(label, words);
    add_words(record.label, words);
  }
  return all;
}

/// What is no word goes.
void keep_words(Transcripts& all) {
  for (auto& [key, words] : all.words) {
    std::erase_if(words, [](const auto& word) { return word == snn::kSilenceName || word == snn::kUnknownName; });
  }
}

Transcripts read_reference(const std::string& path) {
  InputFile file(path, kWanted);
  if (kind_of(file) == FileKind::kStream) return read_stream(file);
  require_kind(file, FileKind::kText, fmt::format("{}, or a stream", kWanted));
  Transcripts all = parse_lines(read_file(file, kMaxBytes), file.name());
  if (all.keys.empty()) throw std::runtime_error(fmt::format("{}: holds no line", file.name()));
  return all;
}

Transcripts read_found(const std::string& path, const Transcripts& reference) {
  InputFile file(path, "words that were found");
  if (kind_of(file) == FileKind::kEmpty) return {};  // nothing was found
  require_kind(file, FileKind::kText, fmt::format("{}, or lines of JSON", kWanted));
  const std::string text = read_file(file, kMaxBytes);
  const std::string_view marked = ear::without_mark(text, file.name());
  const std::size_t first = marked.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && marked[first] == '{';
  Transcripts all = is_json ? parse_json_lines(text, file.name(), reference) : parse_lines(text, file.name());
  keep_words(all);
  return all;
}

Json to_json(const snn::WordErrors& errors) {
  return {{"word_error_rate", errors.n_words > 0 ? Json(errors.rate()) : Json()},
          {"n_words", errors.n_words},
          {"n_correct", errors.n_correct()},
          {"n_substitutions", errors.n_substitutions},
          {"n_deletions", errors.n_deletions},
          {"n_insertions", errors.n_insertions}};
}

std::string percent(const snn::WordErrors& errors) {
  return errors.n_words > 0 ? fmt::format("{:.2f} %", 100.0 * errors.rate()) : "-";
}

}  // namespace

TranscriptScores::TranscriptScores(const std::string& reference_path, const std::string& found_path, Context& context) {
  Transcripts reference = read_reference(reference_path);
  keep_words(reference);
  const Transcripts found = read_found(found_path, reference);
  std::vector<std::string> missing;
  for (const std::string& key : reference.keys) {
    const auto at = found.words.find(key);
    if (at == found.words.end()) missing.push_back(key);
    by_key_.emplace_back(key,
                         snn::word_errors(reference.words.at(key), at == found.words.end() ? Words{} : at->second));
    all_.add(by_key_.back().second);
  }
  for (const std::string& key : found.keys) {
    if (reference.words.contains(key)) continue;
    context.fail_record(
        fmt::format("{}: recording {} is not in {}; left out", found_path, ear::shown(key), reference_path));
  }
  if (missing.empty()) return;
  context.note(fmt::format("{} of {} recordings have no words in {}, {} first: theirs count as deleted", missing.size(),
                           reference.keys.size(), found_path, ear::shown(missing.front())));
}

std::string TranscriptScores::text() const {
  std::size_t width = 3;
  for (const auto& [key, errors] : by_key_) width = std::max(width, ear::one_line(key).size());
  std::string text = fmt::format(
      "word error rate {}: {} substitutions, {} deletions, {} insertions, {} words of {} recordings\n", percent(all_),
      all_.n_substitutions, all_.n_deletions, all_.n_insertions, all_.n_words, by_key_.size());
  constexpr const char* kRow = "  {:<{}}  {:>9}  {:>6}  {:>6}  {:>6}  {:>6}\n";
  text += fmt::format(kRow, "key", width, "rate", "words", "subst", "del", "ins");
  for (const auto& [key, errors] : by_key_) {
    text += fmt::format(kRow, ear::one_line(key), width, percent(errors), errors.n_words, errors.n_substitutions,
                        errors.n_deletions, errors.n_insertions);
  }
  return text;
}

std::string TranscriptScores::json() const {
  Json report = to_json(all_);
  report["n_recordings"] = by_key_.size();
  Json& by_key = report["per_recording"] = Json::object();
  for (const auto& [key, errors] : by_key_) by_key[key] = to_json(errors);
  return report.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tools
