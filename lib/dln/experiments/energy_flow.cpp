#include "dln/experiments/energy_flow.hpp"

#include "dln/experiments/learning_speed.hpp"
#include "dln/flow/connectivity_flow.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/network/output_compression.hpp"
#include "dln/theory/fixed_points.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;

SaddlePassage passage(double epoch, const linalg::Vector& strengths, double off_diagonal,
                      const linalg::Vector& s, Eigen::Index hidden) {
  const theory::ActiveModes active = [&] {
    theory::ActiveModes a(static_cast<std::size_t>(s.size()));
    for (std::size_t k = 0; k < a.size(); ++k) {
      const auto mode = static_cast<Eigen::Index>(k);
      a[k] = strengths[mode] > s[mode] / 2;
    }
    return a;
  }();
  double squared = off_diagonal * off_diagonal;
  for (Eigen::Index k = 0; k < s.size(); ++k) {
    const double target = active[static_cast<std::size_t>(k)] ? s[k] : 0;
    squared += (strengths[k] - target) * (strengths[k] - target);
  }
  return {epoch, std::count(active.begin(), active.end(), true), std::sqrt(squared) / s.norm(),
          theory::negative_directions({s.data(), static_cast<std::size_t>(s.size())}, active, hidden)};
}

}  // namespace

EnergyFlow run_energy_flow(const LearningProblem& problem, const TimeCourseOptions& options) {
  if (options.activation != Activation::linear)
    throw base::DomainError("energy of Eq 6: expected a linear network");
  auto start = starting_network(problem, options);
  const network::OutputCompression compression(problem.correlations.sigma31, start);
  const auto modes = compression.compress(problem.modes);
  const linalg::Vector& s = modes.singular_values;
  const Matrix outputs = linalg::completed_basis(modes.output), inputs = linalg::completed_basis(modes.input);
  const flow::ConnectivityFlow eq6(s, data::time_constant(options.learning_rate, problem.correlations));

  EnergyFlow result;
  std::vector<linalg::Vector> strengths;
  std::vector<double> off_diagonal;
  const Eigen::Index learnable = learnable_modes(problem, options);
  const auto observer = [&](const network::DescentState& state) {
    const auto energy =
        eq6.energy({state.network.weight(1) * inputs, state.network.weight(2).transpose() * outputs});
    const auto measured = network::mode_strengths(state.network, modes);
    result.epochs.push_back(static_cast<double>(state.iteration));
    result.cooperation.push_back(energy.cooperation);
    result.competition.push_back(energy.competition);
    result.descent_speed.push_back(state.descent_speed);
    strengths.push_back(measured.strengths);
    off_diagonal.push_back(measured.leak * s.norm());
    const auto share = measured.strengths.head(learnable).array() / s.head(learnable).array();
    return !(share.minCoeff() >= options.completion);
  };
  network::descend_fully(compression.compress(start), compression.compress(problem.correlations),
                         {.learning_rate = options.learning_rate,
                          .max_iterations = options.max_epochs,
                          .observe_every = options.sample_every},
                         observer);
  const double total = result.cooperation.front() + result.competition.front();
  for (auto* part : {&result.cooperation, &result.competition})
    for (double& energy : *part) energy /= total;
  for (std::size_t i : find_plateaus(result.descent_speed)) {
    const auto lull = passage(result.epochs[i], strengths[i], off_diagonal[i], s, options.hidden_units);
    if (lull.negative_directions > 0) result.saddles.push_back(lull);
  }
  return result;
}

}  // namespace dln::experiments
