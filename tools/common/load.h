#pragma once
// Streams of the front end as data sets of the network: the joint of the two libraries.
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "frontend/stream/stream.h"
#include "snn/data/dataset.h"
#include "snn/files/model_file.h"
#include "tools/common/record_source.h"

namespace tools {

class Context;

/// The utterances of several streams, one after the other, as they are wanted.
class UtteranceSource {
 public:
  /// Opens the first ("-": standard input; an empty list: standard input alone). Throws std::runtime_error for what is no
  /// stream and for events.
  explicit UtteranceSource(const std::vector<std::string>& paths, Classes classes = Classes::kSame);

  /// The first stream's.
  const ear::Header& header() const { return records_.header(); }
  /// How much has been read: RecordSource::share().
  std::optional<double> share() const { return records_.share(); }
  /// Of the utterances so far: duration of the longest one and of all, ms.
  double longest_ms() const { return longest_ms_; }
  double total_ms() const { return total_ms_; }
  /// The next utterance, its label an index into `classes`; false after the last. Throws std::runtime_error if a stream is
  /// damaged, if headers differ, if a key stands twice, and if there was no record at all.
  bool next(snn::Utterance& utterance, const std::vector<std::string>& classes);

 private:
  RecordSource records_;
  double longest_ms_ = 0.0, total_ms_ = 0.0;
  std::unordered_set<std::string> keys_;
};

struct LoadedStream {
  ear::Header header;
  double longest_ms = 0.0;  ///< duration of the longest utterance, ms
  snn::Dataset dataset;     ///< classes of the header; labels as indices into them, -1 for an unlabelled record
};

/// All utterances of a source of those paths. Throws what it throws.
LoadedStream load_streams(const std::vector<std::string>& paths);

/// The model at `path` ("-": standard input), a named pipe too. `usage` is what to do where it is something else: "the model
/// comes first: ossicle-eval MODEL STREAM". Throws std::runtime_error.
snn::Model read_model(const std::string& path, std::string_view usage = {});
/// The same of a file that is known to be one. The sizes in a regular file are checked before its data are read.
snn::Model read_model(InputFile& file);
inline constexpr std::size_t kMaxModelBytes = std::size_t{1} << 33;

/// n_steps times the length of a step, ms.
double duration_ms(const ear::Record& record);

/// The record as an utterance, its label an index into `classes`; moves its array.
snn::Utterance to_utterance(ear::Record&& record, const std::vector<std::string>& classes);

/// Throws std::runtime_error naming the parameter if a stream was made by another recipe than the model's, or is of
/// another kind.
void check_recipe(const std::string& stream_name, const ear::Header& header, const std::string& model_name,
                  const std::string& recipe_json, const std::string& input_kind);

/// The recipe in a model's metadata. Throws std::runtime_error naming the model for text that is none.
ear::Recipe recipe_of(const std::string& recipe_json, const std::string& model_name);

/// Why a model without a calibration has none, as the rest of a sentence: "has seen no validation part". With one it has none if it is
/// from before there were calibrations (snn/MODEL.md: then it lacks longest_ms too), or if all of that part was silent to it.
std::string why_no_calibration(const snn::Model& model);

/// Throws std::runtime_error naming the model, why, and what to do if it has no calibration, so no confidences.
void require_calibration(const snn::Model& model, const std::string& model_name);

/// Throws std::runtime_error if the stream has no classes, so no labels to learn or to score.
void require_labels(const std::string& stream_name, const ear::Header& header);

/// Warns of names that a reader takes for one, ear::look_alikes(). `what`: of what they are names, "labels".
void warn_of_look_alikes(const std::vector<std::string>& names, const char* what, Context& context);

}  // namespace tools
