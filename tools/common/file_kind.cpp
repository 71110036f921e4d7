#include "tools/common/file_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "frontend/hdf5/hdf5_file.h"
#include "tools/common/io.h"

namespace tools {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kTarBlock = 512;
constexpr std::size_t kFirstLook = kTarBlock;  // all that a stream of ours needs, so that a slow pipe is not waited for
constexpr std::size_t kSecondLook = 4096;

struct Kind {
  std::string_view name;
  std::string_view way_to_stream =
      "give a file that ossicle-lyon, ossicle-rebin, ossicle-encode or ossicle-convert wrote";
};
constexpr std::string_view kConvert = "ossicle-convert makes a stream of it";
constexpr std::string_view kGunzip = "gunzip it first", kUnzstd = "decompress it first, with zstd -d";

/// In the order of FileKind.
constexpr std::array<Kind, 19> kKinds = {{{"empty"},
                                          {"a stream"},
                                          {"a tar but no stream"},
                                          {"a model"},
                                          {"a checkpoint"},
                                          {"a safetensors file of another program"},
                                          {"an HDF5 file", "ossicle-rebin or ossicle-convert makes a stream of it"},
                                          {"a gzip file", kGunzip},
                                          {"a zstd file", kUnzstd},
                                          {"an npz file", kConvert},
                                          {"a zip file", kConvert},
                                          {"an npy file"},
                                          {"an archive of Kaldi", kConvert},
                                          {"a recording", "ossicle-lyon makes a stream of recordings"},
                                          {"a list of recordings", "ossicle-lyon --list makes a stream of it"},
                                          {"the log of a training"},
                                          {"a text file"},
                                          {"all zeros where it begins"},
                                          {"of no kind known here"}}};

const Kind& row_of(FileKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

struct Magic {
  std::string_view bytes;
  FileKind kind;
};
constexpr std::array kMagics = {
    Magic{"\x1f\x8b"sv, FileKind::kGzip},        Magic{"\x28\xb5\x2f\xfd"sv, FileKind::kZstd},
    Magic{"PK\x03\x04"sv, FileKind::kZip},       Magic{"PK\x05\x06"sv, FileKind::kZip},
    Magic{"\x93NUMPY"sv, FileKind::kNpy},        Magic{"RIFF"sv, FileKind::kSound},
    Magic{"RIFX"sv, FileKind::kSound},           Magic{"RF64"sv, FileKind::kSound},
    Magic{"riff"sv, FileKind::kSound},           Magic{"FORM"sv, FileKind::kSound},
    Magic{"fLaC"sv, FileKind::kSound},           Magic{"NIST_1A"sv, FileKind::kSound},
    Magic{"OggS"sv, FileKind::kSound},           Magic{"ID3"sv, FileKind::kSound},
    Magic{".snd"sv, FileKind::kSound},           Magic{"caff"sv, FileKind::kSound},
    Magic{"Creative Voice"sv, FileKind::kSound}, Magic{R"({"epoch":)"sv, FileKind::kLog}};

/// Of what begins as a tar: its first member decides. pax and GNU tar put headers of their own before it.
std::optional<FileKind> kind_of_tar(std::string_view bytes) {
  constexpr std::size_t kSize = 124, kSizeBytes = 12, kType = 156, kMagic = 257;
  constexpr std::string_view kMember = "__header__\0"sv;
  std::optional<FileKind> kind;
  for (;;) {
    const bool is_tar = bytes.size() >= kTarBlock && bytes.substr(kMagic, 5) == "ustar";
    // What was cut within the first block, or damaged there, is for the reader to name.
    if (bytes.starts_with(is_tar ? kMember : kMember.substr(0, kMember.size() - 1))) return FileKind::kStream;
    if (!is_tar) return kind;
    kind = FileKind::kTar;
    if ("xgLK"sv.find(bytes[kType]) == std::string_view::npos) return kind;
    std::uint64_t size = 0;
    std::from_chars(&bytes[kSize], &bytes[kSize] + kSizeBytes, size, 8);
    const std::uint64_t n_skipped = kTarBlock + (size + kTarBlock - 1) / kTarBlock * kTarBlock;
    // Where the member lies beyond what was seen, the reader decides.
    if (n_skipped >= bytes.size()) return FileKind::kUnknown;
    bytes.remove_prefix(static_cast<std::size_t>(n_skipped));
  }
}

/// Of what begins with the length of a JSON text and its brace. Writers sort the metadata, so that a long list of classes
/// may stand before the format; a checkpoint's first field is of its best epoch.
std::optional<FileKind> kind_of_safetensors(std::string_view bytes) {
  constexpr std::uint64_t kMaxHeader = 100'000'000;  // of the format
  std::uint64_t length = 0;
  if (bytes.size() <= sizeof length || bytes[sizeof length] != '{') return std::nullopt;
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length < 2 || length > kMaxHeader) return std::nullopt;
  const std::string_view json = bytes.substr(sizeof length);
  const auto has = [json](std::string_view text) { return json.find(text) != std::string_view::npos; };
  if (has(R"("format":"ossicle-checkpoint")") || json.starts_with(R"({"__metadata__":{"best_)"))
    return FileKind::kCheckpoint;
  if (has(R"("format":"ossicle-model")") || json.starts_with(R"({"__metadata__":{"classes":)")) return FileKind::kModel;
  return FileKind::kSafetensors;
}

/// A key, a blank and the mark of binary data.
bool is_kaldi(std::string_view bytes) {
  const std::size_t end = bytes.find(' ');
  return end != 0 && end != std::string_view::npos && bytes.substr(end + 1, 2) == "\0B"sv &&
         std::ranges::all_of(bytes.substr(0, end), [](unsigned char c) { return c > ' '; });
}

/// Whether the first member of a zip is an array.
bool is_npz(std::string_view bytes) {
  constexpr std::size_t kNameSize = 26, kName = 30;
  std::uint16_t size = 0;
  if (bytes.size() < kName) return false;
  std::memcpy(&size, &bytes[kNameSize], sizeof size);
  return bytes.substr(kName, size).ends_with(".npy");
}

FileKind kind_of_text(std::string_view bytes) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  const auto is_control = [](unsigned char c) {
    return (c < ' ' && "\t\n\r\f"sv.find(static_cast<char>(c)) == std::string_view::npos) || c == '\x7f';
  };
  if (std::ranges::any_of(bytes, is_control)) return FileKind::kUnknown;
  const std::string line = fmt::format("\t{}\t", bytes.substr(0, bytes.find_first_of("\r\n")));
  return line.find("\tpath\t") == std::string::npos ? FileKind::kText : FileKind::kList;
}

}  // namespace

