// The final outcome of learning (section 1.2): critical points, which of them attracts, and Eq 7.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/fixed_points.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

using experiments::LearningProblem;
using linalg::Matrix;
using linalg::Vector;
using network::LinearNetwork;
using theory::ActiveModes;

// ------------------------------------------------------------------------------------------------ C5, X5

constexpr Eigen::Index kInputs = 4, kOutputs = 5;

// Sigma11 = I and Sigma31 with singular values 4, 3, 2, 1 in random bases.
struct SmallProblem {
  data::Correlations correlations;
  data::SingularModes modes;
};

SmallProblem small_problem(std::uint64_t seed) {
  auto stream = base::stream(seed, "critical points");
  const Vector s = Vector::LinSpaced(kInputs, kInputs, 1);
  const Matrix sigma31 = linalg::haar_orthonormal(kOutputs, kInputs, stream) * s.asDiagonal() *
                         linalg::haar_orthonormal(kInputs, kInputs, stream).transpose();
  SmallProblem problem{{Matrix::Identity(kInputs, kInputs), sigma31, 0, kInputs, data::Normalisation::sum},
                       {}};
  problem.modes = data::singular_modes(sigma31);
  return problem;
}

// The balanced critical point with these modes active, one hidden unit (in a random basis) for each.
LinearNetwork<double> critical_network(const SmallProblem& problem, const ActiveModes& active,
                                       Eigen::Index hidden, std::uint64_t seed) {
  auto stream = base::stream(seed, "hidden basis of a critical point");
  const Matrix basis = linalg::haar_orthonormal(hidden, hidden, stream);
  LinearNetwork<double> net({kInputs, hidden, kOutputs});
  Eigen::Index unit = 0;
  for (std::size_t k = 0; k < active.size(); ++k) {
    if (!active[k]) continue;
    const auto mode = static_cast<Eigen::Index>(k);
    const double strength = std::sqrt(problem.modes.singular_values[mode]);
    net.weight(1) += strength * basis.col(unit) * problem.modes.input.col(mode).transpose();
    net.weight(2) += strength * problem.modes.output.col(mode) * basis.col(unit).transpose();
    ++unit;
  }
  return net;
}

struct Curvature {
  double gradient;    // its norm: zero at a critical point
  long negative;      // eigenvalues of the Hessian below zero
  double separation;  // the least size of an eigenvalue that is not zero
};

// The Hessian by central differences of the gradient, which is cubic in the weights: the difference errs by
// step^2.
Curvature curvature(const SmallProblem& problem, const LinearNetwork<double>& at) {
  constexpr double kStep = 1e-4;
  network::ChainGradient gradient(problem.correlations, at);
  LinearNetwork<double> moved = at, direction = at;
  const auto n = static_cast<Eigen::Index>(at.buffer().size());
  const auto downhill = [&] {
    gradient(moved, direction);
    return Vector(Eigen::Map<const Vector>(direction.buffer().data(), n));
  };
  const double size = downhill().norm();
  Matrix hessian(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    double& weight = moved.buffer()[static_cast<std::size_t>(i)];
    const double kept = weight;
    weight = kept + kStep;
    const Vector above = downhill();
    weight = kept - kStep;
    hessian.col(i) = -(above - downhill()) / (2 * kStep);
    weight = kept;
  }
  const Vector eigenvalues = linalg::symmetric_eigen(Matrix(0.5 * (hessian + hessian.transpose()))).values;
  // Zero up to differences and rounding; the others are differences of singular values, at least about 0.3.
  constexpr double kZero = 1e-5;
  Curvature found{size, 0, std::numeric_limits<double>::infinity()};
  for (double value : eigenvalues) {
    if (value < -kZero) ++found.negative;
    if (std::abs(value) > kZero) found.separation = std::min(found.separation, std::abs(value));
  }
  return found;
}

using DirectionCount = std::function<long(std::span<const double> s, const ActiveModes&, long hidden)>;

