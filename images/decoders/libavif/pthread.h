/* Threads for dav1d and libavif where there is one: locks are always free, and no other thread can be made. */
#ifndef PTHREAD_H
#define PTHREAD_H
#include <bits/alltypes.h>
#include <stddef.h>

typedef int one_thread;
#define pthread_mutex_t one_thread
#define pthread_cond_t one_thread
#define pthread_attr_t one_thread
#define pthread_t one_thread
#define pthread_once_t one_thread
#define PTHREAD_ONCE_INIT 0
#define PTHREAD_MUTEX_INITIALIZER 0

#define SUCCEEDS(name)                   \
  static inline int name(one_thread *it) { \
    (void)it;                            \
    return 0;                            \
  }
SUCCEEDS(pthread_mutex_lock)
SUCCEEDS(pthread_mutex_unlock)
SUCCEEDS(pthread_mutex_destroy)
SUCCEEDS(pthread_cond_signal)
SUCCEEDS(pthread_cond_broadcast)
SUCCEEDS(pthread_cond_destroy)
SUCCEEDS(pthread_attr_init)
SUCCEEDS(pthread_attr_destroy)

static inline int pthread_mutex_init(one_thread *it, const void *attributes) {
  (void)it;
  (void)attributes;
  return 0;
}

static inline int pthread_cond_init(one_thread *it, const void *attributes) {
  (void)it;
  (void)attributes;
  return 0;
}

static inline int pthread_cond_wait(one_thread *it, one_thread *lock) {
  (void)it;
  (void)lock;
  return 0;
}

static inline int pthread_attr_setstacksize(one_thread *it, size_t size) {
  (void)it;
  (void)size;
  return 0;
}

static inline int pthread_create(one_thread *it, const void *attributes, void *(*run)(void *), void *argument) {
  (void)it;
  (void)attributes;
  (void)run;
  (void)argument;
  return 11;
}

static inline int pthread_join(one_thread it, void **result) {
  (void)it;
  (void)result;
  return 0;
}

static inline int pthread_once(one_thread *it, void (*run)(void)) {
  if (*it == 0) {
    *it = 1;
    run();
  }
  return 0;
}

#endif
