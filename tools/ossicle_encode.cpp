// Cochleagrams to spikes, and back where the method has a decoder.
#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

#include "snn/base/parallel.h"
#include "tools/common/io.h"
#include "tools/common/record_progress.h"
#include "tools/common/run_tool.h"
#include "tools/encode/batch.h"
#include "tools/options/encode_options.h"

namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string output = "-";
  tools::EncodeOptions encode;
  ear::EncodeParams params;
  bool decode = false;
  bool report = false;
  std::string shard_text = "1/1";
  ear::Shard shard;
  int n_jobs = 0;
  bool strict = false;
};

const tools::ToolInfo kInfo = {"ossicle-encode", "Turns a stream of cochleagrams into a raster stream of spikes.",
                               "ossicle-lyon *.wav | ossicle-encode --method bsa --report -o spikes.tar"};

constexpr int kMostJobs = 256;

void define(CLI::App& app, Options& o) {
  app.add_option("STREAM", o.inputs, "Streams of ossicle-lyon; - or none: standard input");
  app.add_option("-o,--output", o.output, "File for the stream; -: standard output")->capture_default_str();
  app.add_flag("--decode,!--no-decode", o.decode,
               "Back from spikes of ossicle-encode to a cochleagram, with the parameters of their recipe");
  app.add_flag("--report,!--no-report", o.report,
               "Say spikes, firing rate and signal-to-noise ratio of the round trip on standard error");
  app.add_option("--jobs", o.n_jobs, "Threads; 0: all of the machine. Does not change the stream")
      ->capture_default_str();
  app.add_option("--shard", o.shard_text, "Part i/n of the records, of files only; cat joins the parts")
      ->capture_default_str();
  app.add_flag("--strict,!--no-strict", o.strict, "Stop at the first record that cannot be encoded");
  tools::add_encode_options(app, o.encode);
}

void check(Options& o) {
  if (o.n_jobs < 0) throw std::invalid_argument(fmt::format("--jobs {}: wanted 0 or more", o.n_jobs));
  if (o.inputs.empty()) o.inputs = {"-"};
  o.shard = ear::parse_shard(o.shard_text);
  o.params = tools::encode_params(o.encode);
  const std::string given = tools::first_given(o.encode);
  if (o.decode && !given.empty()) {
    throw std::invalid_argument(fmt::format("{}: --decode takes the parameters from the stream; leave it out", given));
  }
  if (o.decode && o.report) {
    throw std::invalid_argument("--report compares with the original, which --decode does not have; give it to encode");
  }
}

/// The encoder or decoder for the source's streams. Messages name the stream.
ear::StreamEncoder encoder_for(const Options& o, const tools::RecordSource& source) {
  try {
    return o.decode ? ear::StreamEncoder::decoder(source.header())
                    : ear::StreamEncoder::encoder(source.header(), o.params);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(source.name() + ": " + error.what());
  }
}

/// What to do about a raster without spikes.
const char* remedy(const ear::EncodeParams& params) {
  constexpr const char* kRemedies[] = {"raise --scale", "lower --delta", "raise --gain", "raise --rate-hz"};
  return kRemedies[params.index()];
}

/// Writes what was encoded, in order, and names what could not be.
void write(const std::vector<tools::Encoded>& all, const Options& o, int n_channels, ear::Writer& writer,
           tools::Tally& tally, tools::Context& context) {
  for (const tools::Encoded& encoded : all) {
    std::string error = encoded.error.empty() ? "" : fmt::format("record {}: {}", encoded.key, encoded.error);
    try {
      if (error.empty()) writer.write(*encoded.record);
    } catch (const std::invalid_argument& refused) {
      error = refused.what();
    }
    if (error.empty()) {
      tally.add(encoded, n_channels);
    } else if (o.strict) {
      throw std::runtime_error(error + " (--strict)");
    } else {
      context.fail_record(error);
    }
  }
}

void say_at_end(const Options& o, int n_channels, const tools::Tally& tally, tools::Context& context) {
  if (tally.n_silent() > 0) {
    context.warn(fmt::format("no spikes at all: {} recording{}, {} first; {}", tally.n_silent(),
                             tally.n_silent() == 1 ? "" : "s", tally.first_silent(), remedy(o.params)));
  }
  context.note(tally.summary(n_channels, !o.decode));
  if (!o.report) return;
  for (const std::string& line : tally.report()) context.report(line);
}

void run(Options& o, tools::Context& context) {
  tools::require_other_file(o.output, o.inputs);
  tools::RecordSource source(o.inputs, o.shard);
  const ear::StreamEncoder encoder = encoder_for(o, source);
  std::optional<ear::StreamEncoder> decoder;
  if (o.report && ear::has_decoder(o.params)) decoder = ear::StreamEncoder::decoder(encoder.output());
  ear::Header header = encoder.output();
  std::erase_if(header.made_by, [](const auto& entry) { return entry.first == kInfo.name; });
  header.made_by.emplace_back(kInfo.name, tools::version());
  tools::RecordProgress progress(context, source.n_records());
  tools::OutputFile output(o.output, tools::FileKind::kStream);
  ear::Writer writer(output.fd(), output.name(), header);
  tools::Tally tally;
  const int n_threads = std::min(o.n_jobs > 0 ? o.n_jobs : snn::available_threads(), kMostJobs);
  bool has_work = false;
  for (;;) {
    const auto encoded = tools::encode_next(source, encoder, decoder, n_threads);
    if (encoded.empty()) break;
    has_work = true;
    write(encoded, o, header.n_channels, writer, tally, context);
    progress.add(encoded.size(), source.share());
  }
  // A shard without a usable record is a part like any other: cat must find all of them.
  if (has_work && tally.n_records() == 0 && o.shard.count == 1) throw std::runtime_error("no record could be used");
  if (!has_work && o.shard.count == 1) context.warn(source.name() + ": holds no record");
  writer.close();
  output.commit();
  say_at_end(o, header.n_channels, tally, context);
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
