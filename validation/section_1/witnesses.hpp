// Witnesses that several claims of section 1 call: a decoupled network, and one mode from equal and from
// unequal layers.
#pragma once

#include <functional>

#include "dln/experiments/learning_problem.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/ode/integrate.hpp"
#include "dln/theory/three_layer_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::validation::section_1 {

// {N_1, hidden, N_3} of the problem.
std::vector<Eigen::Index> units_of(const experiments::LearningProblem& problem, Eigen::Index hidden);

// A decoupled network with 32 hidden units; strengths : 2 x modes, row 0 in W21, row 1 in W32.
network::DecoupledStart decoupled_start(const experiments::LearningProblem& problem,
                                        const linalg::Matrix& strengths, std::uint64_t seed);

// The same strengths a and b for every mode that 32 hidden units can hold.
linalg::Matrix layer_strengths(const experiments::LearningProblem& problem, double a, double b);

// The strengths (a, b) of every mode along the bases of a decoupled start: 2 x modes.
linalg::Matrix layers_in_bases(const network::LinearNetwork<double>& n,
                               const std::vector<linalg::Matrix>& bases);

// Largest |u_N - strength(s, t)| / s over all modes of the full network's gradient flow (tau = 1) from a
// decoupled start with layers a0 and b0, a0 + b0 > 0, through the whole course of learning. Throws
// NumericalError.
double network_against_law(const experiments::LearningProblem& problem, double a0, double b0,
                           std::uint64_t seed, const std::function<double(double s, double t)>& strength);

// How a claim obtains the law of Eqs 10 to 12.
using ClosedForm = std::function<theory::ThreeLayerMode<double>(double s, double u0, double tau)>;
theory::ThreeLayerMode<double> closed_form(double s, double u0, double tau);

// The same of Eq 8 from any two layers.
struct LayerStart {
  double a0, b0;
};
using UnequalLaw = std::function<theory::UnequalMode<double>(double a0, double b0, double s, double tau)>;
theory::UnequalMode<double> unequal_law(double a0, double b0, double s, double tau);

// With which Eq 8 is integrated to be held against it.
ode::Options<double> sharp_integration();

}  // namespace dln::validation::section_1
