#pragma once
// Files of records of any format, opened to read and to write.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "frontend/events/text_events.h"
#include "frontend/exchange/records.h"
#include "frontend/stream/list.h"
#include "tools/common/hidden_output.h"
#include "tools/common/io.h"

namespace tools {

/// What a person sets for records.
struct RecordConversion {
  ear::ForeignParams foreign;
  std::string kind;               ///< name of foreign.kind
  std::string classes;            ///< file of class names
  std::string labels;             ///< Kaldi archive alone: table `key word ...`
  std::string speakers;           ///< Kaldi archive alone: table `key speaker`
  std::string time_unit;          ///< text: "s", "ms" or "us"
  std::optional<int> n_channels;  ///< text as input
  std::string shard_text = "1/1";
  ear::Shard shard;
};

/// An input of records, with what must live as long as it is read.
class RecordInput {
 public:
  /// Throws what the format's reader throws, and std::invalid_argument for flags that are missing.
  RecordInput(const std::string& format, const std::string& path, const RecordConversion& conversion);
  ear::RecordReader& source() { return *source_; }
  /// The open file; none of a folder, and of formats that open it by its name.
  const InputFile* file() const { return file_.get(); }

 private:
  void open_text(const std::string& path, const RecordConversion& conversion);

  std::unique_ptr<InputFile> file_;
  std::vector<ear::ListEntry> entries_;
  std::unique_ptr<ear::RecordReader> source_;
};

/// A folder as output, all of it or nothing: files are written into a hidden folder beside it; commit() syncs and renames it. Without commit() it is removed.
class OutputFolder {
 public:
  /// Throws std::runtime_error for what is there already and is not an empty folder, and for a missing parent;
  /// std::system_error.
  explicit OutputFolder(const std::string& path);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where the files go until commit().
  std::string aside() const { return aside_->path().string(); }
  void commit();

 private:
  std::string name_;
  std::optional<HiddenOutput> aside_;
};

/// An output of records, written aside.
class RecordOutput {
 public:
  /// Throws what the format's writer throws, and std::runtime_error for a pipe where the format cannot go through one.
  RecordOutput(const std::string& format, const std::string& path, const ear::Header& header,
               const RecordConversion& conversion);
  ear::RecordWriter& sink() { return *sink_; }
  /// Closes the sink, makes the output final and returns the sink's lines.
  std::vector<std::string> commit();

 private:
  std::unique_ptr<OutputFile> file_;
  std::unique_ptr<OutputFolder> folder_;
  std::unique_ptr<ear::RecordWriter> sink_;
};

}  // namespace tools
