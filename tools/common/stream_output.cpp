#include "tools/common/stream_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "snn/base/parallel.h"

namespace tools {

void add_stream_options(CLI::App& app, StreamOptions& o, const std::string& noun) {
  app.add_option("-o,--output", o.output, "File for the stream; -: standard output")
      ->type_name("STREAM")
      ->capture_default_str();
  app.add_option("--shard", o.shard_text,
                 fmt::format("Part i/n of the {}s, if they come from files; cat joins the parts", noun))
      ->capture_default_str();
  app.add_flag("--strict,!--no-strict", o.strict, fmt::format("Stop at the first {} that cannot be used", noun));
}

void add_jobs_option(CLI::App& app, StreamOptions& o) {
  app.add_option("--jobs", o.n_jobs, "Threads; 0: all of the machine. Does not change the stream")
      ->capture_default_str();
}

void check(StreamOptions& o) {
  if (o.n_jobs < 0) throw std::invalid_argument(fmt::format("--jobs {}: wanted 0 or more", o.n_jobs));
  o.shard = ear::parse_shard(o.shard_text);
}

int n_threads(const StreamOptions& o) {
  constexpr int kMost = 256;
  return std::min(o.n_jobs > 0 ? o.n_jobs : snn::available_threads(), kMost);
}

std::string count_of(std::size_t n, const std::string& noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string Named::text() const {
  return fmt::format("{}, {} first", count_of(n, "recording"), first);
}

void add_made_by(ear::Header& header, const std::string& tool) {
  std::erase_if(header.made_by, [&tool](const auto& entry) { return entry.first == tool; });
  header.made_by.emplace_back(tool, version());
}

StreamOutput::StreamOutput(const StreamOptions& options, const ear::Header& header, const std::string& noun,
                           Context& context, std::optional<std::size_t> n_total,
                           std::function<std::optional<double>()> share)
    : options_(options),
      noun_(noun),
      context_(context),
      share_(std::move(share)),
      progress_(context, n_total, noun + "s"),
      file_(options.output, FileKind::kStream),
      writer_(file_.fd(), file_.name(), header) {}

bool StreamOutput::write(const ear::Record& record, const std::string& name) {
  try {
    writer_.write(record);
  } catch (const std::invalid_argument& refused) {
    fail(fmt::format("{}{}{}", name, name.empty() ? "" : ": ", refused.what()));
    return false;
  }
  ++n_written_;
  advance();
  return true;
}

void StreamOutput::fail(const std::string& message) {
  if (options_.strict) throw std::runtime_error(message + " (--strict)");
  ++n_failed_;
  context_.fail_record(message);
  advance();
}

void StreamOutput::commit() {
  // A shard without a usable record is a part like any other: cat must find all of them.
  if (n_failed_ > 0 && n_written_ == 0 && options_.shard.count == 1) {
    throw std::runtime_error(fmt::format("no {} could be used", noun_));
  }
  writer_.close();
  file_.commit();
}

}  // namespace tools
