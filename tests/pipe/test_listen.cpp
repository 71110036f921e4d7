// ossicle-listen as a user runs it: files, pipes, Ctrl-C, and what it refuses.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/frontend/riff_bytes.h"
#include "tests/pipe/run.h"
#include "tests/pipe/streams.h"

using Catch::Contains;
using pipe_support::shell;

namespace {

/// Two tones, and models that tell them apart: of cochleagrams, and of what is no sound.
struct Tones {
  pipe_support::TempFolder temp;
  std::string model = file("m"), other = file("other"), raw = file("signal.raw");

  Tones() {
    std::ofstream list(file("list.tsv"));
    list << "path\tlabel\tspeaker\n";
    for (int i = 0; i < 40; ++i) {
      const std::string name = "t" + std::to_string(i) + ".wav";
      write_wav(name, tone(i % 2 == 0 ? 300 + i : 1500 + 5 * i, 0.4, 0.2));
      list << name << "\t" << (i % 2 == 0 ? "low" : "high") << "\tme\n";
    }
    list.close();
    REQUIRE(shell("ossicle-lyon -q --list " + file("list.tsv") + " --root " + file("") + " -o " + file("s.tar"))
                .exit_code == 0);
    REQUIRE(shell("ossicle-train -q " + file("s.tar") +
                  " --preset plain --hidden 20,20 --epochs 10 --batch 5 --valid-fraction 0.3 -o " + model)
                .exit_code == 0);
    pipe_support::write_stream(file("t.tar"), {.n_records = 20});
    REQUIRE(
        shell("ossicle-train -q " + file("t.tar") + " --preset plain --hidden 5,5 --epochs 1 -o " + other).exit_code ==
        0);
    std::vector<std::int16_t> samples;
    for (const double hz : {310.0, 1555.0, 330.0}) {
      samples.resize(samples.size() + 12000);
      const auto word = tone(hz, 0.4, 0.2);
      samples.insert(samples.end(), word.begin(), word.end());
    }
    samples.resize(samples.size() + 8000);
    write("signal.raw", bytes(samples));
    write_wav("signal.wav", samples);
  }

  std::string file(const std::string& name) const { return temp.file(name); }
  static std::string bytes(const std::vector<std::int16_t>& samples) {
    return {reinterpret_cast<const char*>(samples.data()), 2 * samples.size()};
  }
  void write_wav(const std::string& name, const std::vector<std::int16_t>& samples) const {
    using test_support::chunk, test_support::number;
    const std::string format =
        number(1, 2) + number(1, 2) + number(16000, 4) + number(32000, 4) + number(2, 2) + number(16, 2);
    write(name, test_support::riff(chunk("fmt ", format) + chunk("data", bytes(samples))));
  }
  void write(const std::string& name, const std::string& contents) const {
    std::ofstream(file(name), std::ios::binary) << contents;
  }
  /// With a voice's overtones.
  static std::vector<std::int16_t> tone(double hz, double seconds, double level) {
    std::vector<std::int16_t> samples;
    const int n = static_cast<int>(16000 * seconds);
    for (int i = 0; i < n; ++i) {
      const double t = i / 16000.0, swell = std::sin(3.14159265 * i / n);
      const double wave = std::sin(2 * 3.14159265 * 150 * t) + std::sin(2 * 3.14159265 * hz * t);
      samples.push_back(static_cast<std::int16_t>(32767 * level * swell * wave));
    }
    return samples;
  }
};

std::string labels(const std::string& out) {
  std::istringstream lines(out);
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string begin, end, label;
    fields >> begin >> end >> label;
    all += label + " ";
  }
  return all;
}

}  // namespace

TEST_CASE("ossicle-listen: a recording, a WAV from a pipe and PCM from a pipe give the same lines") {
  const Tones t;
  const std::string pcm = " --format s16le --rate 16000", wav = t.file("signal.wav");
  const auto from_pipe = shell("cat " + t.raw + " | ossicle-listen " + t.model + pcm);
  CHECK(from_pipe.exit_code == 0);
  CHECK(from_pipe.err.empty());
  CHECK(labels(from_pipe.out) == "low high low ");
  CHECK(shell("ossicle-listen " + t.model + " " + wav).out == from_pipe.out);
  CHECK(shell("ossicle-listen " + t.model + " < " + wav).out == from_pipe.out);
  CHECK(shell("cat " + wav + " | ossicle-listen " + t.model + " -").out == from_pipe.out);
  const auto in_json = shell("cat " + t.raw + " | ossicle-listen --json --top 2 " + t.model + pcm);
  std::istringstream lines(in_json.out);
  std::string line;
  std::getline(lines, line);
  const auto object = nlohmann::json::parse(line);
  CHECK(object.at("label") == "low");
  CHECK(object.at("final") == true);
  CHECK(object.at("begin") == Approx(0.75).margin(0.1));
  CHECK(object.at("end") == Approx(1.15).margin(0.1));
  CHECK(object.at("confidence") > 0.3);
  CHECK(object.at("top").size() == 2);
  CHECK_FALSE(object.contains("path"));
  const auto of_file = shell("ossicle-listen --json --partial --partial-every 0.1 " + t.model + " " + wav);
  const auto guess = nlohmann::json::parse(of_file.out.substr(0, of_file.out.find('\n')));
  CHECK(guess.at("path") == wav);
  CHECK(guess.at("final") == false);
  CHECK(guess.at("end").is_null());
  const auto guesses = shell("cat " + t.raw + " | ossicle-listen --partial --partial-every 0.1 " + t.model + pcm);
  CHECK_THAT(guesses.out, Contains("\t-\t"));
  // The word that goes on at the end, within 3.05 to 3.45 s, is named.
  CHECK(labels(shell("head -c 108800 " + t.raw + " | ossicle-listen " + t.model + pcm).out) == "low high low ");
  CHECK(shell("cat " + t.raw + " | ossicle-listen --reject 1 " + t.model + pcm).out.find("(unknown)") !=
        std::string::npos);
}

