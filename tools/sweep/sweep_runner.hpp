// Runs of a sweep on the threads of this process, handed out one by one as they become free.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "tools/sweep/sweep_plan.hpp"
#include "tools/sweep/sweep_results.hpp"

namespace dln::tools {

// One run. What it refuses (DomainError), what fails (NumericalError) and what does not fit in memory is
// recorded; anything else, such as data that cannot be read, is thrown.
SweepReport carry_out(const SweepPlan& plan, std::uint64_t run, SweepDataCache& cache);

// Asked for a run from several threads at once; nothing when there is none left.
using NextRun = std::function<std::optional<std::uint64_t>()>;
// Told of a finished one from several threads at once. Throws to end the sweep.
using RunFinished = std::function<void(SweepReport)>;

// Until next() has nothing left. Throws what a run or `finished` throws, once the runs under way are done.
void run_on_threads(const SweepPlan& plan, SweepDataCache& cache, int threads, const NextRun& next,
                    const RunFinished& finished);

// Runs that are still to do, in order, handed out to threads and to other processes.
class SweepQueue {
 public:
  explicit SweepQueue(const std::vector<SweepRecord>& records);
  std::uint64_t size() const { return pending_.size(); }
  std::uint64_t left() const { return size() - std::min<std::uint64_t>(next_, size()); }
  std::optional<std::uint64_t> take();
  // At most `count`.
  std::vector<std::uint64_t> take(std::uint64_t count);
  // Nothing is left from now on.
  void stop() { next_ = size(); }

 private:
  std::vector<std::uint64_t> pending_;
  std::atomic<std::uint64_t> next_ = 0;
};

// Seconds that the first run takes, found out in a process of its own; nothing when that takes longer than
// `patience`, NaN when it ends otherwise.
std::optional<double> time_of_first_run(const SweepPlan& plan, double patience);

}  // namespace dln::tools
