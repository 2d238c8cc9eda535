// A sweep and a journal used from many threads of this process, for the thread sanitizer to watch; and what
// they keep is all there.
#include <gtest/gtest.h>

#include <thread>

#include "tests/tools/program.hpp"
#include "tools/journal.hpp"
#include "tools/sweep/sweep_runner.hpp"

namespace dln::tools {
namespace {

constexpr int kThreads = 8;  // of our own; oneTBB has no more than cores

TEST(SweepThreads, KeepEveryRunOnce) {
  const auto plan = SweepPlan::parse(
      "experiment = \"mode\"\n[grid]\ns = { from = 1, to = 2, count = 10 }\nseed = { from = 0, to = 99 }\n",
      "plan");
  const auto folder = scratch("sweep-threads");
  SweepDataCache cache;
  SweepResults results(plan, folder, false);
  SweepQueue queue(results.records());
  run_on_threads(
      plan, cache, 2, [&] { return queue.take(); },
      [&](SweepReport report) { results.add(std::move(report)); });
  results.settle();
  results.write_tables();
  EXPECT_EQ(results.finished(), plan.runs());
  EXPECT_EQ(results.count(SweepRecord::State::done), plan.runs());
}

TEST(SweepThreads, KeepWhatManyWriteToOneJournal) {
  const auto file = scratch("journal-threads") / "journal";
  const auto key = [](int thread, int i) { return "key " + std::to_string(100 * thread + i); };
  {
    Journal journal(file);
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50; ++i) {
          journal.keep(key(t, i), {t + 0.5, i / 3.0});
          journal.find(key((t + 1) % kThreads, i));
        }
      });
  }
  Journal journal(file);
  for (int t = 0; t < kThreads; ++t)
    for (int i = 0; i < 50; ++i)
      EXPECT_EQ(journal.find(key(t, i)), (std::vector<double>{t + 0.5, i / 3.0})) << key(t, i);
}

}  // namespace
}  // namespace dln::tools
