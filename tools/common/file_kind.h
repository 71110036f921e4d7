#pragma once
// What a file is, by its first bytes: one answer for all tools.
#include <string>
#include <string_view>

namespace tools {

class InputFile;

enum class FileKind {
  kEmpty,
  kStream,       ///< of ossicle-lyon and the others, in whatever dialect of tar: ustar, pax, GNU
  kTar,          ///< any other tar
  kModel,        ///< of ossicle-train
  kCheckpoint,   ///< of ossicle-train
  kSafetensors,  ///< weights of another program
  kHdf5,
  kGzip,
  kZstd,
  kNpz,  ///< a zip whose first member is an array
  kZip,  ///< any other zip
  kNpy,
  kKaldi,  ///< a binary archive of Kaldi
  kSound,
  kList,  ///< of recordings: a first line with the columns' names, "path" among them
  kLog,   ///< of ossicle-train
  kText,
  kZeros,  ///< a block of them: a device, or a damaged file
  kUnknown
};

/// By up to 4,096 first bytes.
FileKind kind_of(std::string_view first_bytes);

/// By the next bytes of an open file, which stay its next bytes. Of a pipe it waits for so many that a stream is known by them, or
/// for its end. Throws std::system_error.
FileKind kind_of(InputFile& file);

/// Follows "is": "a stream", "an HDF5 file", "empty".
std::string_view name_of(FileKind kind);

/// Whether a terminal can show it.
bool is_text(FileKind kind);

/// Throws std::runtime_error: "NAME: is FOUND, wanted WANTED; REMEDY". A remedy for `found` itself, such as to decompress it,
/// comes before the given one; both may be empty.
[[noreturn]] void refuse_kind(const std::string& name, FileKind found, std::string_view wanted,
                              std::string_view remedy = {});

/// Throw like refuse_kind() for a file that is seen to be something else. What is not known passes: its reader says more.
void require_stream(InputFile& file);
/// `usage` is the remedy: "the model comes first: ossicle-eval MODEL STREAM".
void require_model(InputFile& file, std::string_view usage = {});
/// Text passes too. `wanted` is `kind` in words, `way_of_list` the remedy where a list of recordings is found.
void require_kind(InputFile& file, FileKind kind, std::string_view wanted, std::string_view way_of_list = {});

}  // namespace tools
