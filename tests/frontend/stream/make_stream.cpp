// Writes a small stream of the kind named by the first argument to standard output: the sample of test_numpy.py.
#include <cstdlib>
#include <string>

#include "tests/frontend/stream/samples.h"

int main(int argc, char** argv) {
  const std::string wanted = argc == 2 ? argv[1] : "";
  for (const ear::Kind kind : {ear::Kind::kCochleagram, ear::Kind::kRaster, ear::Kind::kCounts, ear::Kind::kEvents}) {
    if (wanted != ear::kind_name(kind)) continue;
    ear::Writer writer(1, "standard output", samples::header(kind));
    writer.write(samples::record(kind, "first"));
    ear::Record second = samples::record(kind, std::string(150, 'k'), 2);
    second.label = "0";
    second.speaker = "M\xc3\xa4rz \"q\" \\";
    writer.write(second);
    writer.close();
    return EXIT_SUCCESS;
  }
  return EXIT_FAILURE;
}
