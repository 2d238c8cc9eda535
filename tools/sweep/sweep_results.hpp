// SweepResults: what became of every run, kept in a journal as it comes, and written out as tables at the
// end.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tools/journal_file.hpp"
#include "tools/sweep/sweep_plan.hpp"

namespace dln::tools {

struct SweepRecord {
  enum class State : std::uint8_t { pending, done, diverged, failed };
  State state = State::pending;
  std::vector<double> values;  // as SweepOutcome has them; none of a run that failed
  std::string message;         // why it failed
};
std::string_view name_of(SweepRecord::State state);

// One finished run: what a journal keeps and one process tells another.
struct SweepReport {
  std::uint64_t run = 0;
  double seconds = 0;  // that it took
  SweepRecord record;
};
// In one line without its end, every bit of the numbers in it. Nothing for a line that makes no sense.
std::string line_of(const SweepReport& report);
std::optional<SweepReport> report_in(std::string_view line, std::uint64_t runs);

class SweepResults {
 public:
  // Opens DIR/journal.txt, which holds what an earlier process finished of the same plan, and writes
  // DIR/sweep.toml. Throws as JournalFile does, and for a journal of another plan; DomainError when there is
  // one and `resume` is false.
  SweepResults(const SweepPlan& plan, std::filesystem::path folder, bool resume);

  const std::vector<SweepRecord>& records() const { return records_; }
  std::uint64_t finished() const { return finished_; }  // runs
  std::uint64_t count(SweepRecord::State state) const;
  double seconds() const { return seconds_; }  // in the runs that were added, all together

  // From any thread: safe from the end of this process when it returns, on the disk a fifth of a second
  // later. Throws WriteError, also for what was added before and did not get there.
  void add(SweepReport report);
  // Until all that was added is on the disk. Throws WriteError.
  void settle();

  // DIR/results.csv, .jsonl and .npz, each whole or not there, none before all are written. Throws
  // WriteError.
  void write_tables() const;

 private:
  void keep_settled(const std::stop_token& stop);

  const SweepPlan& plan_;
  std::filesystem::path folder_;
  std::vector<SweepRecord> records_;
  std::atomic<std::uint64_t> finished_ = 0;
  std::atomic<double> seconds_ = 0;
  JournalFile journal_;
  std::atomic<bool> unsettled_ = false, unwritable_ = false;
  std::exception_ptr trouble_;  // of the flusher, read once unwritable_: a failed flush is reported only once
  std::jthread settling_;       // flushing takes milliseconds, which no run should wait for
};

}  // namespace dln::tools
