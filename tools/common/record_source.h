#pragma once
// The records of several streams one after the other, or a shard of them.
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "frontend/stream/list.h"
#include "frontend/stream/stream.h"
#include "tools/common/io.h"

namespace tools {

/// Throws std::runtime_error naming both for a stream that cannot follow the first.
void require_same_header(const ear::Header& header, const std::string& name, const ear::Header& first,
                         const std::string& first_name);

/// Whether streams that follow one another must have the same classes, or may have any because labels do not matter.
enum class Classes { kSame, kAny };

class RecordSource {
 public:
  /// Opens the first of the streams, at least one ("-": standard input), and counts the records of all if there is more
  /// than one shard: all must then be files. `first`: the first of them where it is open already, at its beginning; a named
  /// pipe cannot be opened twice. Throws std::runtime_error for what is no stream or, with shards, no file.
  RecordSource(std::vector<std::string> paths, ear::Shard shard, std::unique_ptr<InputFile> first = nullptr,
               Classes classes = Classes::kSame);

  /// The first stream's. made_by too is of the first.
  const ear::Header& header() const { return header_; }
  /// For messages: the stream that is being read.
  const std::string& name() const { return file_->name(); }
  /// The next record of the shard; false at its end, when all that was not skipped has been checked. Throws
  /// std::runtime_error for a damaged stream, and for one whose header differs from the first's.
  bool next(ear::Record& record);
  /// Records of the shard, where there is more than one.
  std::optional<std::size_t> n_records() const;
  /// How much of the streams' bytes has been read, 0..1; none with shards, or where one of them is no file.
  std::optional<double> share() const;

 private:
  void open(std::size_t index);

  std::vector<std::string> paths_;
  Classes classes_;
  std::vector<double> n_bytes_;  // of each; empty where one is no file
  std::size_t index_ = 0;
  std::unique_ptr<InputFile> file_;
  std::optional<ear::Reader> reader_;
  ear::Header header_;
  std::optional<std::size_t> end_;  // of the shard, in records of all streams; none: all
  std::size_t begin_ = 0;
  std::size_t n_read_ = 0;
  bool at_end_ = false;
};

}  // namespace tools
