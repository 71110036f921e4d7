// Names the words of a recording, as they come.
//   listen digits.model recording.wav
#include <cstdio>
#include <exception>
#include <vector>

#include "tools/recogniser/listener.h"

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("listen: wanted a model and a recording\n", stderr), 2;
  try {
    const ossicle::Recogniser recogniser(snn::read_model(argv[1]));
    const ear::Sound sound = ear::read_sound(argv[2]);
    ossicle::Listener listener(recogniser, {}, sound.sample_rate_hz);
    std::vector<ossicle::Heard> heard;
    listener.push(sound.samples, heard);
    listener.finish(heard);
    for (const ossicle::Heard& word : heard) {
      std::printf("%.3f\t%.3f\t%s\n", word.begin_s, word.end_s,
                  word.error.empty() ? word.answers.front().label.c_str() : "-");
    }
    return 0;
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "listen: %s\n", error.what()), 2;
  }
}
