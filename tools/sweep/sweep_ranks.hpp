// SweepRanks: the processes that mpirun or srun started together to share one sweep.
//
// Rank 0 leads: it alone reads the plan's file and keeps the journal, hands out runs and takes in reports,
// while its own threads work too. The others ask for a tenth of a second's work at a time. A process that
// dies ends them all, by mpirun's doing; what had been reported is in the journal.
#pragma once

#include <memory>
#include <string>

#include "tools/sweep/sweep_runner.hpp"

namespace dln::tools {

class SweepRanks {
 public:
  // Whether this process is one of several that were started together.
  static bool launched();

  // Throws ExternalProgramError where dln was built without MPI.
  SweepRanks();
  // Says nothing to the others: when one leaves by an exception, its launcher ends them all (mpirun does,
  // srun with --kill-on-bad-exit).
  ~SweepRanks();

  int rank() const;
  int size() const;
  bool leads() const { return rank() == 0; }

  // Called by all ranks together. Rank 0's text:
  std::string shared(const std::string& text);
  // The sum over all ranks:
  int sum(int number);
  // Throws DataError where a rank's text differs from rank 0's, as that of a plan does whose files differ.
  void require_same(const std::string& text);

  // Rank 0: until the queue is empty and all reports are in.
  void lead(const SweepPlan& plan, SweepQueue& queue, int threads, const RunFinished& finished);
  // The others: until there is no more to do.
  void follow(const SweepPlan& plan, int threads);
  // All together, at the end.
  void part();

 private:
  struct World;
  std::unique_ptr<World> world_;
};

}  // namespace dln::tools
