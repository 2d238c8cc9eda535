// AnalysisProblem: data of one's own made ready for a forecast: learned from in coordinates along the
// principal components of the inputs, as they are, centred or whitened, and tried on examples held out.
//
// The change of coordinates is an orthonormal change of W^1 that changes nothing else (a stretch where inputs
// are whitened); directions without data are left out.
#pragma once

#include <optional>

#include "dln/experiments/learning_problem.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::experiments {

enum class InputTreatment {
  raw,
  centred,  // inputs and targets less their means over the examples learned from
  white,    // Sigma11 = I in the sums of Eq 2
};
std::string_view name_of(InputTreatment treatment);

struct AnalysisProblem {
  LearningProblem problem;                     // of the examples learned from; Sigma11 diagonal : r x r
  std::optional<data::Correlations> held_out;  // in the same coordinates
  // From the data's own inputs to these coordinates, T : r x N1, and what a unit input in them looks like in
  // the data's own, T^+ : N1 x r.
  linalg::Matrix transform, pattern;
  // Inputs that vary but lie outside these coordinates with more than half of their square: too small beside
  // others for sums of products to resolve them.
  Eigen::Index unresolved_inputs = 0;
};

// Throws DataError when there is nothing to learn: inputs or targets that are all zero (or, centred, the
// same).
AnalysisProblem analysis_problem(const data::SplitCorrelations& split, InputTreatment treatment);

// A network that reads the data's own inputs, in the coordinates of the problem. Throws DomainError unless it
// leads from N1 inputs to N3 outputs.
network::LinearNetwork<double> in_coordinates_of(const AnalysisProblem& analysed,
                                                 const network::LinearNetwork<double>& own);

// 1/2 sum ||y - W x||^2 over held-out examples, for any map W : N3 x r in these coordinates.
double squared_error_of_map(const linalg::Matrix& map, const data::Correlations& correlations);

}  // namespace dln::experiments
