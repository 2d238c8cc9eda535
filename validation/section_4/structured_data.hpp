// The data and the runs by which stage-like transitions are judged, the same for the claim and its figures.
#pragma once

#include <vector>

#include "dln/experiments/graph_problem.hpp"
#include "dln/experiments/transitions.hpp"
#include "validation/context.hpp"

namespace dln::validation::section_4 {

// Tree, chain, ring, grid and clusters of 32 items with 1000 features (quick: 16 with 200), and the same in
// expectation.
struct StructuredData {
  std::vector<experiments::LearningProblem> sampled, expected;
  experiments::LearningProblem flat;  // no edges, in expectation: every s is the same
};
StructuredData structured_data(const Context& context);

// Numbers of layers beside the shallow 2: 3, 4, 5 and 10 (quick: without 10).
std::vector<int> deep_layers(const Context& context);

experiments::TransitionOptions transition_options(const Context& context, int layers);

}  // namespace dln::validation::section_4
