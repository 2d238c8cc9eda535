// What every report says of where it comes from.
#pragma once

#include <chrono>

#include "dln/experiments/learning_problem.hpp"
#include "validation/report.hpp"

namespace dln::tools {

// Software, processor and times; options and inputs are the command's to add.
validation::Provenance provenance_of(std::chrono::system_clock::time_point started, std::uint64_t seed,
                                     unsigned threads);
// As many as this program may use.
unsigned all_threads();

// A problem that was learned from, read from these files; `whiteness_residual` is NaN where nothing was
// whitened.
validation::InputData input_data(const experiments::LearningProblem& problem, double whiteness_residual,
                                 const std::vector<data::FileIdentity>& files);

}  // namespace dln::tools
