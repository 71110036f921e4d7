#pragma once
// NumPy's npz: all records of a stream as a few arrays (README.md of this folder lists them).
#include <memory>
#include <string>

#include "frontend/exchange/records.h"

namespace ear {

/// Most records of an npz: the metadata of all are held in memory, some 100 bytes and the texts of each.
inline constexpr std::size_t kMaxNpzRecords = std::size_t{1} << 24;

/// Writes X [N][T][C] (T: the longest record's steps; shorter ones end in zeros) or, for events, X [E][2] and offsets [N+1];
/// y, keys, n_steps, speakers, sequences, dt_ms, decimation, classes, header. numpy.load reads all of them without pickle.
/// Memory: the metadata of all records, one record. The numbers wait in a file without a name in `spool_folder`, since
/// X's shape stands before them: as many bytes as the stream has, beside the output.
class NpzWriter : public RecordSink {
 public:
  /// `fd`: a new file. Throws std::invalid_argument as RecordSink and for classes that NumPy cannot keep, std::system_error.
  NpzWriter(int fd, std::string name, Header header, const std::string& spool_folder);
  ~NpzWriter() override;
  std::vector<std::string> close() override;

 private:
  void put(const Record& record) override;
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads an npz: one that NpzWriter wrote, whose records then equal those written; any other with X [N][T][C] of numbers and
/// optionally y (whole numbers from 0, -1: not known; or texts), keys, n_steps, speakers and classes; or one without X whose
/// arrays of two axes [T][C] are a record each, with their names as keys. One record's numbers are in memory at a time.
/// Throws std::runtime_error, naming file and array, for what is damaged, cut or does not fit together, std::invalid_argument
/// for params that are missing, or set where the file says it itself.
std::unique_ptr<RecordSource> open_npz(const std::string& path, const ForeignParams& params);

}  // namespace ear