FileKind kind_of(std::string_view bytes) {
  if (bytes.empty()) return FileKind::kEmpty;
  // A tar goes first: its header begins with a name, which may look like anything.
  if (const auto kind = kind_of_tar(bytes)) return *kind;
  for (const auto& [magic, kind] : kMagics) {
    if (bytes.starts_with(magic)) return kind == FileKind::kZip && is_npz(bytes) ? FileKind::kNpz : kind;
  }
  if (ear::is_hdf5(bytes)) return FileKind::kHdf5;
  // To a reader of tar they are the end of one, and /dev/zero has no end.
  if (bytes.size() >= kTarBlock && bytes.find_first_not_of('\0') == std::string_view::npos) return FileKind::kZeros;
  if (const auto kind = kind_of_safetensors(bytes)) return *kind;
  return is_kaldi(bytes) ? FileKind::kKaldi : kind_of_text(bytes);
}

FileKind kind_of(InputFile& file) {
  const FileKind first = kind_of(file.look(kFirstLook));
  return first == FileKind::kStream || first == FileKind::kEmpty ? first : kind_of(file.look(kSecondLook));
}

std::string_view name_of(FileKind kind) {
  return row_of(kind).name;
}

bool is_text(FileKind kind) {
  return kind == FileKind::kText || kind == FileKind::kList || kind == FileKind::kLog;
}

void refuse_kind(const std::string& name, FileKind found, std::string_view wanted, std::string_view remedy) {
  if (found == FileKind::kGzip || found == FileKind::kZstd) remedy = row_of(found).way_to_stream;
  throw std::runtime_error(
      fmt::format("{}: is {}, wanted {}{}{}", name, name_of(found), wanted, remedy.empty() ? "" : "; ", remedy));
}

void require_stream(InputFile& file) {
  const FileKind found = kind_of(file);
  if (found == FileKind::kStream || found == FileKind::kUnknown) return;
  refuse_kind(file.name(), found, "a stream", row_of(found).way_to_stream);
}

void require_model(InputFile& file, std::string_view usage) {
  const FileKind found = kind_of(file);
  if (found == FileKind::kModel || found == FileKind::kSafetensors) return;
  if (found == FileKind::kCheckpoint)
    usage = "its training writes the model beside it, without .ckpt; --resume ends it";
  refuse_kind(file.name(), found, "a model", usage.empty() ? "give a file that ossicle-train wrote" : usage);
}

void require_kind(InputFile& file, FileKind kind, std::string_view wanted, std::string_view way_of_list) {
  const FileKind found = kind_of(file);
  constexpr std::array kPass = {FileKind::kText, FileKind::kUnknown, FileKind::kEmpty};
  if (found == kind || std::ranges::find(kPass, found) != kPass.end()) return;
  refuse_kind(file.name(), found, wanted, found == FileKind::kList ? way_of_list : "");
}

}  // namespace tools
