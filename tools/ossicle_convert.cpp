// Streams to and from other tools' files, and models to and from them.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

#include "frontend/stream/list.h"
#include "tools/common/io.h"
#include "tools/common/load.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"
#include "tools/convert/formats.h"
#include "tools/convert/model_conversion.h"
#include "tools/convert/record_files.h"
#include "tools/options/choice_option.h"

namespace {

struct Options {
  tools::Formats formats;
  std::string input;
  std::string output = "-";
  tools::RecordConversion records;
  tools::ModelConversion model;
};

const tools::ToolInfo kInfo = {
    "ossicle-convert",
    "Converts streams and models to other tools' files and back (README.md: Exchange data with other programs).",
    "ossicle-convert train.tar -o train.npz"};

constexpr std::size_t kMaxListBytes = 1ULL << 30;
constexpr std::size_t kWarningsShown = 5;

void define(CLI::App& app, Options& o) {
  app.add_option("FILE", o.input, "File or folder to convert; -: standard input, a stream unless --from says another")
      ->required();
  app.add_option("-o,--output", o.output, "File or folder to write; -: standard output")
      ->type_name("FILE")
      ->capture_default_str();
  const CLI::IsMember formats(tools::format_names());
  app.add_option("--from", o.formats.from, "Format of the input [by its name, else by its first bytes]")
      ->check(formats)
      ->type_name("FORMAT");
  app.add_option("--to", o.formats.to, "Format of the output [by its name]")->check(formats)->type_name("FORMAT");
  app.add_option("--shard", o.records.shard_text, "Records: part i/n of them, in a row")->capture_default_str();
  app.add_option("--kind", o.records.kind, "Records from elsewhere: what their numbers are [by their type]")
      ->check(CLI::IsMember({"cochleagram", "raster", "counts"}));
  app.add_option("--classes", o.records.classes,
                 "Records from elsewhere: file of class names, one a line [their labels]")
      ->type_name("FILE");
  app.add_option("--labels", o.records.labels, "Kaldi archive alone: table `key word ...`")->type_name("FILE");
  app.add_option("--speakers", o.records.speakers, "Kaldi archive alone: table `key speaker`")->type_name("FILE");
  app.add_option("--time-unit", o.records.time_unit, "Text of events: unit of the times [output: s]")
      ->type_name(tools::choices_type(std::array{"s", "ms", "us"}));
  app.add_option("--input-channels", o.records.n_channels, "Text of events as input: number of channels");
  tools::add_model_options(app, o.model);
  app.get_option("--dt-ms")
      ->description(
          "Length of a step in ms: of records whose file does not say it, of events [0.001]; NIR: [the recipe's, else "
          "1]")
      ->group("Options");
}

void refuse(bool wrong, const char* flag, const char* where) {
  if (wrong) throw std::invalid_argument(fmt::format("{} is for {}", flag, where));
}

void check(Options& o) {
  o.formats = tools::complete_formats(o.formats, o.input, o.output);
  const auto& [from, to] = o.formats;
  auto& r = o.records;
  r.shard = ear::parse_shard(r.shard_text);
  refuse(tools::is_model_format(from) && r.shard.count > 1, "--shard", "records, not for models");
  refuse(from != "kaldi" && (!r.labels.empty() || !r.speakers.empty()), "--labels or --speakers",
         "an archive of Kaldi as input");
  refuse(from == "kaldi" && std::filesystem::is_directory(o.input) && (!r.labels.empty() || !r.speakers.empty()),
         "--labels or --speakers", "an archive alone; a folder has tables of its own");
  refuse(from != "text" && to != "text" && !r.time_unit.empty(), "--time-unit", "text of events");
  refuse(from != "text" && r.n_channels.has_value(), "--input-channels", "text of events as input");
  refuse(tools::is_model_format(from) && (!r.kind.empty() || !r.classes.empty()), "--kind or --classes",
         "records, not for models");
  tools::check_model_options(from, o.model);
  if (!r.time_unit.empty()) ear::parse_time_unit(r.time_unit);
  if (tools::is_model_format(from)) return;
  r.foreign.dt_ms = o.model.dt_ms;
  for (const ear::Kind kind : {ear::Kind::kCochleagram, ear::Kind::kRaster, ear::Kind::kCounts}) {
    if (r.kind == ear::kind_name(kind)) r.foreign.kind = kind;
  }
  if (!r.classes.empty()) r.foreign.classes = ear::parse_classes(tools::read_file(r.classes, kMaxListBytes), r.classes);
}

/// The records of the shard: the first, and the one after the last.
std::pair<std::size_t, std::size_t> range_of(const Options& o, const ear::RecordReader& records) {
  if (o.records.shard.count == 1) return {0, static_cast<std::size_t>(-1)};
  std::optional<std::size_t> n = records.n_records();
  if (!n) {
    if (!std::filesystem::is_regular_file(o.input) && !std::filesystem::is_directory(o.input)) {
      throw std::invalid_argument("--shard: the records of a pipe cannot be counted beforehand; name a file");
    }
    tools::RecordInput counted(o.formats.from, o.input, o.records);
    n = 0;
    for (ear::ReadRecord item; counted.source().next(item);) ++*n;
  }
  return ear::range_of_shard(*n, o.records.shard);
}

/// All files that are read, so that none of them is replaced.
std::vector<std::string> inputs_of(const Options& o) {
  std::vector<std::string> inputs{o.input, o.records.classes, o.records.labels, o.records.speakers};
  if (!std::filesystem::is_directory(o.input)) return inputs;
  for (const char* name : {"feats.ark", "feats.scp", "text", "utt2spk", "frame_shift", "ossicle_header.json",
                           "ossicle_records.json", "list.tsv", "classes.txt"}) {
    inputs.push_back((std::filesystem::path(o.input) / name).string());
  }
  return inputs;
}

void convert_records(const Options& o, tools::Context& context) {
  tools::require_other_files({o.output}, inputs_of(o));
  tools::RecordInput input(o.formats.from, o.input, o.records);
  ear::RecordReader& source = input.source();
  const auto [first, end] = range_of(o, source);
  ear::Header header = source.header();
  if (!source.is_own()) header.made_by.emplace_back(kInfo.name, tools::version());
  tools::warn_of_look_alikes(header.classes, "labels", context);
  tools::RecordProgress progress(context, source.n_records());
  tools::RecordOutput output(o.formats.to, o.output, header, o.records);
  std::size_t n_warnings = 0;
  std::size_t n_written = 0;
  std::size_t n = 0;
  for (ear::ReadRecord item; source.next(item); ++n) {
    progress.add(1, input.file() != nullptr ? tools::share_read(input.file()->fd()) : std::nullopt);
    if (n < first || n >= end) continue;
    if (!item.warning.empty() && n_warnings++ < kWarningsShown) context.warn(item.warning);
    if (item.error.empty()) {
      output.sink().write(item.record);
      ++n_written;
    } else {
      context.fail_record(item.error);
    }
  }
  if (n_written == 0 && context.n_failed() > 0 && o.records.shard.count == 1)
    throw std::runtime_error("no record could be used");
  if (n_warnings > kWarningsShown) {
    context.warn(fmt::format("{} records with warnings; the first {} are shown", n_warnings, kWarningsShown));
  }
  const auto lines = output.commit();
  for (const std::string& line : source.notes()) context.note(line);
  for (const std::string& line : lines) context.note(line);
  context.note(fmt::format("{} records of kind {}, {} channels, from {} to {}", n_written, ear::kind_name(header.kind),
                           header.n_channels, o.formats.from, o.formats.to));
}

void run(Options& o, tools::Context& context) {
  if (tools::is_model_format(o.formats.from)) {
    tools::convert_model(o.formats.from, o.formats.to, o.input, o.output, o.model, context);
  } else {
    convert_records(o, context);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
