/* A model for programs in C, and for whatever calls C: samples in, words out. No call lets an exception pass.
 *
 *   ossicle_recogniser* recogniser;
 *   if (ossicle_open("digits.model", &recogniser) != OSSICLE_OK) puts(ossicle_last_error());
 *   ossicle_answer answer;
 *   size_t n;
 *   if (ossicle_recognise(recogniser, samples, n_samples, 16000, &answer, 1, &n) == OSSICLE_OK) puts(answer.label);
 *   ossicle_close(recogniser);
 *
 * Samples are floats, full scale +-1, of one channel. Texts are UTF-8.
 */
#ifndef OSSICLE_H
#define OSSICLE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when a declaration of this file changes its meaning or goes; what is added leaves it. */
#define OSSICLE_API_VERSION 1
int ossicle_api_version(void);

typedef enum ossicle_status {
  OSSICLE_OK = 0,
  OSSICLE_BAD_ARGUMENT = 1, /* a null pointer, a number out of range, a call at the wrong time */
  OSSICLE_BAD_MODEL = 2,    /* cannot be read, is none, or wants no sound */
  OSSICLE_BAD_SOUND = 3,    /* too short for the model, a sample that is not finite or is beyond +-16 */
  OSSICLE_NO_MEMORY = 4,
  OSSICLE_FAILED = 5
} ossicle_status;

/* What the last call of this thread that was not OSSICLE_OK says: what was found, what was wanted. Until the thread's
 * next call. */
const char* ossicle_last_error(void);

/* Most samples of one call. */
#define OSSICLE_MAX_SAMPLES 536870912

/* A model in memory. Threads may share it. */
typedef struct ossicle_recogniser ossicle_recogniser;

/* Reads a model that ossicle-train wrote. *recogniser is set where the status is OSSICLE_OK, and closed by
 * ossicle_close(). */
ossicle_status ossicle_open(const char* path, ossicle_recogniser** recogniser);
/* Null is nothing. No listener of it may be left. */
void ossicle_close(ossicle_recogniser* recogniser);

size_t ossicle_class_count(const ossicle_recogniser* recogniser);
/* Null for an index that is not below the count. Until ossicle_close(). */
const char* ossicle_class_name(const ossicle_recogniser* recogniser, size_t index);

/* A class and what speaks for it. */
typedef struct ossicle_answer {
  const char* label; /* a class, or "(silence)"; until ossicle_close() */
  float score;       /* summed output */
  double confidence; /* 0 to 1; below 0 for silence and of a model without a calibration */
} ossicle_answer;

/* Names a recording of 1,000 to 768,000 samples a second: up to `capacity` >= 1 classes, the best first, and in *count
 * how many there are; of silence one. */
ossicle_status ossicle_recognise(const ossicle_recogniser* recogniser, const float* samples, size_t n_samples,
                                 int sample_rate_hz, ossicle_answer* answers, size_t capacity, size_t* count);

/* Words out of a signal without end. Used by one thread at a time. */
typedef struct ossicle_listener ossicle_listener;

typedef struct ossicle_word {
  double begin_s, end_s; /* since the signal's beginning */
  double known_s;        /* what had been heard when the word was known */
  int is_final;          /* 0: a guess at a word that goes on */
  ossicle_answer answer;
} ossicle_word;

/* sample_rate_hz: 1,000 to 768,000. partial_s: time between guesses while a word goes on, 0.01 to 3600; 0: none. Closed
 * by ossicle_listener_close(). */
ossicle_status ossicle_listen(const ossicle_recogniser* recogniser, int sample_rate_hz, double partial_s,
                              ossicle_listener** listener);
void ossicle_listener_close(ossicle_listener* listener);

/* Told of a word or guess. It must return: no longjmp, no C++ exception. It must not close the listener that tells it;
 * pushing to that one and finishing it are refused (OSSICLE_BAD_ARGUMENT). */
typedef void (*ossicle_on_word)(const ossicle_word* word, void* user);
/* Hears further samples, in blocks of any length up to OSSICLE_MAX_SAMPLES, and calls `on_word` for each word and guess
 * that they bring, before it returns; `user` is passed on. Without an `on_word` they wait for ossicle_next_word(). Of samples that hold one that is not finite, or is beyond
 * +-16, none is heard. Words that the model refuses make the status OSSICLE_BAD_SOUND; what comes behind them is heard
 * all the same. Nothing may be pushed behind ossicle_finish(). */
ossicle_status ossicle_push(ossicle_listener* listener, const float* samples, size_t n_samples, ossicle_on_word on_word,
                            void* user);
/* The signal has ended: the word that went on is named. Once for each listener. */
ossicle_status ossicle_finish(ossicle_listener* listener, ossicle_on_word on_word, void* user);
/* Takes the next word or guess that waits: 1, or 0 if none does (or of a null pointer). */
int ossicle_next_word(ossicle_listener* listener, ossicle_word* word);

#ifdef __cplusplus
}
#endif

#endif
