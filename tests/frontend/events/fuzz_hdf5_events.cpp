// Feeds damaged files of both layouts to the reader of HDF5 events and counts what comes of them.
//
//   fuzz_hdf5_events [N] [--in-process]      N files, default 300; the long run: fuzz_hdf5_events 10000
//
// Each file is a small whole one, mutated: bits flipped, bytes replaced, cut, blocks of either layout put elsewhere, sizes made
// huge. The same N gives the same files. Every file is read in a process of its own, so that what kills the reader is counted.
// Exit code 1 if one was killed by a signal, hung, or took more than 256 MiB. With --in-process libhdf5 itself is on trial,
// without the process that open_hdf5_events() gives it.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "frontend/events/hdf5_events.h"
#include "tests/frontend/events/hdf5_samples.h"
#include "tests/support/temp_folder.h"

namespace {

constexpr unsigned kPatience_s = 2;  // of the reader; a whole file takes a millisecond
constexpr unsigned kHang_s = 10;
constexpr long kMaxResidentKiB = 256L << 10;
constexpr rlim_t kMaxAddressSpace = rlim_t{6} << 30;  // of the process on trial: the machine shall survive

enum Outcome { kClean, kRecordErrors, kFileError, kHuge, kCrash, kHang, kOutcomes };
constexpr std::array<const char*, kOutcomes> kNames = {
    "read whole", "with named bad recordings", "a clear error", "huge in memory", "crashed", "hung"};

class Mutator {
 public:
  explicit Mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  std::string next() {
    std::string file = seeds_[below(seeds_.size())];
    for (std::size_t n = 1 + below(4); n > 0 && !file.empty(); --n) mutate(file);
    return file;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }

  void mutate(std::string& file) {
    const std::size_t place = below(file.size());
    switch (below(6)) {
      case 0:
        for (std::size_t n = 1 + below(8); n > 0; --n) file[below(file.size())] ^= static_cast<char>(1 << below(8));
        break;
      case 1:
        for (std::size_t i = place; i < file.size() && i < place + 1 + below(16); ++i) {
          file[i] = static_cast<char>(below(256));
        }
        break;
      case 2:
        file.resize(place);
        break;
      case 3: {
        const std::string& other = seeds_[below(seeds_.size())];
        const std::string block = other.substr(below(other.size()), 1 + below(512));
        file.replace(place, below(2) * block.size(), block);  // in place of what is there, or between
        break;
      }
      case 4: {
        static constexpr std::array<std::uint64_t, 5> kSizes = {0, 0xFFFFFFFF, ~0ULL, 1ULL << 62, 1ULL << 31};
        const std::uint64_t size = kSizes[below(kSizes.size())];
        const std::size_t aligned = place / 8 * 8;
        std::memcpy(&file[aligned], &size, std::min<std::size_t>(std::size_t{4} << below(2), file.size() - aligned));
        break;
      }
      default:
        file.erase(place, 1 + below(64));
        break;
    }
  }

  std::vector<std::string> seeds_;
  std::mt19937_64 engine_{20260101};
};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> whole_files(const std::string& path) {
  const samples::Events events = {{0.01, 0.02, 0.5, 0.7}, {0, 63, 5, 5}};
  samples::NtidigitsPart train;
  samples::NtidigitsPart test;
  for (const char* key : {"man-a-a-1", "man-a-b-o", "woman-b-a-z", "woman-b-b-9"}) train.add(key, events);
  for (const char* key : {"man-c-a-1", "man-c-b-12"}) test.add(key, events);
  samples::write_ntidigits(path, train, test);
  std::vector<std::string> files = {contents(path)};
  for (const auto type : {ear::Hdf5Type::kFloat16, ear::Hdf5Type::kFloat32}) {
    samples::write_shd(path, {{events, events, events}, {0, 1, 0}, {"zero", "one"}, {3, 4, 3}}, type);
    files.push_back(contents(path));
  }
  return files;
}

/// Reads the file as a user of the library would.
Outcome read_all(const std::string& path, bool in_process) {
  bool bad_records = false;
  try {
    ear::Hdf5EventsOptions options;
    options.ntidigits.split = "ab";
    options.patience_s = kPatience_s;
    const auto source =
        in_process ? ear::open_hdf5_events_in_process(path, options) : ear::open_hdf5_events(path, options);
    for (ear::EventRecord record; source->next(record);) bad_records = bad_records || !record.error.empty();
  } catch (const std::exception&) {
    return kFileError;
  }
  return bad_records ? kRecordErrors : kClean;
}

Outcome try_file(const std::string& path, bool in_process) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{kMaxAddressSpace, kMaxAddressSpace};
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    setrlimit(RLIMIT_AS, &limit);
#endif
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (in_process) static_cast<void>(!std::freopen("/dev/null", "w", stderr));
    alarm(kHang_s);
    const Outcome outcome = read_all(path, in_process);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    static_cast<void>(limit);
    _exit(usage.ru_maxrss > kMaxResidentKiB ? kHuge : outcome);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) <= kHuge) return static_cast<Outcome>(WEXITSTATUS(status));
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? kHang : kCrash;
}

}  // namespace

int main(int argc, char** argv) {
  long n_files = 300;
  bool in_process = false;
  for (const char* argument : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
    if (std::strcmp(argument, "--in-process") == 0) {
      in_process = true;
    } else {
      n_files = std::atol(argument);
    }
  }
  const support::TempFolder folder;
  const std::string path = folder.path() / "mutated.h5";
  Mutator mutator(whole_files(path));
  std::array<long, kOutcomes> counts{};
  for (long i = 0; i < n_files; ++i) {
    std::ofstream(path, std::ios::binary) << mutator.next();
    ++counts[try_file(path, in_process)];
  }
  for (std::size_t k = 0; k < counts.size(); ++k) std::printf("%6ld %s\n", counts[k], kNames[k]);
  return counts[kHuge] + counts[kCrash] + counts[kHang] > 0 || n_files < 1 ? 1 : 0;
}
