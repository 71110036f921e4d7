#pragma once
// Kaldi's folders of features: an archive of matrices [step][channel] and tables of labels and speakers.
#include <memory>
#include <optional>
#include <string>

#include "frontend/exchange/records.h"

namespace ear {

/// Writes feats.ark, feats.scp, text (the labels' words), utt2spk, utt2num_frames and, where all records share the step's length,
/// frame_shift (s); beside them ossicle_header.json and ossicle_records.json, from which the way back loses nothing. Tables
/// are sorted by bytes, as Kaldi wants them. Every number is written as float: exact. Memory: the tables.
class KaldiWriter : public RecordSink {
 public:
  /// Into an empty folder; `shown_folder` is where it will lie in the end, and stands in feats.scp. Throws
  /// std::invalid_argument for events, which are no matrix over time, std::system_error.
  KaldiWriter(const std::string& folder, std::string shown_folder, Header header);
  /// The archive alone, into an open file or pipe: labels are not in it.
  KaldiWriter(int fd, std::string name, Header header);
  ~KaldiWriter() override;
  std::vector<std::string> close() override;

 private:
  void put(const Record& record) override;
  struct State;
  std::unique_ptr<State> state_;
};

/// Tables beside an archive that comes alone.
struct KaldiTables {
  std::optional<std::string> text;     ///< contents of a table `key word ...`; then every key must stand in it
  std::optional<std::string> utt2spk;  ///< contents of a table `key speaker`
};

/// A folder of KaldiWriter, whose numbers must be as they were written; or any other with feats.ark, or with feats.scp whose
/// lines are `key FILE:BYTE`, and with text, utt2spk and frame_shift where they are there. One word is a label, several are a
/// sequence. Throws std::runtime_error naming file, key and byte, std::invalid_argument for params that are missing or set where
/// the folder says it itself.
std::unique_ptr<RecordSource> open_kaldi_folder(const std::string& folder, const ForeignParams& params);

/// An archive from a file or pipe; the descriptor must outlive the source.
std::unique_ptr<RecordSource> open_kaldi_ark(int fd, const std::string& name, const KaldiTables& tables,
                                             const ForeignParams& params);

}  // namespace ear
