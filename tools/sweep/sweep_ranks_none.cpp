// SweepRanks of a dln that was built without MPI: there are no others.
#include <cstdlib>

#include "dln/base/error.hpp"
#include "tools/sweep/sweep_ranks.hpp"

namespace dln::tools {

struct SweepRanks::World {};

bool SweepRanks::launched() {
  const char* size = std::getenv("OMPI_COMM_WORLD_SIZE");
  if (!size) size = std::getenv("PMI_SIZE");
  if (!size) size = std::getenv("SLURM_STEP_NUM_TASKS");
  return size && std::string_view(size) != "1";
}

SweepRanks::SweepRanks() {
  throw base::ExternalProgramError(
      "started by mpirun, but this dln was built without MPI: install Open MPI and build it again, or run it "
      "by "
      "itself with --threads");
}
SweepRanks::~SweepRanks() = default;
int SweepRanks::rank() const {
  return 0;
}
int SweepRanks::size() const {
  return 1;
}
std::string SweepRanks::shared(const std::string& text) {
  return text;
}
int SweepRanks::sum(int number) {
  return number;
}
void SweepRanks::require_same(const std::string&) {}
void SweepRanks::lead(const SweepPlan&, SweepQueue&, int, const RunFinished&) {}
void SweepRanks::follow(const SweepPlan&, int) {}
void SweepRanks::part() {}

}  // namespace dln::tools
