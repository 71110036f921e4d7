/* Names one recording: raw floats of 16 kHz on standard input, full scale +-1.
 *   recognise digits.model < seven.f32 */
#include <ossicle.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char* what) {
  fprintf(stderr, "recognise: %s\n", what);
  return 2;
}

int main(int argc, char** argv) {
  enum { kMost = 16000 * 60, kClasses = 3 };
  ossicle_recogniser* recogniser = NULL;
  ossicle_answer answers[kClasses];
  size_t n_samples, count, i;
  float* samples;
  if (argc != 2) return fail("wanted a model");
  if (ossicle_open(argv[1], &recogniser) != OSSICLE_OK) return fail(ossicle_last_error());
  samples = malloc(kMost * sizeof *samples);
  if (samples == NULL) return fail("no memory");
  n_samples = fread(samples, sizeof *samples, kMost, stdin);
  if (ossicle_recognise(recogniser, samples, n_samples, 16000, answers, kClasses, &count) != OSSICLE_OK) {
    return fail(ossicle_last_error());
  }
  for (i = 0; i < count; ++i) printf("%s\t%.4f\n", answers[i].label, answers[i].confidence);
  free(samples);
  ossicle_close(recogniser);
  return 0;
}
