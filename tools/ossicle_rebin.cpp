// Recordings of events to a stream of rasters or counts in steps of equal width.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "frontend/events/rebin.h"
#include "tools/common/load.h"
#include "tools/common/stream_output.h"
#include "tools/rebin/sources.h"

namespace {

struct Options {
  tools::SourceOptions source;
  ear::RebinParams params;
  tools::StreamOptions stream;
};

const tools::ToolInfo kInfo = {"ossicle-rebin", "Turns recordings of events into a stream of rasters or counts.",
                               "ossicle-rebin n-tidigits.hdf5 --part train -o train.tar"};

void define_source(CLI::App& app, tools::SourceOptions& o) {
  app.option_defaults()->group("Input");
  app.add_option("FILE", o.files,
                 "N-TIDIGITS, SHD or SSC as HDF5; streams of events, or of rasters or counts in narrower steps; text, "
                 "one recording a file, lines of channel and time; - or none: standard input");
  app.add_option("--format", o.format, "What the files are; auto: by their first bytes")
      ->check(CLI::IsMember({"auto", "ntidigits", "shd", "text", "stream"}))
      ->capture_default_str();
  app.add_option("--part", o.part, "N-TIDIGITS: which part")->check(CLI::IsMember({"train", "test"}));
  app.add_option("--split", o.split,
                 "N-TIDIGITS: official: the file's own parts [default]; ab: sample a of every adult is train, b test")
      ->check(CLI::IsMember({"official", "ab"}));
  app.add_flag("--sequences,!--no-sequences", o.sequences,
               "N-TIDIGITS: connected digits too, with their sequence of labels");
  app.add_option("--time-unit", o.time_unit, "Text: unit of the times")->check(CLI::IsMember({"s", "ms", "us"}));
  app.add_option("--input-channels", o.input_channels, "Text: how many channels there are");
  auto* list = app.add_option("--list", o.list,
                              "Text: list of files: tab-separated, first line path, label, speaker and optionally "
                              "key; -: standard input")
                   ->type_name("LIST");
  app.add_option("--root", o.root, "Folder that relative paths of the list start from")
      ->type_name("FOLDER")
      ->needs(list);
  app.add_option("--classes", o.classes,
                 "File of class names, one a line [text: labels of the list, sorted; N-TIDIGITS: o, 1 to 9, z]")
      ->type_name("FILE");
}

void define(CLI::App& app, Options& o) {
  define_source(app, o.source);
  app.option_defaults()->group("Steps");
  auto* bin = app.add_option("--bin-ms", o.params.bin_ms, "Width of a step in ms; the first begins at 0")
                  ->capture_default_str();
  auto* stretched = app.add_option("--steps", o.params.n_steps,
                                   "Stretch each recording to so many steps instead, the last event in the last")
                        ->check(CLI::Range(1, ear::kMaxFixedSteps))
                        ->excludes(bin);
  auto* cropped = app.add_option("--max-steps", o.params.max_steps, "Drop what follows so many steps")
                      ->check(CLI::Range(1, std::numeric_limits<int>::max()))
                      ->excludes(stretched);
  app.add_option("--steps-fixed", o.params.fixed_steps,
                 "Exactly so many steps: drop what follows, let silence follow what is shorter")
      ->check(CLI::Range(1, ear::kMaxFixedSteps))
      ->excludes(stretched)
      ->excludes(cropped);
  app.add_option("--channels", o.params.n_channels, "Merge neighbouring channels to so many")
      ->check(CLI::Range(1, ear::kMaxChannels));
  app.add_flag("--count,!--no-count", o.params.counts, "Counts of events in place of whether there is one");
  app.option_defaults()->group("Options");
  tools::add_stream_options(app, o.stream, "recording");
}

void check(Options& o) {
  tools::SourceOptions& source = o.source;
  if (!source.list.empty() && !source.files.empty()) {
    throw std::invalid_argument("--list and files: give one of the two");
  }
  if (source.list.empty() && source.files.empty()) source.files = {"-"};
  tools::check(o.stream);
  source.shard = o.stream.shard;
  ear::validate(o.params);
}

ear::Header header_of(const Options& o, const tools::Source& source) {
  const ear::EventSourceInfo& info = source.events->info();
  ear::Header header;
  header.kind = o.params.counts ? ear::Kind::kCounts : ear::Kind::kRaster;
  header.n_channels = ear::rebinned_channels(info.n_channels, o.params);
  header.classes = info.classes;
  if (o.params.n_steps == 0) header.dt_ms = o.params.bin_ms;
  header.recipe = source.recipe;
  header.recipe.stages.push_back(ear::to_stage(o.params, info.n_channels));
  header.made_by = source.made_by;
  tools::add_made_by(header, kInfo.name);
  return header;
}

/// What became of the recordings: counts for the messages at the end.
class RebinTotals {
 public:
  void add(const ear::EventRecord& events, const ear::Binned& binned, const ear::RebinParams& params) {
    min_steps_ = n_records_ == 0 ? binned.n_steps : std::min(min_steps_, binned.n_steps);
    max_steps_ = std::max(max_steps_, binned.n_steps);
    ++n_records_;
    n_dropped_ += binned.dropped_events;
    n_saturated_ += binned.saturated_events;
    if (unsorted_.n == 0) first_unsorted_ = events.warning;
    const bool one_wanted = params.n_steps == 1 || params.max_steps == 1 || params.fixed_steps == 1;
    const auto count = [&events](bool is_so, tools::Named& named) {
      if (is_so) named.add(events.key);
    };
    count(binned.dropped_events > 0, dropped_);
    count(binned.saturated_events > 0, saturated_);
    count(binned.silent, silent_);
    count(binned.finer, finer_);
    count(binned.n_steps == 1 && events.times_s.size() > 1 && !one_wanted, one_step_);
    count(!events.warning.empty(), unsorted_);
  }