std::vector<Check> c5(Context& context, const DirectionCount& count) {
  const SmallProblem problem = small_problem(context.seed());
  const std::vector<double> s(problem.modes.singular_values.begin(), problem.modes.singular_values.end());
  std::vector<Check> checks;
  for (int hidden : {2, 3, 6}) {
    base::Worst gradient;
    long disagreements = 0, stable = 0, families = 0;
    double separation = std::numeric_limits<double>::infinity();
    for (const ActiveModes& active : theory::families_of_critical_points(kInputs, hidden)) {
      ++families;
      const Curvature found = curvature(problem, critical_network(problem, active, hidden, context.seed()));
      gradient.see(found.gradient);
      separation = std::min(separation, found.separation);
      if (found.negative != count(s, active, hidden)) ++disagreements;
      if (found.negative == 0) ++stable;
    }
    const auto name = fmt::format("N_{{2}} = {}, {} families", hidden, families);
    checks.push_back({.quantity = "largest gradient at the critical points, " + name,
                      .measured = gradient.value(),
                      .expected = 0,
                      .relation = Relation::at_most,
                      .bound = 1e-13,
                      .bound_reason = "rounding of sums of a few terms of size up to 4",
                      .wide_reason = "Roundings of both signs cancel in part",
                      .witness_pair = "N"});
    checks.push_back(
        {.quantity =
             "families whose number of negative Hessian eigenvalues differs from the formula, " + name,
         .measured = static_cast<double>(disagreements),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 0,
         .bound_reason = fmt::format("whole numbers; the least eigenvalue that is not zero is {:.2g}, "
                                     "differences err by 1e-8",
                                     separation),
         .witness_pair = "TN"});
    checks.push_back({.quantity = "families without a negative eigenvalue, " + name,
                      .measured = static_cast<double>(stable),
                      .expected = 1,
                      .relation = Relation::within,
                      .bound = 0,
                      .bound_reason = "exactly the family with the strongest modes active",
                      .witness_pair = "N"});
  }
  return checks;
}

std::vector<Check> x5(Context& context, long corrected_families) {
  const SmallProblem problem = small_problem(context.seed());
  constexpr int kHidden = 2;
  // N_1 = 4 modes, N_2 = 2: the paper counts C(4, 2) families.
  long found = 0;
  for (const ActiveModes& active : theory::families_of_critical_points(kInputs, kInputs)) {
    if (std::ranges::count(active, true) > kHidden) continue;  // more than the hidden units hold
    if (curvature(problem, critical_network(problem, active, kHidden, context.seed())).gradient < 1e-12)
      ++found;
  }
  return {
      {.quantity = "families of critical points with N_{1} = 4, N_{2} = 2, beyond the C(4, 2) = 6 printed",
       .measured = static_cast<double>(found - 6),
       .expected = 0,
       .relation = Relation::at_least,
       .bound = 1,
       .bound_reason = "one more refutes the count",
       .witness_pair = "N",
       .subject = Subject::printed},
      {.quantity = "families of critical points with N_{1} = 4, N_{2} = 2",
       .measured = static_cast<double>(found),
       .expected = static_cast<double>(corrected_families),
       .relation = Relation::within,
       .bound = 0,
       .bound_reason = "Σ_{k} C(4, k) for k = 0, 1, 2 is 1 + 4 + 6",
       .witness_pair = "N",
       .subject = Subject::corrected}};
}

// ------------------------------------------------------------------------------------------------ C6

using BestRank = std::function<Eigen::Index(Eigen::Index hidden, Eigen::Index rank)>;

