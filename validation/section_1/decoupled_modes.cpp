// The invariant manifold of decoupled modes: that nothing leads off it, and Eq 8 on it.
#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/mode_strengths.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

using experiments::LearningProblem;
using linalg::Matrix;
using linalg::Vector;

// ------------------------------------------------------------------------------------------------ C7

using StartMaker = std::function<network::DecoupledStart(const LearningProblem&, const Matrix& strengths,
                                                         std::uint64_t seed)>;

constexpr double kA0 = 2e-3, kB0 = 5e-4;  // unequal layers: the manifold does not need a = b

// The network along its flow, from a start on the manifold until all modes are learned; tau = 1.
struct Course {
  network::DecoupledStart start;
  double duration;
  base::TimeGrid<double> grid;
  std::vector<network::LinearNetwork<double>> networks;  // at the times of the grid

  Eigen::Index modes() const { return start.bases[0].cols(); }
};

Course follow(const LearningProblem& problem, const StartMaker& make, std::uint64_t seed) {
  auto start = make(problem, layer_strengths(problem, kA0, kB0), seed);
  // The slowest mode grows as e^{s t} from about (a0 + b0)/2 to sqrt(s), and gets half as long again.
  const double slowest = problem.modes.singular_values[start.bases[0].cols() - 1];
  const double duration = 1.5 * std::log(2 * std::sqrt(slowest) / (kA0 + kB0)) / slowest;
  auto grid = base::TimeGrid<double>::linear(0, duration, 16);
  const auto flow = network::gradient_flow_fully(start.network, problem.correlations, 1, grid,
                                                 {.relative_tolerance = 1e-9, .absolute_tolerance = 1e-13});
  std::vector<network::LinearNetwork<double>> networks;
  for (std::size_t i = 0; i < grid.size(); ++i)
    networks.push_back(network::network_at(start.network, flow.trajectory.state(i)));
  return {std::move(start), duration, std::move(grid), std::move(networks)};
}

Check flow_stays_on_the_manifold(const LearningProblem& problem, const Course& course) {
  base::Worst residual;
  for (const auto& now : course.networks) residual.see(network::decoupling_residual(now, course.start.bases));
  return {.quantity = "largest decoupling residual of the gradient flow, ‖off-manifold part‖ / ‖W‖",
          .measured = residual.value(),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 1e-12,
          .bound_reason =
              "rounding of 1e-16 a step off the manifold, amplified at most as much as the modes grow "
              "(√s/a_{0}, up to 1e4)",
          .wide_reason = "The full amplification only acts on the rounding of the first steps",
          .witness_pair = "N",
          .dataset = problem.name};
}

// For as long as the flow, through all transitions.
std::vector<Check> descent_stays_on_the_manifold(const LearningProblem& problem, const Course& course) {
  const auto& start = course.start;
  const Vector& s = problem.modes.singular_values;
  const double x = 0.04;
  const auto descent = network::descend_fully(
      start.network, problem.correlations,
      {.learning_rate = x / s[0], .max_iterations = std::lround(course.duration * s[0] / x)});
  const Eigen::Index modes = course.modes();
  const Vector learned = network::mode_strengths(descent.network, problem.modes).strengths.head(modes);
  const double least_share = (learned.array() / s.head(modes).array()).minCoeff<Eigen::PropagateNaN>();
  return {{.quantity = "decoupling residual after gradient descent through all transitions",
           .measured = network::decoupling_residual(descent.network, start.bases),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-12,
           .bound_reason = "the same rounding, amplified the same way",
           .wide_reason = "The full amplification only acts on the rounding of the first steps",
           .witness_pair = "N",
           .dataset = problem.name},
          {.quantity = "least u/s over the modes after that descent: all transitions are behind it",
           .measured = least_share,
           .expected = 1,
           .relation = Relation::at_least,
           .bound = 0.9,
           .bound_reason = "the descent takes half as long again as the slowest mode takes to grow to √s",
           .witness_pair = "N",
           .dataset = problem.name}};
}

Check each_mode_follows_eq8(const LearningProblem& problem, const Course& course) {
  const Vector& s = problem.modes.singular_values;
  std::vector<Matrix> layers;
  for (const auto& now : course.networks) layers.push_back(layers_in_bases(now, course.start.bases));
  base::Worst difference;
  for (Eigen::Index k = 0; k < course.modes(); ++k) {
    const auto reduced =
        ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({s[k], 1}).layers(), {kA0, kB0},
                                     course.grid, {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-16});
    for (std::size_t i = 0; i < course.grid.size(); ++i) {
      const auto expected = reduced.trajectory.state(i);
      for (Eigen::Index l = 0; l < 2; ++l)
        difference.see(std::abs(layers[i](l, k) - expected[static_cast<std::size_t>(l)]) / std::sqrt(s[k]));
    }
  }
  return {.quantity = "largest |layer strength of the network − Eq 8| / √s, all modes, a and b",
          .measured = difference.value(),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 4e-8,
          .bound_reason =
              "tolerance 1e-9 of the network's flow times 2 s t of up to 40, by which a plateau amplifies it",
          .wide_reason = "The stepper mostly does better than its tolerance",
          .witness_pair = "FN",
          .dataset = problem.name};
}

