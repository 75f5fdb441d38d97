/*
 * The most that this processor can do in float32: multiply-adds in registers, with the widest vectors that the compiler
 * finds on this machine, on some threads at once.
 *
 * Usage: fma-peak THREADS
 *
 * Prints operations a second of all threads together, two for a multiply-add, and how many floats a vector has.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Chains: independent multiply-adds, as many as hide their latency and, with the two operands, fit into registers. */
#if defined(__AVX512F__)
#define LANES 16
#define CHAINS 24
#elif defined(__AVX__)
#define LANES 8
#define CHAINS 12
#elif defined(__x86_64__) || defined(__i386__)
#define LANES 4
#define CHAINS 12
#else
#define LANES 4
#define CHAINS 24
#endif

#define MAX_THREADS 1024
#define TURNS 100000
#define WARM_UP 0.01
#define MEASURED 0.04

typedef float vector __attribute__((vector_size(4 * LANES)));

static atomic_int waiting;
static double speeds[MAX_THREADS];
static volatile float seen[MAX_THREADS];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Operands that change in every turn, so that no product can be taken out of the loop; values approach 1. */
static float turns(float start) {
  vector sums[CHAINS];
  vector factor = (vector){0} + 0.5f;
  vector term = (vector){0} + 0.5f;
  for (int i = 0; i < CHAINS; i++) sums[i] = (vector){0} + start + (float)i;
  for (int turn = 0; turn < TURNS; turn++) {
#pragma GCC unroll 24
    for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * factor + term;
  }
  float total = 0;
  for (int i = 0; i < CHAINS; i++) total += sums[i][0];
  return total;
}

/* Turns in a second, over at least so many seconds; each call begins with what the last one gave, so that all are made. */
static double speed(double seconds, int thread) {
  double start = now();
  double end;
  long count = 0;
  float value = (float)thread;
  do {
    value = turns(value);
    count += TURNS;
    end = now();
  } while (end - start < seconds);
  seen[thread] = value;
  return (double)count / (end - start);
}

static void *measure(void *argument) {
  int thread = (int)(size_t)argument;
  atomic_fetch_sub(&waiting, 1);
  while (atomic_load(&waiting) > 0) {
  }
  speed(WARM_UP, thread);
  speeds[thread] = speed(MEASURED, thread);
  return NULL;
}

int main(int count, char **words) {
  int threads = count == 2 ? atoi(words[1]) : 0;
  if (threads < 1 || threads > MAX_THREADS) {
    fprintf(stderr, "fma-peak: expected a number of threads\n");
    return 2;
  }
  pthread_t ids[MAX_THREADS];
  atomic_store(&waiting, threads);
  for (int i = 1; i < threads; i++) {
    if (pthread_create(&ids[i], NULL, measure, (void *)(size_t)i) != 0) {
      fprintf(stderr, "fma-peak: expected to start thread %d, got an error\n", i);
      return 1;
    }
  }
  measure((void *)0);
  for (int i = 1; i < threads; i++) pthread_join(ids[i], NULL);
  double total = 0;
  for (int i = 0; i < threads; i++) total += speeds[i];
  printf("%.0f %d\n", 2.0 * LANES * CHAINS * total, LANES);
  return 0;
}
