#pragma once
// Streams of the front end as data sets of the network: the joint of the two libraries.
#include <string>
#include <vector>

#include "frontend/stream/stream.h"
#include "snn/dataset.h"

namespace tools {

struct LoadedStream {
  ear::Header header;
  snn::Dataset dataset;  ///< classes of the header; labels as indices into them, -1 for an unlabelled record
};

/// Reads all streams one after the other ("-": standard input; an empty list: standard input alone). Throws
/// std::runtime_error if one is damaged, if their headers differ, if they hold events or no record, or if a key stands
/// twice.
LoadedStream load_streams(const std::vector<std::string>& paths);

/// The record as an utterance, its label an index into `classes`; moves its array.
snn::Utterance to_utterance(ear::Record&& record, const std::vector<std::string>& classes);

/// Throws std::runtime_error naming the parameter if a stream was made by another recipe than the model's, or is of
/// another kind.
void check_recipe(const std::string& stream_name, const ear::Header& header, const std::string& model_name,
                  const std::string& recipe_json, const std::string& input_kind);

/// Throws std::runtime_error if the stream has no classes, so no labels to learn or to score.
void require_labels(const std::string& stream_name, const ear::Header& header);

}  // namespace tools
