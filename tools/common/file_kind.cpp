#include "tools/common/file_kind.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "frontend/hdf5/hdf5_file.h"
#include "tools/common/io.h"
#include "tools/common/peek.h"

namespace tools {

namespace {

constexpr std::size_t kTarBlock = 512;
constexpr std::size_t kFirstLook = kTarBlock;  // all that a stream of ours needs, so that a slow pipe is not waited for
constexpr std::size_t kSecondLook = 4096;
constexpr std::string_view kStreamMember = "__header__";

/// The octal number of a field of a tar header; nothing where it is of another form.
std::optional<std::uint64_t> octal(std::string_view field) {
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  std::uint64_t value = 0;
  std::size_t n = 0;
  for (; n < field.size() && field[n] >= '0' && field[n] <= '7'; ++n) value = value * 8 + (field[n] - '0');
  return n > 0 ? std::optional(value) : std::nullopt;
}

/// Whether the block has the checksum of a tar header: the sum of its bytes, those of the sum itself taken as blanks.
bool is_tar_header(std::string_view block) {
  constexpr std::size_t kSum = 148;
  constexpr std::size_t kSumSize = 8;
  if (block.size() < kTarBlock) return false;
  std::uint64_t sum = kSumSize * ' ';
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    if (i < kSum || i >= kSum + kSumSize) sum += static_cast<unsigned char>(block[i]);
  }
  return octal(block.substr(kSum, kSumSize)) == sum;
}

/// Of what begins as a tar: its first member decides. pax and GNU tar put headers of their own before it.
std::optional<FileKind> kind_of_tar(std::string_view bytes) {
  // What was cut within the first block, or damaged there, is for the reader to name.
  if (!is_tar_header(bytes.substr(0, kTarBlock)) && bytes.starts_with(kStreamMember)) return FileKind::kStream;
  constexpr std::size_t kSize = 124;
  constexpr std::size_t kType = 156;
  std::optional<FileKind> kind;
  while (is_tar_header(bytes.substr(0, kTarBlock))) {
    kind = FileKind::kTar;
    if (std::string_view("xgLK").find(bytes[kType]) == std::string_view::npos) {
      const std::string_view name = bytes.substr(0, kStreamMember.size() + 1);
      return name == std::string_view("__header__\0", kStreamMember.size() + 1) ? FileKind::kStream : kind;
    }
    const std::uint64_t size = octal(bytes.substr(kSize, 12)).value_or(0);
    const std::uint64_t blocks = 1 + (size + kTarBlock - 1) / kTarBlock;
    bytes.remove_prefix(static_cast<std::size_t>(std::min<std::uint64_t>(blocks * kTarBlock, bytes.size())));
    // The member lies beyond what was seen: the reader decides.
    if (bytes.empty()) return FileKind::kUnknown;
  }
  return kind;
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
  if (has(R"("format":"ossicle-checkpoint")")) return FileKind::kCheckpoint;
  if (has(R"("format":"ossicle-model")")) return FileKind::kModel;
  if (json.starts_with(R"({"__metadata__":{"best_)")) return FileKind::kCheckpoint;
  if (json.starts_with(R"({"__metadata__":{"classes":)")) return FileKind::kModel;
  return FileKind::kSafetensors;
}

/// A key, a blank and the mark of binary data.
bool is_kaldi(std::string_view bytes) {
  const std::size_t end = bytes.find(' ');
  if (end == 0 || end == std::string_view::npos || bytes.substr(end + 1, 2) != std::string_view("\0B", 2)) return false;
  return std::all_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end),
                     [](char c) { return static_cast<unsigned char>(c) > ' '; });
}

/// Of what begins as a zip: the name of its first member decides.
FileKind kind_of_zip(std::string_view bytes) {
  constexpr std::size_t kNameSize = 26;
  constexpr std::size_t kName = 30;
  if (!bytes.starts_with("PK\x03\x04") || bytes.size() < kName) return FileKind::kZip;
  const auto byte = [bytes](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])); };
  const std::string_view name = bytes.substr(kName, byte(kNameSize) + 256 * byte(kNameSize + 1));
  return name.ends_with(".npy") ? FileKind::kNpz : FileKind::kZip;
}

std::optional<FileKind> kind_by_magic(std::string_view bytes) {
  using namespace std::string_view_literals;
  struct Magic {
    std::string_view bytes;
    FileKind kind;
  };
  static constexpr std::array kMagics = {
      Magic{"\x1f\x8b"sv, FileKind::kGzip},       Magic{"\x28\xb5\x2f\xfd"sv, FileKind::kZstd},
      Magic{"PK\x03\x04"sv, FileKind::kZip},      Magic{"PK\x05\x06"sv, FileKind::kZip},
      Magic{"\x93NUMPY"sv, FileKind::kNpy},       Magic{"RIFF"sv, FileKind::kSound},
      Magic{"RIFX"sv, FileKind::kSound},          Magic{"RF64"sv, FileKind::kSound},
      Magic{"riff"sv, FileKind::kSound},          Magic{"FORM"sv, FileKind::kSound},
      Magic{"fLaC"sv, FileKind::kSound},          Magic{"NIST_1A"sv, FileKind::kSound},
      Magic{"OggS"sv, FileKind::kSound},          Magic{"ID3"sv, FileKind::kSound},
      Magic{".snd"sv, FileKind::kSound},          Magic{"caff"sv, FileKind::kSound},
      Magic{"Creative Voice"sv, FileKind::kSound}};
  const auto* const found =
      std::ranges::find_if(kMagics, [bytes](const Magic& magic) { return bytes.starts_with(magic.bytes); });
  if (found != kMagics.end()) return found->kind == FileKind::kZip ? kind_of_zip(bytes) : found->kind;
  return ear::is_hdf5(bytes) ? std::optional(FileKind::kHdf5) : std::nullopt;
}

