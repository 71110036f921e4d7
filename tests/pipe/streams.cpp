#include "tests/pipe/streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <random>
#include <stdexcept>

#include "frontend/stream/stream.h"

namespace pipe_support {

namespace {

/// Each class is busy in channels of its own, over noise.
ear::Record make_record(const StreamSpec& spec, int index, int label, std::mt19937& random) {
  ear::Record record;
  record.key = spec.prefix + "_" + std::to_string(index);
  record.label = label < spec.n_classes ? std::to_string(label) : spec.extra_label;
  record.speaker = "speaker" + std::to_string(index % 3);
  record.n_steps = 30 + static_cast<int>(random() % 21);
  record.dt_ms = spec.step_ms;
  std::vector<float> values;
  for (int step = 0; step < record.n_steps; ++step) {
    for (int channel = 0; channel < spec.n_channels; ++channel) {
      const bool own = channel % 10 == label % 10;
      const bool is_active = random() % 100 < (own ? spec.own_percent : spec.other_percent);
      values.push_back(is_active && index >= spec.n_silent ? 1.0F : 0.0F);
    }
  }
  record.data = std::move(values);
  return record;
}

}  // namespace

void write_stream(const std::filesystem::path& path, const StreamSpec& spec) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0) throw std::runtime_error(path.string() + ": cannot open");
  ear::Header header;
  header.kind = ear::Kind::kCochleagram;
  header.n_channels = spec.n_channels;
  for (int i = 0; i < spec.n_classes; ++i) header.classes.push_back(std::to_string(i));
  if (!spec.extra_label.empty()) header.classes.push_back(spec.extra_label);
  header.recipe.stages.push_back({"test", {{"scale", spec.scale}}});
  ear::Writer writer(fd, path.string(), header);
  std::mt19937 random(spec.seed);
  for (int i = 0; i < spec.n_records; ++i)
    writer.write(make_record(spec, i, spec.n_classes > 0 ? i % spec.n_classes : i, random));
  if (!spec.extra_label.empty()) writer.write(make_record(spec, spec.n_records, spec.n_classes, random));
  if (spec.with_sequence) {
    ear::Record record = make_record(spec, spec.n_records + 1, 0, random);
    record.label.clear();
    record.sequence = {"1", "0", "1"};
    writer.write(record);
  }
  writer.close();
  ::close(fd);
}

}  // namespace pipe_support
