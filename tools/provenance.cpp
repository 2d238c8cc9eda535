#include "tools/provenance.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <tbb/task_arena.h>

#include "tools/build_info.hpp"

namespace dln::tools {

validation::Provenance provenance_of(std::chrono::system_clock::time_point started, std::uint64_t seed,
                                     unsigned threads) {
  validation::Provenance p;
  p.software = software();
  p.cpu = processor();
  p.threads = threads;
  p.started =
      fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(started)));
  p.seed = seed;
  return p;
}

unsigned all_threads() {
  return static_cast<unsigned>(tbb::this_task_arena::max_concurrency());
}

validation::InputData input_data(const experiments::LearningProblem& problem, double whiteness_residual,
                                 const std::vector<data::FileIdentity>& files) {
  validation::InputData data{problem.name,
                             static_cast<long>(problem.correlations.sigma31.cols()),
                             static_cast<long>(problem.correlations.sigma31.rows()),
                             static_cast<long>(problem.modes.size()),
                             problem.correlations.examples,
                             whiteness_residual,
                             {},
                             problem.fingerprint};
  for (const auto& file : files) data.files.push_back({file.path, file.bytes, file.crc32});
  return data;
}

}  // namespace dln::tools
