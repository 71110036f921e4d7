// Reads a stream from standard input and prints a line a record: key, label, speaker, number of steps.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "frontend/stream/stream.h"

int main() {
  try {
    ear::Reader reader(0, "standard input");
    for (ear::Record record; reader.next(record);) {
      std::printf("%s %s %s %d\n", record.key.c_str(), record.label.c_str(), record.speaker.c_str(), record.n_steps);
    }
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