FileKind kind_of_text(std::string_view bytes) {
  if (bytes.starts_with(R"({"epoch":)")) return FileKind::kLog;  // whatever a crash left behind it
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && std::string_view("\t\n\r\f").find(c) == std::string_view::npos) ||
           c == '\x7f';
  };
  if (std::any_of(bytes.begin(), bytes.end(), is_control)) return FileKind::kUnknown;
  std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  for (;;) {
    const std::size_t tab = line.find('\t');
    if (line.substr(0, tab) == "path") return FileKind::kList;
    if (tab == std::string_view::npos) return FileKind::kText;
    line.remove_prefix(tab + 1);
  }
}

/// What a file of that kind needs before any tool can take it.
std::string_view first_remedy(FileKind kind) {
  if (kind == FileKind::kGzip) return "gunzip it first";
  if (kind == FileKind::kZstd) return "decompress it first, with zstd -d";
  return "";
}

bool is_regular(const InputFile& file) {
  struct stat status = {};
  return ::fstat(file.fd(), &status) == 0 && S_ISREG(status.st_mode);
}

std::string_view way_to_stream(FileKind found) {
  switch (found) {
    case FileKind::kSound:
      return "ossicle-lyon makes a stream of recordings";
    case FileKind::kList:
      return "ossicle-lyon --list makes a stream of it";
    case FileKind::kHdf5:
      return "ossicle-rebin or ossicle-convert makes a stream of it";
    case FileKind::kNpz:
    case FileKind::kZip:
    case FileKind::kKaldi:
      return "ossicle-convert makes a stream of it";
    default:
      return "give a file that ossicle-lyon, ossicle-rebin, ossicle-encode or ossicle-convert wrote";
  }
}

}  // namespace

FileKind kind_of(std::string_view bytes) {
  if (bytes.empty()) return FileKind::kEmpty;
  // A tar goes first: its header begins with a name, which may look like anything.
  if (const auto kind = kind_of_tar(bytes)) return *kind;
  if (const auto kind = kind_by_magic(bytes)) return *kind;
  if (const auto kind = kind_of_safetensors(bytes)) return *kind;
  return is_kaldi(bytes) ? FileKind::kKaldi : kind_of_text(bytes);
}

FileKind kind_of(const InputFile& file) {
  struct stat status = {};
  if (::fstat(file.fd(), &status) != 0 || !(S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode))) {
    return FileKind::kUnknown;
  }
  const FileKind first = kind_of(peek(file.fd(), kFirstLook));
  if (first == FileKind::kStream || first == FileKind::kEmpty) return first;
  return kind_of(peek(file.fd(), kSecondLook));
}

std::string_view name_of(FileKind kind) {
  constexpr std::array<std::string_view, 18> kNames = {"empty",
                                                       "a stream",
                                                       "a tar but no stream",
                                                       "a model",
                                                       "a checkpoint",
                                                       "a safetensors file of another program",
                                                       "an HDF5 file",
                                                       "a gzip file",
                                                       "a zstd file",
                                                       "an npz file",
                                                       "a zip file",
                                                       "an npy file",
                                                       "an archive of Kaldi",
                                                       "a recording",
                                                       "a list of recordings",
                                                       "the log of a training",
                                                       "a text file",
                                                       "of no kind known here"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool is_text(FileKind kind) {
  return kind == FileKind::kText || kind == FileKind::kList || kind == FileKind::kLog;
}

void refuse_kind(const std::string& name, FileKind found, std::string_view wanted, std::string_view remedy) {
  std::string message = fmt::format("{}: is {}, wanted {}", name, name_of(found), wanted);
  const std::string_view before = first_remedy(found);
  if (!before.empty()) remedy = before;
  if (!remedy.empty()) message += fmt::format("; {}", remedy);
  throw std::runtime_error(message);
}

void require_stream(const InputFile& file) {
  const FileKind found = kind_of(file);
  if (found != FileKind::kStream && found != FileKind::kUnknown) {
    refuse_kind(file.name(), found, "a stream", way_to_stream(found));
  }
}

void require_model(const InputFile& file, std::string_view usage) {
  const FileKind found = kind_of(file);
  // What is neither file nor pipe cannot be looked into.
  const bool is_unseen = found == FileKind::kUnknown && !is_regular(file);
  if (found == FileKind::kModel || found == FileKind::kSafetensors || is_unseen) return;
  if (found == FileKind::kCheckpoint)
    usage = "its training writes the model beside it, without .ckpt; --resume ends it";
  refuse_kind(file.name(), found, "a model", usage.empty() ? "give a file that ossicle-train wrote" : usage);
}

void require_sound(const InputFile& file, std::string_view wanted, std::string_view way_of_list) {
  const FileKind found = kind_of(file);
  constexpr std::array kPass = {FileKind::kSound, FileKind::kText, FileKind::kUnknown, FileKind::kEmpty};
  if (std::ranges::find(kPass, found) != kPass.end()) return;
  refuse_kind(file.name(), found, wanted, found == FileKind::kList ? way_of_list : "");
}

}  // namespace tools
