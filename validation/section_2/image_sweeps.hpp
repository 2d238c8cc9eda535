// The runs of Fig 4: networks of every depth that learn real images, at every rate of a grid.
#pragma once

#include <optional>
#include <vector>

#include "validation/context.hpp"

namespace dln::validation::section_2 {

// By depth, in the order of the options; from the context's store where they are there.
std::vector<experiments::DepthSweepRow> sweep(Context& context, const experiments::LearningProblem& problem,
                                              const experiments::DepthSweepOptions& options);

// The epoch of the row's best run, NaN when none learned: no check passes with it.
double best_epoch(const experiments::DepthSweepRow& row);
double best_rate(const experiments::DepthSweepRow& row, const std::optional<std::size_t>& which);

}  // namespace dln::validation::section_2
