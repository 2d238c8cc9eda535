// Comparisons of starts as a RunStore keeps them: private to pretraining.cpp.
#pragma once

#include <string>
#include <vector>

#include "dln/experiments/pretraining.hpp"

namespace dln::experiments {

// Every coordinate on which the result depends; the number is raised when its meaning changes.
std::string study_key(const LearningProblem& problem, const PretrainingStudy& s);

std::vector<double> packed(StartComparison result);
StartComparison unpacked(std::vector<double> numbers);

}  // namespace dln::experiments
