#include "validation/section_2/one_mode.hpp"

#include <cmath>

#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/deep_mode.hpp"

namespace dln::validation::section_2 {

using base::Depth;
using base::DepthExponent;
using linalg::Matrix;

DepthExponent layers(int n) {
  return DepthExponent(Depth::from_layers(n));
}

double closed_time(const DepthExponent& depth, double u0, double uf) {
  return time_to_reach(theory::DeepMode<double>(depth, {kS, u0, kTau}), uf);
}

double time_of_one_more(const DepthExponent& depth, double u0, double uf) {
  return closed_time(DepthExponent::from_real(depth.weight_matrices() + 1), u0, uf);
}

double time_by_ode(const ode::RightHandSide<double>& log_flow, double u0, double uf, double horizon) {
  const auto solution =
      ode::integrate_fully<double>(log_flow, {std::log(u0)}, base::TimeGrid<double>({0, horizon}),
                                   {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-12},
                                   {ode::crossing_of<double>("there", 0, std::log(uf), true)});
  return solution.hit("there").time;
}

std::vector<double> strengths_of_network(const std::vector<double>& start, const std::vector<double>& times,
                                         std::uint64_t seed) {
  data::Correlations correlations;
  correlations.sigma11 = Matrix::Identity(3, 3);
  auto stream = base::stream(seed, "section 2 deep modes");
  const Matrix u = linalg::haar_orthonormal(4, 2, stream), v = linalg::haar_orthonormal(3, 2, stream);
  correlations.sigma31 = u * Eigen::Vector2d(kS, kS / 2).asDiagonal() * v.transpose();
  const auto modes = data::singular_modes(correlations.sigma31);
  std::vector<Eigen::Index> units(start.size() + 1, 3);
  units.back() = 4;
  Matrix strengths(static_cast<Eigen::Index>(start.size()), 2);
  for (std::size_t l = 0; l < start.size(); ++l)
    strengths.row(static_cast<Eigen::Index>(l)).setConstant(start[l]);
  const auto network = network::decoupled_weights(units, modes, strengths, stream).network;
  std::vector<double> grid{0};
  grid.insert(grid.end(), times.begin(), times.end());
  const auto solution =
      network::gradient_flow_fully(network, correlations, kTau, base::TimeGrid<double>(grid),
                                   {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-14});
  std::vector<double> strength;
  for (std::size_t i = 1; i < grid.size(); ++i) {
    const auto now = network::network_at(network, solution.trajectory.state(i));
    strength.push_back(modes.output.col(0).dot(network::end_to_end(now) * modes.input.col(0)));
  }
  return strength;
}

}  // namespace dln::validation::section_2
