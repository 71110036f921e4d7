// Recordings to a stream of cochleagrams through Lyon's ear.
#include <fmt/core.h>

#include <array>
#include <set>
#include <stdexcept>

#include "frontend/base/units.h"
#include "tools/common/io.h"
#include "tools/common/list_file.h"
#include "tools/common/load.h"
#include "tools/common/stream_output.h"
#include "tools/lyon/batch.h"
#include "tools/lyon/options.h"
#include "tools/options/choice_option.h"

namespace {

struct Options {
  ear::FrontEndParams front_end;
  ear::SoundAugmentParams augment;
  std::vector<std::string> files;
  std::string list;
  std::string root;
  std::string classes;
  std::string isa = "auto";
  tools::StreamOptions stream;
};

const tools::ToolInfo kInfo = {"ossicle-lyon", "Turns recordings into a stream of cochleagrams through Lyon's ear.",
                               "ossicle-lyon --list train.tsv --root recordings -o train.tar"};

constexpr const char* kAugmentation = "ossicle-lyon augmentation";  // in made_by

void define(CLI::App& app, Options& o) {
  app.add_option("RECORDING", o.files, "Recordings (WAV, FLAC, AIFF, NIST SPHERE); - or none: standard input");
  auto* list = app.add_option("--list", o.list,
                              "List of recordings: tab-separated, first line path, label, speaker and "
                              "optionally key; -: standard input")
                   ->type_name("LIST");
  app.add_option("--root", o.root, "Folder that relative paths of the list start from")
      ->type_name("FOLDER")
      ->needs(list);
  app.add_option("--classes", o.classes, "File of class names, one a line [the labels of the whole list, sorted]")
      ->type_name("FILE");
  tools::add_stream_options(app, o.stream, "recording");
  tools::add_jobs_option(app, o.stream);
  app.add_option("--isa", o.isa, "Instruction set of the ear; auto: the best of this machine")
      ->type_name(tools::choices_type(std::array{"auto", "baseline", "avx2", "avx512"}))
      ->capture_default_str();
  tools::add_front_end_options(app, o.front_end);
  tools::add_augment_options(app, o.augment);
}

void check(Options& o) {
  if (!o.list.empty() && !o.files.empty()) throw std::invalid_argument("--list and files: give one of the two");
  if (o.list.empty() && o.files.empty()) o.files = {"-"};
  tools::check(o.stream);
  o.isa = ear::choose_isa(o.isa).name;
  ear::validate(o.front_end);
  ear::validate(o.augment);
}

ear::Header header_of(const Options& o, const std::vector<ear::ListEntry>& entries) {
  ear::Header header;
  header.kind = ear::Kind::kCochleagram;
  header.classes = o.classes.empty() ? ear::classes_of(entries) : tools::read_classes(o.classes);
  ear::check_labels(entries, header.classes);
  header.recipe.stages = {ear::to_stage(o.front_end)};
  tools::add_made_by(header, kInfo.name);
  // Beside the recipe, not in it: what learns from changed recordings is used on others.
  if (ear::changes_sound(o.augment)) header.made_by.emplace_back(kAugmentation, ear::describe(o.augment));
  return header;
}

void warn_of_names(const ear::Header& header, const std::vector<ear::ListEntry>& entries, tools::Context& context) {
  tools::warn_of_look_alikes(header.classes, "labels", context);
  std::set<std::string> speakers;
  for (const ear::ListEntry& entry : entries) speakers.insert(entry.speaker);
  tools::warn_of_look_alikes({speakers.begin(), speakers.end()}, "speakers", context);
}

/// Writes what was heard, in order, and names what could not be.
void write(const std::vector<tools::Heard>& all, tools::StreamOutput& output, tools::LyonTotals& totals,
           tools::Context& context) {
  for (const tools::Heard& heard : all) {
    for (const std::string& warning : heard.warnings) context.warn(warning);
    if (!heard.record) {
      output.fail(heard.error);
    } else if (output.write(*heard.record, heard.path)) {
      if (heard.file_channels > 1 && totals.n_mixed++ == 0) {
        context.note(
            fmt::format("{}: {} channels; the mean of all channels is taken, here and in every other recording "
                        "of several",
                        heard.path, heard.file_channels));
      }
      totals.add(heard);
    }
  }
}

void run(Options& o, tools::Context& context) {
  const auto entries = tools::read_entries(o.list, o.root, o.files);
  std::vector<std::string> inputs = {o.list, o.classes};
  for (const ear::ListEntry& entry : entries) inputs.push_back(ear::path_of(entry, o.root));
  tools::require_other_files({o.stream.output}, std::move(inputs));
  const ear::FrontEnd front_end(o.front_end, o.isa);
  ear::Header header = header_of(o, entries);
  header.n_channels = front_end.coeffs().n_channels;
  warn_of_names(header, entries, context);
  if (o.front_end.decimation > 0)
    header.dt_ms = ear::kMsPerSecond * o.front_end.decimation / o.front_end.sample_rate_hz;
  auto rest = ear::entries_of_shard(entries, o.stream.shard);
  tools::StreamOutput output(o.stream, header, "recording", context, rest.size());
  tools::LyonTotals totals;
  while (!rest.empty()) {
    const auto heard = tools::hear_first(rest, o.root, o.augment, front_end, tools::n_threads(o.stream));
    write(heard, output, totals, context);
    rest = rest.subspan(heard.size());
  }
  output.commit();
  if (totals.silent.n > 0) {
    context.warn(
        fmt::format("{} of the recordings give nothing but zeros, {} first", totals.silent.n, totals.silent.first));
  }
  context.note(totals.summary(header.n_channels));
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