std::vector<Check> c7_on(Context& context, const LearningProblem& problem, const StartMaker& make) {
  const Course course = follow(problem, make, context.seed());
  std::vector<Check> checks{flow_stays_on_the_manifold(problem, course)};
  std::ranges::move(descent_stays_on_the_manifold(problem, course), std::back_inserter(checks));
  checks.push_back(each_mode_follows_eq8(problem, course));
  return checks;
}

std::vector<Check> c7(Context& context, const StartMaker& make) {
  auto checks = c7_on(context, context.tree(), make);
  for (auto& check : c7_on(context, context.images(), make)) checks.push_back(std::move(check));
  return checks;
}

network::DecoupledStart mixed_start(const LearningProblem& problem, const Matrix& strengths,
                                    std::uint64_t seed) {
  auto start = decoupled_start(problem, strengths, seed);
  auto stream = base::stream(seed, "mixed start");
  const auto mixed = network::decoupled_weights(units_of(problem, 32), problem.modes, strengths, stream);
  start.network.weight(2) = mixed.network.weight(2);  // the hidden basis of another start
  return start;
}

// ------------------------------------------------------------------------------------------------ C8

// On the manifold a^al = a_al r^al, b^al = b_al r^al the field must be that of Eq 8 along r^al, and nothing
// else.
Check c8_on(Context& context, const experiments::LearningProblem& problem, double coupling) {
  const Vector& s = problem.modes.singular_values;
  const Eigen::Index modes = std::min<Eigen::Index>(32, s.size());
  auto stream = base::stream(context.seed(), "layer strengths on the manifold");
  Matrix strengths(2, modes);
  for (double& value : strengths.reshaped()) value = 3 * stream.normal();
  const auto start = decoupled_start(problem, strengths, context.seed());
  auto direction = start.network;
  network::ChainGradient(problem.correlations, start.network)(start.network, direction);
  Vector da(modes), db(modes);  // Eq 8 at tau = 1
  for (Eigen::Index k = 0; k < modes; ++k) {
    const double a = strengths(0, k), b = strengths(1, k), pull = s[k] - coupling * a * b;
    da[k] = b * pull;
    db[k] = a * pull;
  }
  const Matrix d21 = start.bases[1] * da.asDiagonal() * start.bases[0].transpose();
  const Matrix d32 = start.bases[2] * db.asDiagonal() * start.bases[1].transpose();
  const double deviation = base::worst_of(linalg::relative_difference(direction.weight(1), d21),
                                          linalg::relative_difference(direction.weight(2), d32));
  return {.quantity = "the network's gradient on the manifold against Eq 8 along each r^{α}, relative",
          .measured = deviation,
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 1e-13,
          .bound_reason = "rounding of sums over up to 1000 outputs, orthonormal to 1e-15",
          .wide_reason = "Roundings of both signs cancel in part",
          .witness_pair = "N",
          .dataset = problem.name};
}

std::vector<Check> c8(Context& context, double coupling) {
  return {c8_on(context, context.tree(), coupling), c8_on(context, context.images(), coupling)};
}

}  // namespace

std::vector<Claim> claims_on_decoupled_modes() {
  return {
      {{.id = "C7",
        .section = 1,
        .sentence =
            "A decoupled start stays decoupled: its modes never mix, and each follows Eq 8 on its own.",
        .source = "section 1.3",
        .formula = "a^{α}, b^{α} ∝ r^{α},  r^{α}·r^{β} = δ_{αβ}",
        .witnesses = "SFN",
        .algebra = Algebra::part,
        .figures = {"2"},
        .needs_images = true},
       [](Context& c) { return c7(c, decoupled_start); },
       "W^{32} starts in another hidden basis than W^{21}, so that the modes overlap",
       [](Context& c) { return c7(c, mixed_start); }},
      {{.id = "C8",
        .section = 1,
        .sentence = "On the manifold of decoupled modes the full network's field is Eq 8 for every mode, and "
                    "nothing leads off it.",
        .source = "Eq 8",
        .formula = "τ da/dt = b(s − ab),  τ db/dt = a(s − ab)",
        .witnesses = "SN",
        .algebra = Algebra::part,
        .figures = {},
        .needs_images = true},
       [](Context& c) { return c8(c, 1); },
       "the mode pulls towards s/2",
       [](Context& c) { return c8(c, 2); }},
  };
}

}  // namespace dln::validation::section_1
