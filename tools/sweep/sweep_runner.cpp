#include "tools/sweep/sweep_runner.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <limits>
#include <new>

#include "dln/base/error.hpp"

namespace dln::tools {

using State = SweepRecord::State;

SweepReport carry_out(const SweepPlan& plan, std::uint64_t run, SweepDataCache& cache) {
  SweepReport report{.run = run, .record = {}};
  const auto start = std::chrono::steady_clock::now();
  auto& [state, values, message] = report.record;
  try {
    auto outcome = plan.experiment().run(plan.at(run), cache);
    state = outcome.diverged ? State::diverged : State::done;
    values = std::move(outcome.values);
  } catch (const base::DomainError& error) {
    state = State::failed;
    message = error.what();
  } catch (const base::NumericalError& error) {
    state = State::failed;
    message = error.what();
  } catch (const std::bad_alloc&) {
    state = State::failed;
    message = "out of memory";
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

void run_on_threads(const SweepPlan& plan, SweepDataCache& cache, int threads, const NextRun& next,
                    const RunFinished& finished) {
  std::atomic<bool> ended = false;
  const auto work = [&] {
    try {
      while (!ended) {
        const auto run = next();
        if (!run) return;
        // Isolated, so that a thread that waits within one run does not begin another.
        finished(tbb::this_task_arena::isolate([&] { return carry_out(plan, *run, cache); }));
      }
    } catch (...) {
      ended = true;
      throw;
    }
  };
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(
        0, threads, [&](int) { work(); }, tbb::simple_partitioner());
  });
}

SweepQueue::SweepQueue(const std::vector<SweepRecord>& records) {
  for (std::uint64_t run = 0; run < records.size(); ++run)
    if (records[run].state == State::pending) pending_.push_back(run);
}

std::optional<std::uint64_t> SweepQueue::take() {
  const auto at = next_++;
  if (at >= pending_.size()) return {};
  return pending_[at];
}

std::vector<std::uint64_t> SweepQueue::take(std::uint64_t count) {
  const auto from = std::min<std::uint64_t>(next_.fetch_add(count), size()),
             to = std::min<std::uint64_t>(from + count, size());
  return {pending_.begin() + static_cast<std::ptrdiff_t>(from),
          pending_.begin() + static_cast<std::ptrdiff_t>(to)};
}

std::optional<double> time_of_first_run(const SweepPlan& plan, double patience) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    SweepDataCache cache;
    try {
      const double seconds = carry_out(plan, 0, cache).seconds;
      (void)!::write(ends[1], &seconds, sizeof seconds);
    } catch (const std::exception&) {
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  std::optional<double> answer;
  pollfd waiting{.fd = ends[0], .events = POLLIN, .revents = 0};
  double seconds = 0;
  if (child < 0 || ::poll(&waiting, 1, static_cast<int>(1000 * patience)) == 1)
    answer = ::read(ends[0], &seconds, sizeof seconds) == sizeof seconds
                 ? seconds
                 : std::numeric_limits<double>::quiet_NaN();
  ::close(ends[0]);
  if (child > 0) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  return answer;
}

}  // namespace dln::tools
