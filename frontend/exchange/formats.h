#pragma once
// The formats of this folder, each read and written as records. README.md says what each of them keeps, and what memory it takes.
//
// Readers throw std::runtime_error naming file and array, key or row for what is damaged, cut or does not fit together, and
// std::invalid_argument for params that are missing, or set where the file says it itself. Files that a writer of this project made
// are read as the records that were written, and must not have changed since. Writers throw as RecordWriter does;
// `name` stands in messages.
#include <memory>
#include <optional>
#include <string>

#include "frontend/events/event_source.h"
#include "frontend/events/text_events.h"
#include "frontend/exchange/records.h"

namespace ear {

/// Most records of an npz: the metadata of all are held in memory, some 100 bytes and the texts of each.
inline constexpr std::size_t kMaxNpzRecords = std::size_t{1} << 24;

/// NumPy's npz: X [N][T][C] (T: the longest record's steps; shorter ones end in zeros) or, for events, X [E][2] and offsets [N+1];
/// y, keys, n_steps, speakers, sequences, dt_ms, decimation, classes, header. Into a new file; the numbers wait in a file
/// without a name in `spool_folder`, since X's shape stands before them: as many bytes as the stream has.
std::unique_ptr<RecordWriter> make_npz_writer(int fd, std::string name, Header header, const std::string& spool_folder);
/// From elsewhere X [N][T][C] of numbers and optionally y (whole numbers from 0, -1: not known; or texts), keys, n_steps, speakers
/// and classes; or no X, and arrays of two axes [T][C] that are a record each, with their names as keys.
std::unique_ptr<RecordReader> open_npz(const std::string& path, const ForeignParams& params);

/// Kaldi's feats.ark, feats.scp, text (the labels' words), utt2spk, utt2num_frames and, where all records share the step's length,
/// frame_shift (s); beside them ossicle_header.json and ossicle_records.json, from which the way back loses nothing. Tables
/// are sorted by bytes, as Kaldi wants them. Every number is written as float: exact. Into an empty folder; `shown_folder`
/// is where it will lie in the end, and stands in feats.scp. Throws std::invalid_argument for events, which are no matrix over time.
std::unique_ptr<RecordWriter> make_kaldi_writer(const std::string& folder, std::string shown_folder, Header header);
/// The archive alone, into an open file or pipe: labels are not in it.
std::unique_ptr<RecordWriter> make_kaldi_ark_writer(int fd, std::string name, Header header);
/// From elsewhere a folder with feats.ark, or with feats.scp whose lines are `key FILE:BYTE`, and with text, utt2spk and frame_shift
/// where they are there. One word is a label, several are a sequence.
std::unique_ptr<RecordReader> open_kaldi_folder(const std::string& folder, const ForeignParams& params);

/// Tables beside an archive that comes alone.
struct KaldiTables {
  std::optional<std::string> text;     ///< contents of a table `key word ...`; then every key must stand in it
  std::optional<std::string> utt2spk;  ///< contents of a table `key speaker`
};
/// An archive from a file or pipe; the descriptor must outlive the reader.
std::unique_ptr<RecordReader> open_kaldi_ark(int fd, const std::string& name, const KaldiTables& tables,
                                             const ForeignParams& params);

/// HDF5 in the layout of the Spiking Heidelberg Digits (frontend/events/shd.h), which Tonic, snnTorch and others read: /spikes/times (s,
/// float64, variable length), /spikes/units (channels), /labels (numbers of classes, -1: not known), /extra/keys (names of the
/// classes), /extra/speaker (numbers of speakers) and, for the way back, /ossicle/header and /ossicle/records (JSON, FORMAT.md
/// 3) and /ossicle/speakers. An event of step k is given the middle of the step, (k + 1/2) dt, so that no rounding moves it into
/// another bin; n spikes in a step are n events. Replaces `path`. Throws std::invalid_argument for cochleagrams, which are no spikes.
std::unique_ptr<RecordWriter> make_shd_writer(const std::string& path, std::string name, Header header);
/// From elsewhere a file in SHD's or SSC's layout, as events_as_records(). libhdf5 works in a process of its own, as in
/// open_hdf5_events().
std::unique_ptr<RecordReader> open_shd(const std::string& path, const ForeignParams& params);

/// KEY.txt with lines `channel time` for each record (classes.events.txt for the key "classes"), list.tsv (path, label, speaker,
/// key), which ossicle-rebin --list takes, and classes.txt, the names of the classes in their order. Each file's first line is a
/// comment with the unit, the channels and the length. Times are those of make_shd_writer(); n spikes in a step are n lines. Into an
/// empty folder. Throws std::invalid_argument for cochleagrams.
std::unique_ptr<RecordWriter> make_text_writer(std::string folder, std::string name, Header header, TimeUnit unit);

/// Length of a step of events where none is set: 1 us, finer than the sensors and models that make events count (Tonic's unit, too).
inline constexpr double kEventStep_ms = 0.001;

/// Step k holds the events with times in [k dt, (k + 1) dt). A recording has as many steps as reach its last event and cover its
/// duration where that is known, at least 1. A recording that cannot be used has its error set, and the next one follows.
/// `format` stands in the recipe. Throws std::invalid_argument for a step that is not above 0, for another kind than events, and
/// for classes, which come from the source.
std::unique_ptr<RecordReader> events_as_records(std::unique_ptr<EventSource> events, const ForeignParams& params,
                                                const std::string& format);

}  // namespace ear
