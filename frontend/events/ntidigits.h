#pragma once
// N-TIDIGITS18: spoken digits as events of 64 channels of a silicon cochlea, in one HDF5 file.
//
// J. Anumula, D. Neil, T. Delbruck, S.-C. Liu: Feature representations for neuromorphic audio spike streams, Frontiers in
// Neuroscience 12:23, 2018. Layout: `/train_labels` and `/test_labels` hold keys such as man-im-a-7557 (gender, speaker, sample,
// digits); groups `/{train,test}_timestamps` (s) and `/{train,test}_addresses` (channel) hold one list for each key.
#include <string>
#include <utility>
#include <vector>

#include "frontend/events/event_source.h"
#include "frontend/hdf5/hdf5_file.h"
#include "frontend/stream/list.h"

namespace ear {

/// What a person sets.
struct NtidigitsParams {
  std::string part = "train";  ///< "train", what is trained on, or "test"
  /// "official": the file's own groups, with no speaker in both. "ab": sample `a` of every adult is training, `b` test.
  std::string split = "official";
  bool sequences = false;  ///< recordings of several digits too; else single digits alone
  /// The class map: each of o, 1 to 9 and z once. Public programs disagree on the order.
  std::vector<std::string> classes = {"o", "1", "2", "3", "4", "5", "6", "7", "8", "9", "z"};
};

/// The selected recordings in the order of the labels, those of train_labels first. A recording of one digit has a label, one of
/// several a sequence; the speaker is "gender-speaker".
class Ntidigits : public EventSource {
 public:
  static constexpr int kChannels = 64;

  /// Throws std::runtime_error where a needed dataset or group is missing or cannot be read, or nothing is selected;
  /// std::invalid_argument for another part or split, and for classes that are not those eleven.
  Ntidigits(Hdf5Reader reader, NtidigitsParams params, Shard shard);

  const EventSourceInfo& info() const override { return info_; }
  /// Errors of a recording: a key of another form, that stands twice, with unknown digits or that no stream can have; no events
  /// under the key, lists that cannot be read, and what set_stored_events() finds.
  bool next(EventRecord& record) override;

 private:
  struct Entry {
    std::string group;
    std::string key;
    std::string error;
  };

  void select(const std::string& group);
  void note_counts();

  Hdf5Reader reader_;
  NtidigitsParams params_;
  EventSourceInfo info_;
  std::vector<Entry> entries_;
  std::size_t n_left_out_ = 0;  ///< recordings of several digits
  std::size_t next_ = 0;
  std::size_t end_ = 0;
};

/// Whether a file has anything of this layout.
bool has_ntidigits_layout(const Hdf5Reader& reader);

}  // namespace ear
