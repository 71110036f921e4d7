// Cochleagrams to spikes, and back where the method has a decoder.
#include <fmt/core.h>

#include <stdexcept>

#include "tools/common/stream_output.h"
#include "tools/encode/batch.h"
#include "tools/options/encode_options.h"

namespace {

struct Options {
  std::vector<std::string> inputs;
  tools::EncodeOptions encode;
  ear::EncodeParams params;
  bool decode = false;
  bool report = false;
  tools::StreamOptions stream;
};

const tools::ToolInfo kInfo = {"ossicle-encode", "Turns a stream of cochleagrams into a raster stream of spikes.",
                               "ossicle-lyon *.wav | ossicle-encode --method bsa --report -o spikes.tar"};

void define(CLI::App& app, Options& o) {
  app.add_option("STREAM", o.inputs, "Streams of ossicle-lyon; - or none: standard input");
  app.add_flag("--decode,!--no-decode", o.decode,
               "Back from spikes of ossicle-encode to a cochleagram, with the parameters of their recipe");
  app.add_flag("--report,!--no-report", o.report,
               "Say spikes, firing rate and signal-to-noise ratio of the round trip on standard error");
  tools::add_stream_options(app, o.stream, "record");
  tools::add_jobs_option(app, o.stream);
  tools::add_encode_options(app, o.encode);
}

void check(Options& o) {
  tools::check(o.stream);
  if (o.inputs.empty()) o.inputs = {"-"};
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

void say_at_end(const Options& o, int n_channels, const tools::EncodeTotals& totals, tools::Context& context) {
  const tools::Named& silent = totals.silent();
  if (silent.n > 0) context.warn(fmt::format("no spikes at all: {}; {}", silent.text(), remedy(o.params)));
  context.note(totals.summary(n_channels, !o.decode));
  if (!o.report) return;
  for (const std::string& line : totals.report()) context.report(line);
}

void run(Options& o, tools::Context& context) {
  tools::require_other_file(o.stream.output, o.inputs);
  tools::RecordSource source(o.inputs, o.stream.shard);
  const ear::StreamEncoder encoder = encoder_for(o, source);
  std::optional<ear::StreamEncoder> decoder;
  if (o.report && ear::has_decoder(o.params)) decoder = ear::StreamEncoder::decoder(encoder.output());
  ear::Header header = encoder.output();
  tools::add_made_by(header, kInfo.name);
  tools::StreamOutput output(o.stream, header, "record", context, source.n_records(),
                             [&source] { return source.share(); });
  tools::EncodeTotals totals;
  for (;;) {
    const auto all = tools::encode_next(source, encoder, decoder, tools::n_threads(o.stream));
    if (all.empty()) break;
    for (const tools::Encoded& encoded : all) {
      if (!encoded.record) {
        output.fail(fmt::format("record {}: {}", encoded.key, encoded.error));
      } else if (output.write(*encoded.record, "")) {
        totals.add(encoded, header.n_channels);
      }
    }
  }
  output.commit();
  if (output.n_written() + output.n_failed() == 0 && o.stream.shard.count == 1) {
    context.warn(source.name() + ": holds no record");
  }
  say_at_end(o, header.n_channels, totals, context);
}

}  // namespace

int main(int argc, char** argv) {
  return tools::run_tool<Options>(argc, argv, kInfo, define, check, run);
}