TEST_CASE("ossicle-listen: lines come while the pipe stays open, and Ctrl-C ends it well") {
  const Tones t;
  const auto run = shell("(cat " + t.raw + "; sleep 30) | ossicle-listen " + t.model + " --format s16le > " +
                         t.file("out") + " & pid=$!; for i in $(seq 200); do [ $(wc -l < " + t.file("out") +
                         ") = 3 ] && break; sleep 0.05; done; wc -l < " + t.file("out") +
                         "; pkill -INT -P $$ ossicle-listen; wait $pid; echo code $?");
  CHECK_THAT(run.out, Contains("3\ncode 0"));
  // Half a frame keeps nobody; before the sound begins the program ends at once.
  const auto stopped = [&](const std::string& bytes, const std::string& options) {
    return shell("mkfifo " + t.file("p") + "; (printf '" + bytes + "'; sleep 30) > " + t.file("p") +
                 " & writer=$!; ossicle-listen " + t.model + options + " " + t.file("p") +
                 " & pid=$!; sleep 0.5; kill -TERM $pid; wait $pid; echo code $?; pkill -P $writer; rm " + t.file("p"));
  };
  CHECK_THAT(stopped("abcde", " --format s16le").out, Contains("code 0"));
  CHECK_THAT(stopped("RIFF", "").out, Contains("code 143"));
}

TEST_CASE("ossicle-listen: nobody waits for a writer that has sent what its header promises") {
  const Tones t;
  // The writer leaves "late" behind if it could finish.
  const auto run = shell("mkfifo p; (cat signal.wav; sleep 20; touch late) > p & writer=$!; ossicle-listen m p; " +
                             std::string("ls late; pkill -P $writer sleep"),
                         {}, {t.temp.path()});
  CHECK(labels(run.out) == "low high low ");
  CHECK_THAT(run.err, Contains("late"));  // ls finds none
}

TEST_CASE("ossicle-listen: a word that the model refuses is told, and the others go on") {
  const Tones t;
  REQUIRE(
      shell("ossicle-lyon -q --decimation 5000 --list list.tsv --root . -o long.tar", {}, {t.temp.path()}).exit_code ==
      0);
  REQUIRE(
      shell("ossicle-train -q long.tar --preset plain --hidden 5 --epochs 1 -o long", {}, {t.temp.path()}).exit_code ==
      0);
  std::vector<std::int16_t> samples(12000);
  for (const double seconds : {0.25, 0.6}) {  // a step has 0.4 s
    const auto word = Tones::tone(310, seconds, 0.2);
    samples.insert(samples.end(), word.begin(), word.end());
    samples.resize(samples.size() + 12000);
  }
  t.write("two.raw", Tones::bytes(samples));
  const auto run = shell("ossicle-listen long --format s16le two.raw", {}, {t.temp.path()});
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.err, Contains("two.raw: 0.7") && Contains(" s: ") && Contains("shorter than one step"));
  CHECK(std::ranges::count(run.out, '\n') == 1);
  CHECK(run.out.starts_with("1."));
}

TEST_CASE("ossicle-listen: of several channels the mean is taken, and that is said") {
  const Tones t;
  std::string wav = pipe_support::slurp(t.file("signal.wav"));
  wav.replace(22, 2, test_support::number(2, 2));  // frames of two samples, at half the rate
  wav.replace(24, 4, test_support::number(8000, 4));
  wav.replace(32, 2, test_support::number(4, 2));
  t.write("two.wav", wav);
  for (const char* command : {"ossicle-listen m two.wav", "cat two.wav | ossicle-listen m",
                              "ossicle-listen m --format s16le --rate 8000 --channels 2 signal.raw"}) {
    const auto run = shell(command, {}, {t.temp.path()});
    CHECK_THAT(run.err, Contains("2 channels; their mean is taken"));
    CHECK(std::ranges::count(run.out, '\n') == 3);
  }
}