// ||W32 W21 - sum of the leading modes||_F / ||Sigma31||_F after descent from a small random start.
double outcome_of_start(Context& context, const LearningProblem& problem, Eigen::Index hidden,
                        std::uint64_t run, const BestRank& rank) {
  auto options = context.time_course(problem, experiments::Start::small_random);
  options.hidden_units = hidden;
  options.initial_strength = 1e-3;
  options.run = run;
  const Vector& s = problem.modes.singular_values;
  const Eigen::Index kept = rank(hidden, s.size());
  // What is left out decays as e^{-(s_k - s_{k+1}) t}, what is learned last grows as e^{s_k t}.
  const Eigen::Index last = std::min(hidden, s.size());
  const double gap = last < s.size() ? s[last - 1] - s[last] : s[last - 1];
  const long epochs = std::lround(16 / (options.learning_rate * std::min(gap, s[last - 1])));
  const auto result =
      network::descend_fully(experiments::starting_network(problem, options), problem.correlations,
                             {.learning_rate = options.learning_rate, .max_iterations = epochs});
  const Matrix best = problem.modes.output.leftCols(kept) * s.head(kept).asDiagonal() *
                      problem.modes.input.leftCols(kept).transpose();
  return (network::end_to_end(result.network) - best).norm() / s.norm();
}

std::vector<Check> c6(Context& context, const BestRank& rank) {
  const int starts = context.effort() == Effort::full ? 5 : 2;
  std::vector<Check> checks;
  for (const LearningProblem* problem : {&context.tree(), &context.images()})
    for (Eigen::Index hidden : {8, 32}) {
      base::Worst worst;
      for (int run = 0; run < starts; ++run)
        worst.see(outcome_of_start(context, *problem, hidden, static_cast<std::uint64_t>(run), rank));
      checks.push_back({.quantity = fmt::format("largest ‖W − best approximation of rank {}‖ / ‖Σ^{{31}}‖ "
                                                "after {} random starts, N_{{2}} = {}",
                                                std::min(hidden, problem->modes.size()), starts, hidden),
                        .measured = worst.value(),
                        .expected = 0,
                        .relation = Relation::at_most,
                        .bound = 1e-3,
                        .bound_reason = "16 time constants of the slowest competition between a mode kept "
                                        "and one left out, of which a random "
                                        "start and its saddles use up to 9",
                        .wide_reason = "Most starts use fewer",
                        .witness_pair = "N",
                        .dataset = problem->name});
    }
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_outcome() {
  return {
      {{.id = "C5",
        .section = 1,
        .sentence = "Every critical point is a saddle except the one in which the strongest min(N_{2}, r) "
                    "modes are active.",
        .source = "section 1.2",
        .formula = "negative directions = (N_{2} − k)(r − k) + #{i active, j inactive: s_{j} > s_{i}}",
        .witnesses = "STN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c5(c, theory::negative_directions); },
       "the count leaves out that an active mode can give way to a stronger one",
       [](Context& c) {
         return c5(c, [](std::span<const double> s, const ActiveModes& active, long hidden) {
           const long held = std::count(active.begin(), active.end(), true);
           return (hidden - held) * (static_cast<long>(s.size()) - held);
         });
       }},
      {{.id = "C6",
        .section = 1,
        .sentence =
            "From random starts the network ends at the best approximation of Σ^{31} of rank min(N_{2}, r).",
        .source = "Eq 7",
        .formula = "W^{32}W^{21} → Σ_{α ≤ min(N_{2}, r)} s_{α} u_{α} v_{α}^{T}",
        .witnesses = "N",
        .figures = {},
        .needs_images = true},
       [](Context& c) {
         return c6(c, [](Eigen::Index hidden, Eigen::Index rank) { return std::min(hidden, rank); });
       },
       "one mode fewer is kept",
       [](Context& c) {
         return c6(c, [](Eigen::Index hidden, Eigen::Index rank) { return std::min(hidden, rank) - 1; });
       }},
      {{.id = "X5",
        .kind = Kind::error,
        .section = 1,
        .sentence = "The number of families of fixed points.",
        .source = "section 1.2",
        .formula = "C(N_{1}, N_{2})",
        .printed = "C(N_{1}, N_{2}) families; Eq 7 sums to N_{2}",
        .corrected = "Σ_{k ≤ min(N_{2}, r)} C(r, k) families, those with fewer active modes included; Eq 7 "
                     "sums to min(N_{2}, r)",
        .witnesses = "SN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return x5(c, 1 + 4 + 6); },
       "the correction leaves out the origin",
       [](Context& c) { return x5(c, 4 + 6); }},
  };
}

}  // namespace dln::validation::section_1
