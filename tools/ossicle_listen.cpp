// Names the words of a signal without end.
#include <fmt/core.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "frontend/base/text.h"
#include "frontend/sound/sound_file.h"
#include "frontend/sound/sound_stream.h"
#include "tools/common/io.h"
#include "tools/common/load.h"
#include "tools/common/run_tool.h"
#include "tools/common/stop_signals.h"
#include "tools/options/backend_options.h"
#include "tools/options/choice_option.h"
#include "tools/options/reject_option.h"
#include "tools/predict/answer_lines.h"
#include "tools/recogniser/listener.h"

namespace {

struct Options {
  std::string model;
  std::string input = "-";
  std::string format;
  ear::PcmFormat pcm;
  ossicle::ListenerParams listener;
  bool json = false, partial = false;
  double partial_every_s = 0.25;
  std::optional<double> reject;
  std::string isa = "auto";
};

const tools::ToolInfo kInfo = {
    "ossicle-listen",
    "Names words as they are spoken, each with a line as soon as it ends: begin and end in seconds, label, confidence.",
    "arecord -q -f S16_LE -r 16000 -t raw | ossicle-listen digits.model --format s16le"};

std::string flag_of(std::string name) {
  std::ranges::replace(name, '_', '-');
  return "--" + name;
}

void add_segmenter_options(CLI::App& app, ear::SegmenterParams& params) {
  visit_fields(params, [&app](const ear::Field& field, auto& value) {
    app.add_option(flag_of(field.name), value, fmt::format("{}; {}", field.help, range_text(field.range)))
        ->capture_default_str()
        ->group("How words are cut out");
  });
}

void define(CLI::App& app, Options& o) {
  app.add_option("MODEL", o.model, "Model that ossicle-train wrote")->required();
  app.add_option("INPUT", o.input, "Recording, WAV from a pipe, or PCM of that --format; -: standard input")
      ->capture_default_str();
  auto* format = app.add_option("--format", o.format, "The input is PCM without a header, of such samples")
                     ->type_name(tools::choices_type(ear::kSampleFormatNames));
  app.add_option("--rate", o.pcm.sample_rate_hz, "Its sample rate, Hz")->capture_default_str()->needs(format);
  app.add_option("--channels", o.pcm.n_channels, "Its channels, of which the mean is taken")
      ->capture_default_str()
      ->needs(format);
  app.add_flag("--json,!--no-json", o.json, "A JSON object a line");
  auto* partial =
      app.add_flag("--partial,!--no-partial", o.partial, "Guesses while a word is spoken; their lines have no end");
  app.add_option("--partial-every", o.partial_every_s, "Time between them, s; 0.01 to 3600")
      ->capture_default_str()
      ->needs(partial);
  app.add_option("--top", o.listener.k, "Classes to give for each word, best first")->capture_default_str();
  tools::add_reject_option(app, o.reject);
  tools::add_isa_option(app, o.isa);
  add_segmenter_options(app, o.listener.segmenter);
}

void check(Options& o) {
  tools::check_reject(o.reject);
  if (!o.format.empty()) o.pcm.samples = ear::parse_sample_format(o.format);
  if (!(o.partial_every_s >= ossicle::kMinPartial_s && o.partial_every_s <= ossicle::kMaxPartial_s)) {
    throw std::invalid_argument(fmt::format("--partial-every {}: wanted {} to {}", o.partial_every_s,
                                            ossicle::kMinPartial_s, ossicle::kMaxPartial_s));
  }
  if (o.partial) o.listener.partial_s = o.partial_every_s;
  if (o.listener.k < 1) throw std::invalid_argument(fmt::format("--top {}: wanted 1 or more", o.listener.k));
  visit_fields(o.listener.segmenter, [](const ear::Field& field, const auto& value) {
    const std::string flag = flag_of(field.name);
    ear::check_value({.name = flag.c_str(), .range = field.range}, value);
  });
}

void print_json(const Options& o, const ossicle::Heard& heard) {
  nlohmann::ordered_json object;
  if (o.input != "-") object["path"] = o.input;
  object["begin"] = heard.begin_s;
  object["end"] = nullptr;
  if (heard.is_final) object["end"] = heard.end_s;
  object["known"] = heard.known_s;
  object["final"] = heard.is_final;
  object.update(tools::to_json(heard.answers, o.listener.k > 1, o.reject));
  tools::print_line(object);
}

void print_text(const Options& o, ossicle::Heard& heard) {
  tools::reject_below(o.reject, heard.answers);
  std::string line =
      fmt::format("{:.3f}\t", heard.begin_s) + (heard.is_final ? fmt::format("{:.3f}", heard.end_s) : "-");
  for (const ossicle::Answer& answer : heard.answers) {
    line += fmt::format("\t{}\t{}", ear::one_line(answer.label), tools::confidence_text(answer));
  }
  tools::print_line(line);
}

void print(const Options& o, const std::string& name, std::vector<ossicle::Heard>& all, tools::Context& context) {
  for (ossicle::Heard& heard : all) {
    if (!heard.error.empty()) {
      context.fail_record(fmt::format("{}: {:.3f} to {:.3f} s: {}", name, heard.begin_s, heard.end_s, heard.error));
      continue;
    }
    o.json ? print_json(o, heard) : print_text(o, heard);
  }
  all.clear();
}

void note_channels(int n_channels, const std::string& name, tools::Context& context) {
  if (n_channels > 1) context.note(fmt::format("{}: {} channels; their mean is taken", name, n_channels));
}

/// A recording, of any format, is read before it is heard.
void hear_file(const Options& o, tools::InputFile& file, const ossicle::Recogniser& recogniser,
               tools::Context& context) {
  const ear::Sound sound = ear::read_sound(file.input(), file.name());
  tools::stop_on_signals();
  for (const std::string& warning : sound.warnings) context.warn(fmt::format("{}: {}", file.name(), warning));
  note_channels(sound.n_channels, file.name(), context);
  ossicle::Listener listener(recogniser, o.listener, sound.sample_rate_hz);
  std::vector<ossicle::Heard> heard;
  const auto block = static_cast<std::size_t>(sound.sample_rate_hz);
  for (std::span<const float> left = sound.samples; !left.empty() && !tools::stop_asked();) {
    const std::size_t n = std::min(left.size(), block);
    listener.push(left.first(n), heard);
    print(o, file.name(), heard, context);
    left = left.subspan(n);
  }
  listener.finish(heard);
  print(o, file.name(), heard, context);
}

/// What comes is heard at once. Whatever ends it, the word that goes on is named.
void hear_stream(const Options& o, const std::string& name, int fd, ear::SoundStream& stream,
                 const ossicle::Recogniser& recogniser, tools::Context& context) {
  note_channels(stream.format().n_channels, name, context);
  ossicle::Listener listener(recogniser, o.listener, stream.format().sample_rate_hz);
  std::vector<ossicle::Heard> heard;
  std::vector<float> samples;
  std::string error;
  try {
    while ((stream.is_read() || tools::wait_for_input(fd)) && stream.read(samples)) {
      listener.push(samples, heard);
      print(o, name, heard, context);
      samples.clear();
    }
  } catch (const std::runtime_error& failure) {
    error = failure.what();
  }
  listener.push(samples, heard);  // those before what is wrong
  listener.finish(heard);
  print(o, name, heard, context);
  if (!error.empty()) throw std::runtime_error(error);
  if (!stream.is_read()) return;
  if (const auto warning = stream.look_behind()) context.warn(fmt::format("{}: {}", name, *warning));
}

void run(Options& o, tools::Context& context) {
  const ossicle::Recogniser recogniser(tools::read_model(o.model, "the model comes first: ossicle-listen MODEL INPUT"),
                                       o.isa);
  if (o.reject) tools::require_calibration(recogniser.model(), o.model);
  tools::InputFile file(o.input, "sound, as arecord gives it");
  if (o.format.empty() && file.is_file()) return hear_file(o, file, recogniser, context);
  if (!o.format.empty() && file.look(4) == "RIFF") {
    throw std::runtime_error(fmt::format("{}: begins with the header of a WAV; leave --format out", file.name()));
  }
  const int fd = file.fd();
  ear::SoundStream stream = o.format.empty() ? ear::SoundStream(file.input(), file.name())
                                             : ear::SoundStream(file.input(), file.name(), o.pcm);
  tools::stop_on_signals();  // until here they end the program at once
  hear_stream(o, file.name(), fd, stream, recogniser, context);
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