  /// What a user should know: dropped, left out, unsorted or no events, steps that cannot be right. A line each.
  std::vector<std::string> warnings(const ear::RebinParams& params) const {
    std::vector<std::string> lines;
    const auto say = [&lines](const tools::Named& named, const std::string& line) {
      if (named.n > 0) lines.push_back(line);
    };
    say(dropped_, fmt::format("{} events after step {} dropped: {}", n_dropped_,
                              params.fixed_steps.value_or(params.max_steps), dropped_.text()));
    say(saturated_, fmt::format("{} events left out of counts that had reached 65,535: {}; take narrower steps",
                                n_saturated_, saturated_.text()));
    say(silent_, "no events at all: " + silent_.text());
    say(unsorted_, fmt::format("set right: {} ({})", unsorted_.text(), first_unsorted_));
    say(finer_, "steps narrower than the input's, so that some stay empty between: " + finer_.text());
    say(one_step_,
        fmt::format("all events lie in one step: {}; are the times in the unit that was said?", one_step_.text()));
    return lines;
  }
  /// "4950 recordings, 64 channels; 150 to 312 steps of 3 ms".
  std::string summary(int n_channels, const ear::RebinParams& params) const {
    std::string line = fmt::format("{}, {}", tools::count_of(n_records_, "recording"),
                                   tools::count_of(static_cast<std::size_t>(n_channels), "channel"));
    if (n_records_ == 0) return line;
    line += min_steps_ == max_steps_ ? "; " + tools::count_of(static_cast<std::size_t>(max_steps_), "step")
                                     : fmt::format("; {} to {} steps", min_steps_, max_steps_);
    return line + (params.n_steps > 0 ? "" : fmt::format(" of {} ms", params.bin_ms));
  }

 private:
  std::size_t n_records_ = 0;
  int min_steps_ = 0, max_steps_ = 0;
  long long n_dropped_ = 0, n_saturated_ = 0;  // events
  tools::Named dropped_, saturated_, silent_, unsorted_, finer_, one_step_;
  std::string first_unsorted_;  ///< its warning
};

/// Bins and writes one recording, or names it; `name` is that of its file.
void write(const ear::EventRecord& events, const std::string& name, int n_channels, const Options& o,
           tools::StreamOutput& output, RebinTotals& totals) {
  const std::string where = fmt::format("{}: {}", name, events.key);
  if (!events.error.empty()) return output.fail(where + ": " + events.error);
  ear::Binned binned;
  try {
    binned = ear::rebin(events, n_channels, o.params);
  } catch (const std::runtime_error& error) {
    return output.fail(where + ": " + error.what());
  }
  const bool written = output.write({.key = events.key,
                                     .label = events.label,
                                     .sequence = events.sequence,
                                     .speaker = events.speaker,
                                     .n_steps = binned.n_steps,
                                     .dt_ms = binned.dt_ms,
                                     .data = std::move(binned.data)},
                                    where);
  if (written) totals.add(events, binned, o.params);
}

void run(Options& o, tools::Context& context) {
  const tools::Source source = tools::open_source(o.source);
  tools::require_other_files({o.stream.output}, source.paths);
  const int n_channels = source.events->info().n_channels;
  const ear::Header header = header_of(o, source);
  tools::warn_of_look_alikes(header.classes, "labels", context);
  tools::StreamOutput output(o.stream, header, "recording", context, source.n_records, source.share);
  RebinTotals totals;
  for (ear::EventRecord events; source.events->next(events);) {
    write(events, source.events->info().name, n_channels, o, output, totals);
  }
  output.commit();
  for (const std::string& note : source.events->info().notes) context.note(note);
  for (const std::string& line : totals.warnings(o.params)) context.warn(line);
  context.note(totals.summary(header.n_channels, o.params));
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
