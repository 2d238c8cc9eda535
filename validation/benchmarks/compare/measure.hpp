// What work takes: processor time of the whole process, which other programs do not disturb, and time on the
// wall, which is what counts when two threads share the work.
#pragma once

#include <time.h>

#include <algorithm>
#include <limits>

namespace dln::compare {

struct Spent {
  double cpu = std::numeric_limits<double>::infinity(), wall = cpu;

  void keep_least(const Spent& other) {
    cpu = std::min(cpu, other.cpu);
    wall = std::min(wall, other.wall);
  }
};

inline double clock_seconds(clockid_t clock) {
  timespec t;
  ::clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Waits at most 20 s for a moment in which no program keeps more than a tenth of the machine busy; whether
// there was one. True where the system keeps no account of it.
bool quiet_moment();

// Repeated until `least` seconds have gone by, at least once; the least of each clock.
template <class Work>
Spent timed(double least, Work&& work) {
  Spent best;
  const double start = clock_seconds(CLOCK_MONOTONIC);
  double now = start;
  do {
    const double cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID), wall = now;
    work();
    now = clock_seconds(CLOCK_MONOTONIC);
    best.keep_least({clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, now - wall});
  } while (now - start < least);
  return best;
}

}  // namespace dln::compare
