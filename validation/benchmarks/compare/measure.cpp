#include "validation/benchmarks/compare/measure.hpp"

#include <unistd.h>

#include <fstream>
#include <string>

namespace dln::compare {
namespace {

struct Ticks {
  double all = 0, idle = 0;
};
// Linux's account of all processors since it started.
Ticks ticks() {
  std::ifstream stat("/proc/stat");
  std::string name;
  stat >> name;
  Ticks t;
  double value = 0;
  for (int i = 0; i < 8 && stat >> value; ++i) {
    t.all += value;
    if (i == 3 || i == 4) t.idle += value;  // idle, and waiting for a disk
  }
  return t;
}

}  // namespace

bool quiet_moment() {
  for (int i = 0; i < 80; ++i) {
    const Ticks before = ticks();
    ::usleep(250'000);
    const Ticks after = ticks();
    if (!(after.all > before.all)) return true;
    if (1 - (after.idle - before.idle) / (after.all - before.all) < 0.1) return true;
  }
  return false;
}

}  // namespace dln::compare
