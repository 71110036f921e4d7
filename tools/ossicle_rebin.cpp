// Recordings of events to a stream of rasters or counts in steps of equal width.
#include <fmt/core.h>

#include <stdexcept>

#include "frontend/events/rebin.h"
#include "tools/common/load.h"
#include "tools/common/stream_output.h"
#include "tools/rebin/sources.h"
#include "tools/rebin/totals.h"

namespace {

struct Options {
  tools::SourceOptions source;
  ear::RebinParams params;
  tools::StreamOptions stream;
};

const tools::ToolInfo kInfo = {"ossicle-rebin", "Turns recordings of events into a stream of rasters or counts.",
                               "ossicle-rebin n-tidigits.hdf5 --part train -o train.tar"};

void define_source(CLI::App& app, tools::SourceOptions& o) {
  const std::string group = "Input";
  app.add_option("FILE", o.files,
                 "N-TIDIGITS, SHD or SSC as HDF5; streams of events, or of rasters or counts in narrower steps; text, "
                 "one recording a file, lines of channel and time; - or none: standard input");
  app.add_option("--format", o.format, "What the files are; auto: by their first bytes")
      ->check(CLI::IsMember({"auto", "ntidigits", "shd", "text", "stream"}))
      ->capture_default_str()
      ->group(group);
  app.add_option("--part", o.part, "N-TIDIGITS: which part")->check(CLI::IsMember({"train", "test"}))->group(group);
  app.add_option("--split", o.split,
                 "N-TIDIGITS: official: the file's own parts [default]; ab: sample a of every adult is train, b test")
      ->check(CLI::IsMember({"official", "ab"}))
      ->group(group);
  app.add_flag("--sequences,!--no-sequences", o.sequences,
               "N-TIDIGITS: connected digits too, with their sequence of labels")
      ->group(group);
  app.add_option("--time-unit", o.time_unit, "Text: unit of the times")
      ->check(CLI::IsMember({"s", "ms", "us"}))
      ->group(group);
  app.add_option("--input-channels", o.input_channels, "Text: how many channels there are")->group(group);
  auto* list = app.add_option("--list", o.list,
                              "Text: list of files: tab-separated, first line path, label, speaker and optionally "
                              "key; -: standard input")
                   ->group(group);
  app.add_option("--root", o.root, "Folder that relative paths of the list start from")->needs(list)->group(group);
  app.add_option("--classes", o.classes,
                 "File of class names, one a line [text: labels of the list, sorted; N-TIDIGITS: o, 1 to 9, z]")
      ->group(group);
}

void define(CLI::App& app, Options& o) {
  define_source(app, o.source);
  const std::string group = "Steps";
  auto* bin = app.add_option("--bin-ms", o.params.bin_ms, "Width of a step in ms; the first begins at 0")
                  ->capture_default_str()
                  ->group(group);
  app.add_option("--steps", o.params.n_steps,
                 "Stretch each recording to so many steps instead, the last event in the last")
      ->check(CLI::PositiveNumber)
      ->excludes(bin)
      ->group(group);
  app.add_option("--max-steps", o.params.max_steps, "Drop what follows so many steps")
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_option("--channels", o.params.n_channels, "Merge neighbouring channels to so many")
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_flag("--count,!--no-count", o.params.counts, "Counts of events in place of whether there is one")
      ->group(group);
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

/// Bins and writes one recording, or names it; `name` is that of its file.
void write(const ear::EventRecord& events, const std::string& name, int n_channels, const Options& o,
           tools::StreamOutput& output, tools::RebinTotals& totals) {
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
  tools::require_other_file(o.stream.output, source.paths);
  const int n_channels = source.events->info().n_channels;
  const ear::Header header = header_of(o, source);
  tools::warn_of_look_alikes(header.classes, "labels", context);
  tools::StreamOutput output(o.stream, header, "recording", context, source.n_records, source.share);
  tools::RebinTotals totals;
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
