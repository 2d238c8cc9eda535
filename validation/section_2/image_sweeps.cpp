#include "validation/section_2/image_sweeps.hpp"

#include <cmath>

namespace dln::validation::section_2 {

using experiments::DepthSweepRow;

std::vector<DepthSweepRow> sweep(Context& context, const experiments::LearningProblem& problem,
                                 const experiments::DepthSweepOptions& options) {
  return experiments::run_depth_sweep(problem, options, context.store(), context.progress());
}

double best_epoch(const DepthSweepRow& row) {
  return row.best ? static_cast<double>(row.runs[*row.best].epoch) : NAN;
}

double best_rate(const DepthSweepRow& row, const std::optional<std::size_t>& which) {
  return which ? row.runs[*which].rate : NAN;
}

}  // namespace dln::validation::section_2