TEST_CASE("ossicle-listen: what lies behind the sound of a WAV is told, of a file and of a pipe") {
  const Tones t;
  std::string wav = pipe_support::slurp(t.file("signal.wav"));
  wav.replace(40, 4, test_support::number(40'000, 4));
  t.write("short.wav", wav);
  const auto from_file = shell("ossicle-listen " + t.model + " " + t.file("short.wav")),
             from_pipe = shell("cat " + t.file("short.wav") + " | ossicle-listen " + t.model);
  const std::string warning =
      std::to_string(wav.size() - 40'044) + " bytes, perhaps of sound, lie behind the 40000 " +
      "bytes of sound that its header promises and are not heard; sox --ignore-length rewrites " +
      "it with all of them\n";
  CHECK(from_file.err == "ossicle-listen: warning: " + t.file("short.wav") + ": " + warning);
  CHECK(from_pipe.err == "ossicle-listen: warning: standard input: " + warning);
  CHECK(labels(from_pipe.out) == "low ");
  CHECK(from_pipe.out == from_file.out);
}

TEST_CASE("ossicle-listen: a sample rate that is none is told with the input's name") {
  const Tones t;
  std::string wav = pipe_support::slurp(t.file("signal.wav"));
  wav.replace(24, 4, test_support::number(900, 4));
  t.write("slow.wav", wav);
  const std::string message = "sample rate 900 Hz: wanted 1000 to 768000\n";
  const auto from_file = shell("ossicle-listen " + t.model + " " + t.file("slow.wav")),
             from_pipe = shell("ossicle-listen " + t.model + " < " + t.file("slow.wav"));
  CHECK(from_file.err == "ossicle-listen: " + t.file("slow.wav") + ": " + message);
  CHECK(from_pipe.err == "ossicle-listen: standard input: " + message);
  CHECK(from_file.exit_code == 2);
  CHECK(from_pipe.exit_code == 2);
}

TEST_CASE("ossicle-listen: silence gives nothing, and what is wrong is said") {
  const Tones t;
  const auto quiet = shell("head -c 3200000 /dev/zero | ossicle-listen " + t.model + " --format s16le");
  CHECK(quiet.exit_code == 0);
  CHECK(quiet.out.empty());
  const auto refused = [](const std::string& command, const std::string& message) {
    const auto run = shell(command);
    INFO(command);
    CHECK(run.exit_code == 2);
    CHECK_THAT(run.err, Contains(message));
  };
  const auto cut = shell("head -c 50001 " + t.raw + " | ossicle-listen " + t.model + " --format s16le");
  CHECK(cut.exit_code == 2);
  CHECK_THAT(cut.err, Contains("standard input: ends in the middle of frame 25000: 1 of its 2 bytes"));
  CHECK(labels(cut.out) == "low ");  // what was heard before
  const auto whole = shell("head -c 34000 " + t.raw + " | ossicle-listen " + t.model + " --format s16le");
  const auto bad =
      shell("/usr/bin/python3 -c \"import sys,struct; b=open('" + t.raw + "','rb').read()[:34000]; " +
            "sys.stdout.buffer.write(b''.join(struct.pack('<f', s[0]/32768) for s in struct.iter_unpack('<h', b)) + " +
            "struct.pack('<f', float('nan')))\" | ossicle-listen " + t.model + " --format f32le");
  CHECK(bad.exit_code == 2);
  CHECK_THAT(bad.err, Contains("sample 17000 is not a number"));
  CHECK(bad.out == whole.out);
  CHECK(labels(bad.out) == "low ");
  refused("ossicle-listen " + t.model + " --partial --partial-every 1e300 " + t.raw,
          "--partial-every 1e+300: wanted 0.01 to 3600");
  refused("cat " + t.raw + " | ossicle-listen " + t.model, "no WAV");
  refused("ossicle-listen " + t.model + " --format s16le " + t.file("signal.wav"), "leave --format out");
  refused("ossicle-listen " + t.model + " --rate 8000 " + t.raw, "--rate requires --format");
  refused("ossicle-listen " + t.model + " --format mp3 " + t.raw, "sample format mp3: wanted u8");
  refused("ossicle-listen " + t.model + " --format s16le --channels 0 " + t.raw, "0 channels");
  refused("ossicle-listen " + t.model + " --format s16le --rate 10 " + t.raw, "sample rate 10 Hz");
  refused("ossicle-listen " + t.model + " --max-s 0 " + t.raw, "--max-s 0: wanted 0.5 to 60");
  refused("ossicle-listen " + t.raw, "ossicle-listen MODEL INPUT");
  refused("ossicle-listen " + t.other + " " + t.raw, "recipe");
}
