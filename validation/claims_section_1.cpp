// Each claim is a function of the witnesses it calls, so that its wrong variant is the same function with one
// witness replaced; nothing in the real run knows about the wrong one.
#include "validation/claims_section_1.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "dln/experiments/learning_speed.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/theory/three_layer_mode.hpp"
#include "validation/context.hpp"

namespace dln::validation {
namespace {

using experiments::LearningProblem;
using experiments::Start;
using experiments::TimeCourseOptions;
using linalg::Matrix;
using linalg::Vector;
using theory::ThreeLayerMode;

// ---------------------------------------------------------------------------------- C1, X1: Eq 1 -> Eq 2

// How far n steps of Eq 1 with lambda = horizon/n end from Eq 2 at t = n epochs, for a growing n.
struct DescentAgainstFlow {
  std::vector<double> errors;  // ||W_descent - W_flow||_F / ||W_flow||_F; halving lambda from one to the next
  double final_x = 0;          // lambda s_1 of the last
  // log2 of the last two errors: 1 for a first-order method.
  double order() const { return std::log2(errors[errors.size() - 2] / errors.back()); }
};

using TimeConstant = std::function<double(double lambda, const data::Correlations&)>;

DescentAgainstFlow descent_against_flow(Context& context, const LearningProblem& problem, const TimeConstant& tau) {
  TimeCourseOptions options = context.time_course(problem, Start::small_random);
  options.initial_strength = 1e-3;
  const auto start = experiments::starting_network(problem, options);
  const double s1 = problem.modes.singular_values[0];
  // In units of 1/s_1: past the transition of the first mode, with the others on their way.
  const double horizon = 10 / s1;
  const int halvings = context.effort() == Effort::full ? 5 : 3;

  DescentAgainstFlow result;
  for (int i = 0; i < halvings; ++i) {
    const long steps = 200L << i;
    const double lambda = horizon / static_cast<double>(steps);
    const auto descent = network::descend(start, problem.correlations, {.learning_rate = lambda, .max_iterations = steps});
    const base::TimeGrid<double> grid({0, static_cast<double>(steps)});
    const auto flow = network::gradient_flow(start, problem.correlations, tau(lambda, problem.correlations), grid,
                                             {.relative_tolerance = 1e-9, .absolute_tolerance = 1e-11});
    if (!flow.complete()) throw base::NumericalError(flow.brief());
    const auto end = network::network_at(start, flow.trajectory.final_state());
    result.errors.push_back(
        linalg::relative_difference(network::end_to_end(descent.network), network::end_to_end(end)));
    result.final_x = lambda * s1;
  }
  return result;
}

std::vector<Check> first_order_checks(const DescentAgainstFlow& result, const std::string& dataset, Subject subject) {
  return {{.quantity = "order of the difference between descent and flow in lambda",
           .measured = result.order(),
           .expected = 1,
           .relation = Relation::within,
           .bound = 0.1,
           .bound_reason = "the next order, O(lambda s_1), is still in the ratio of two errors",
           .wide_reason = "The next order happens to cancel here, which another start need not repeat",
           .witness_pair = "GN",
           .dataset = dataset,
           .subject = subject},
          {.quantity = "||W_descent - W_flow|| / ||W_flow|| at the smallest lambda",
           .measured = result.errors.back(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 5 * result.final_x,
           .bound_reason = "O(lambda s_1): one Euler step errs by (lambda s_1)^2/2, there are 10/(lambda s_1) of them",
           .wide_reason = "The worst constant, reached when the horizon falls into a transition, is taken",
           .witness_pair = "GN",
           .dataset = dataset,
           .subject = subject}};
}

// Eq 1 as it is written, a sum over examples, against the same step from correlations.
Check example_by_example(const data::HierarchicalTree& tree, const LearningProblem& problem,
                         const TimeCourseOptions& options) {
  const auto dataset = data::sample(tree);
  const auto start = experiments::starting_network(problem, options);
  const Matrix w21 = start.weight(1), w32 = start.weight(2);
  Matrix d21 = Matrix::Zero(w21.rows(), w21.cols()), d32 = Matrix::Zero(w32.rows(), w32.cols());
  for (Eigen::Index mu = 0; mu < dataset.inputs.cols(); ++mu) {
    const Vector x = dataset.inputs.col(mu), y = dataset.targets.col(mu);
    const Vector error = y - w32 * (w21 * x);
    d21 += w32.transpose() * error * x.transpose();
    d32 += error * (w21 * x).transpose();
  }
  network::LinearNetwork<double> direction = start;
  network::ChainGradient(problem.correlations, start)(start, direction);
  const double deviation = std::max(linalg::relative_difference(direction.weight(1), d21),
                                    linalg::relative_difference(direction.weight(2), d32));
  return {.quantity = "Eq 1's step summed over examples against the step from correlations, relative",
          .measured = deviation,
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 1e-13,
          .bound_reason = "rounding of sums over at most 1000 terms",
          .wide_reason = "The sums of +-1 features are exact, so little rounding is left",
          .witness_pair = "GD",
          .dataset = problem.name};
}

std::vector<Check> c1(Context& context, const TimeConstant& tau) {
  const LearningProblem& tree = context.tree();
  auto checks = first_order_checks(descent_against_flow(context, tree, tau), tree.name, Subject::claim);
  checks.push_back(example_by_example(context.tree_shape(), tree, context.time_course(tree, Start::small_random)));
  return checks;
}

std::vector<Check> x1(Context& context, const TimeConstant& corrected) {
  const LearningProblem& tree = context.tree();
  const auto printed = descent_against_flow(context, tree, [](double lambda, const data::Correlations& c) {
    return static_cast<double>(c.examples) / lambda;
  });
  std::vector<Check> checks{{.quantity = "||W_descent - W_flow|| / ||W_flow|| with tau = P/lambda, as lambda -> 0",
                             .measured = printed.errors.back(),
                             .expected = 0,
                             .relation = Relation::at_least,
                             .bound = 0.5,
                             .bound_reason = "were the printed tau right, the difference would be O(lambda s_1) = " +
                                             fmt::format("{:.1g}", printed.final_x),
                             .witness_pair = "GN",
                             .dataset = tree.name,
                             .subject = Subject::printed}};
  for (auto& check : first_order_checks(descent_against_flow(context, tree, corrected), tree.name, Subject::corrected))
    checks.push_back(std::move(check));
  return checks;
}

// --------------------------------------------------------------------------- C7: the invariant manifold

using StartMaker = std::function<network::DecoupledStart(const LearningProblem&, const Matrix& strengths, std::uint64_t seed)>;

std::vector<Eigen::Index> units_of(const LearningProblem& problem, Eigen::Index hidden) {
  return {problem.correlations.sigma31.cols(), hidden, problem.correlations.sigma31.rows()};
}

network::DecoupledStart decoupled_start(const LearningProblem& problem, const Matrix& strengths, std::uint64_t seed) {
  auto stream = base::stream(seed, "decoupled start of a claim");
  return network::decoupled_weights(units_of(problem, 32), problem.modes, strengths, stream);
}

Matrix layer_strengths(const LearningProblem& problem, double a, double b) {
  Matrix strengths(2, std::min<Eigen::Index>(32, problem.modes.size()));
  strengths.row(0).setConstant(a);
  strengths.row(1).setConstant(b);
  return strengths;
}

// The strengths (a, b) of every mode along the bases of a decoupled start: 2 x modes.
Matrix layers_in_bases(const network::LinearNetwork<double>& n, const std::vector<Matrix>& bases) {
  Matrix layers(2, bases[0].cols());
  for (int l = 1; l <= 2; ++l) {
    const auto i = static_cast<std::size_t>(l);
    layers.row(l - 1) = (bases[i].transpose() * n.weight(l) * bases[i - 1]).diagonal().transpose();
  }
  return layers;
}

std::vector<Check> c7_on(Context& context, const LearningProblem& problem, const StartMaker& make) {
  const double a0 = 2e-3, b0 = 5e-4;  // unequal layers: the manifold does not need a = b
  const auto start = make(problem, layer_strengths(problem, a0, b0), context.seed());
  const Vector& s = problem.modes.singular_values;
  const Eigen::Index modes = start.bases[0].cols();
  // tau = 1; the slowest mode grows as e^{s t} from about (a0 + b0)/2 to sqrt(s), and gets half as long again.
  const double duration = 1.5 * std::log(2 * std::sqrt(s[modes - 1]) / (a0 + b0)) / s[modes - 1];
  const auto grid = base::TimeGrid<double>::linear(0, duration, 16);
  const auto flow = network::gradient_flow(start.network, problem.correlations, 1, grid,
                                           {.relative_tolerance = 1e-9, .absolute_tolerance = 1e-13});
  if (!flow.complete()) throw base::NumericalError(flow.brief());

  double residual = 0, difference = 0;
  std::vector<ode::Solution<double>> reduced;
  for (Eigen::Index k = 0; k < modes; ++k)
    reduced.push_back(ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({s[k], 1}).layers(), {a0, b0}, grid,
                                                   {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-16}));
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const auto now = network::network_at(start.network, flow.trajectory.state(i));
    residual = std::max(residual, network::decoupling_residual(now, start.bases));
    const Matrix layers = layers_in_bases(now, start.bases);
    for (Eigen::Index k = 0; k < modes; ++k)
      for (Eigen::Index l = 0; l < 2; ++l) {
        const double expected = reduced[static_cast<std::size_t>(k)].trajectory.state(i)[static_cast<std::size_t>(l)];
        difference = std::max(difference, std::abs(layers(l, k) - expected) / std::sqrt(s[k]));
      }
  }
  const double x = 0.04;
  const auto descent = network::descend(start.network, problem.correlations,
                                        {.learning_rate = x / s[0], .max_iterations = std::lround(duration * s[0] / x)});
  return {{.quantity = "largest decoupling residual of the gradient flow, ||off-manifold part|| / ||W||",
           .measured = residual,
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-12,
           .bound_reason = "rounding of 1e-16 a step off the manifold, amplified at most as much as the modes grow "
                           "(sqrt(s)/a0, up to 1e4)",
           .wide_reason = "The full amplification only acts on the rounding of the first steps",
           .witness_pair = "N",
           .dataset = problem.name},
          {.quantity = "decoupling residual after gradient descent through all transitions",
           .measured = network::decoupling_residual(descent.network, start.bases),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-12,
           .bound_reason = "the same rounding, amplified the same way",
           .wide_reason = "The full amplification only acts on the rounding of the first steps",
           .witness_pair = "N",
           .dataset = problem.name},
          {.quantity = "largest |layer strength of the network - Eq 8| / sqrt(s), all modes, a and b",
           .measured = difference,
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 4e-8,
           .bound_reason = "tolerance 1e-9 of the network's flow times 2 s t of up to 40, by which a plateau amplifies it",
           .wide_reason = "The stepper mostly does better than its tolerance",
           .witness_pair = "FN",
           .dataset = problem.name}};
}

std::vector<Check> c7(Context& context, const StartMaker& make) {
  auto checks = c7_on(context, context.tree(), make);
  for (auto& check : c7_on(context, context.images(), make)) checks.push_back(std::move(check));
  return checks;
}

// ------------------------------------------------------------------------------- C9: a^2 - b^2 is conserved

using Invariant = std::function<double(double a, double b)>;

double drift_of_flow(double tolerance, const Invariant& invariant) {
  const double a0 = 0.4, b0 = 0.1;
  const auto solution = ode::integrate_fully<double>(
      flow::ThreeLayerFlow<double>({1, 1}).layers(), {a0, b0}, base::TimeGrid<double>::linear(0, 20, 41),
      {.relative_tolerance = tolerance, .absolute_tolerance = tolerance});
  double drift = 0;
  for (std::size_t i = 0; i < solution.trajectory.size(); ++i) {
    const auto x = solution.trajectory.state(i);
    drift = std::max(drift, std::abs(invariant(x[0], x[1]) / invariant(a0, b0) - 1));
  }
  return drift;
}

// Largest relative drift over the modes of a network trained by descent to `horizon` = lambda * epochs.
double drift_of_descent(const LearningProblem& problem, const network::DecoupledStart& start, double horizon, long steps,
                        const Invariant& invariant) {
  const auto result = network::descend(
      start.network, problem.correlations,
      {.learning_rate = horizon / static_cast<double>(steps), .max_iterations = steps});
  const Matrix before = layers_in_bases(start.network, start.bases), after = layers_in_bases(result.network, start.bases);
  double drift = 0;
  for (Eigen::Index k = 0; k < before.cols(); ++k)
    drift = std::max(drift, std::abs(invariant(after(0, k), after(1, k)) / invariant(before(0, k), before(1, k)) - 1));
  return drift;
}

std::vector<Check> c9(Context& context, const Invariant& invariant) {
  std::vector<Check> checks;
  for (double tolerance : {1e-6, 1e-9, 1e-12})
    checks.push_back({.quantity = fmt::format("relative drift of a^2 - b^2 along Eq 8 at tolerance {:.0e}", tolerance),
                      .measured = drift_of_flow(tolerance, invariant),
                      .expected = 0,
                      .relation = Relation::at_most,
                      .bound = 100 * tolerance,
                      .bound_reason = "some 100 steps, each within the tolerance",
                      .wide_reason = "An eighth-order step is mostly better than its tolerance, and errors along a "
                                     "hyperbola do not drift off it",
                      .witness_pair = "F"});
  const LearningProblem& tree = context.tree();
  const auto start = decoupled_start(tree, layer_strengths(tree, 0.5, 0.1), context.seed());
  const double s1 = tree.modes.singular_values[0], horizon = 4 / s1;
  const double coarse = drift_of_descent(tree, start, horizon, 200, invariant);
  const double fine = drift_of_descent(tree, start, horizon, 400, invariant);
  checks.push_back({.quantity = "order in lambda of the drift of a^2 - b^2 in gradient descent",
                    .measured = std::log2(coarse / fine),
                    .expected = 1,
                    .relation = Relation::within,
                    .bound = 0.1,
                    .bound_reason = "one step changes a^2 - b^2 by the factor 1 - lambda^2 (s - ab)^2; the next order in "
                                    "lambda s_1 = 0.01 is left in the ratio",
                    .wide_reason = "The next order is multiplied by a small constant here",
                    .witness_pair = "G",
                    .dataset = tree.name});
  checks.push_back({.quantity = "relative drift of a^2 - b^2 in gradient descent at lambda s_1 = 0.01",
                    .measured = fine,
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = 0.01 * 4,
                    .bound_reason = "lambda times the integral of (s - ab)^2, at most lambda s_1 times s_1 t = 4",
                    .wide_reason = "The error falls to zero long before the end of the run",
                    .witness_pair = "G",
                    .dataset = tree.name});
  return checks;
}

// ------------------------------------------------------------------------------------ C12: Eqs 10, 11, 12

using ClosedForm = std::function<ThreeLayerMode<double>(double s, double u0, double tau)>;

ThreeLayerMode<double> closed_form(double s, double u0, double tau) {
  return ThreeLayerMode<double>({.singular_value = s, .initial_strength = u0, .time_constant = tau});
}

struct CurveComparison {
  double curve = 0, times = 0, inverse = 0;  // largest deviations
};

CurveComparison compare_with_reduced_flow(double s, double u0, double tau, const ClosedForm& law, CurveComparison worst) {
  const auto mode = law(s, u0, tau);
  std::vector<ode::Event<double>> events;
  const std::vector<double> shares{0.01, 0.1, 0.5, 0.9, 0.99};
  for (double share : shares)
    events.push_back(ode::crossing_of<double>(fmt::format("{}", share), 0, std::log(share * s)));
  // e^{-2 s t / tau} is below 1e-6 at the end.
  const double duration = tau / (2 * s) * (std::log(s / u0) + 14);
  const auto grid = base::TimeGrid<double>::linear(0, duration, 101);
  const auto solution =
      ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({s, tau}).log_strength(), {std::log(u0)}, grid,
                                   {.relative_tolerance = 1e-13, .absolute_tolerance = 1e-13}, events);
  for (std::size_t i = 0; i < grid.size(); ++i)
    worst.curve = std::max(worst.curve, std::abs(std::exp(solution.trajectory.state(i)[0]) - strength_at(mode, grid[i])) / s);
  for (double share : shares) {
    const double t = time_to_reach(mode, share * s);
    worst.times = std::max(worst.times, std::abs(solution.hit(fmt::format("{}", share)).time - t) / t);
    worst.inverse = std::max(worst.inverse, std::abs(strength_at(mode, t) / (share * s) - 1));
  }
  return worst;
}

// The full network's gradient flow from a decoupled start against the closed form, over all modes and the
// whole course: largest |u_N - u_T| / s.
double compare_with_network(Context& context, const LearningProblem& problem, const ClosedForm& law) {
  const double u0 = 1e-6, tau = 1;
  const auto start = decoupled_start(problem, layer_strengths(problem, std::sqrt(u0), std::sqrt(u0)), context.seed());
  const Vector& s = problem.modes.singular_values;
  const Eigen::Index modes = start.bases[0].cols();
  const double slowest = s[modes - 1];
  const auto grid = base::TimeGrid<double>::linear(0, tau / (2 * slowest) * (std::log(slowest / u0) + 10), 41);
  const auto flow = network::gradient_flow(start.network, problem.correlations, tau, grid,
                                           {.relative_tolerance = 1e-10, .absolute_tolerance = 1e-14});
  if (!flow.complete()) throw base::NumericalError(flow.brief());
  double worst = 0;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const auto now = network::network_at(start.network, flow.trajectory.state(i));
    const Vector strengths = network::mode_strengths(now, problem.modes).strengths;
    for (Eigen::Index k = 0; k < modes; ++k)
      worst = std::max(worst, std::abs(strengths[k] - strength_at(law(s[k], u0, tau), grid[i])) / s[k]);
  }
  return worst;
}

std::vector<Check> c12(Context& context, const ClosedForm& law) {
  CurveComparison worst;
  for (double s : {0.05, 1.0, 80.0})
    for (double ratio : {1e-12, 1e-6, 1e-2}) worst = compare_with_reduced_flow(s, ratio * s, 2000, law, worst);
  std::vector<Check> checks{
      {.quantity = "Eq 12 against Eq 10 integrated: largest |u_T - u_F| / s",
       .measured = worst.curve,
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-11,
       .bound_reason = "tolerance 1e-13 in ln u, added up over some 100 steps",
       .wide_reason = "The stepper mostly does better than its tolerance",
       .witness_pair = "TF"},
      {.quantity = "Eq 11 against the located crossings of Eq 10 at 1, 10, 50, 90, 99 % of s: largest relative difference",
       .measured = worst.times,
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-11,
       .bound_reason = "the same error of the integration, seen as a time",
       .wide_reason = "The stepper mostly does better than its tolerance",
       .witness_pair = "TF"},
      {.quantity = "Eq 12 at the time of Eq 11: largest |u / u_f - 1|",
       .measured = worst.inverse,
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 64 * std::numeric_limits<double>::epsilon() * 35,
       .bound_reason = "64 eps (1 + cond): u reacts to a relative change of t with up to 2 s t / tau < 34",
       .wide_reason = "64 covers the worst input of a far wider range than the one sampled",
       .witness_pair = "T"}};
  for (const LearningProblem* problem : {&context.tree(), &context.images()})
    checks.push_back({.quantity = "Eq 12 against the full network from a decoupled start: largest |u_N - u_T| / s, all modes",
                      .measured = compare_with_network(context, *problem, law),
                      .expected = 0,
                      .relation = Relation::at_most,
                      .bound = 3e-9,
                      .bound_reason = "tolerance 1e-10 of the network's flow times 2 s t / tau of up to 30, by which a plateau "
                                      "amplifies it",
                      .wide_reason = "The stepper mostly does better than its tolerance",
                      .witness_pair = "TN",
                      .dataset = problem->name});
  return checks;
}

// ------------------------------------------------------------------------- C13: (tau/s) ln(s/eps) after Eq 11

using Asymptote = std::function<double(double s, double tau, double eps)>;

std::vector<Check> c13(Context&, const Asymptote& asymptote) {
  const double s = 2, tau = 3;
  std::vector<Check> checks;
  for (double eps : {1e-2, 1e-3}) {
    const auto solution = ode::integrate_fully<double>(
        flow::ThreeLayerFlow<double>({s, tau}).log_strength(), {std::log(eps)},
        base::TimeGrid<double>({0, 100}), {.relative_tolerance = 1e-13, .absolute_tolerance = 1e-13},
        {ode::crossing_of<double>("learned", 0, std::log(s - eps), true)});
    const double measured = solution.hit("learned").time;
    const theory::SymmetricLearning<double> learning({s, tau, eps});
    checks.push_back({.quantity = fmt::format("time from eps to s - eps, eps = {:g}, s = 2, tau = 3", eps),
                      .measured = measured,
                      .expected = learning.exact_time(),
                      .relation = Relation::within,
                      .bound = 10 * s * 1e-13 * tau / (2 * s * eps),
                      .bound_reason = "ten steps near s with a tolerance of 1e-13 in ln u, where u' = 2 s eps/tau turns an error "
                                      "of u into one of time",
                      .wide_reason = "The stepper mostly does better than its tolerance",
                      .witness_pair = "TF"});
    checks.push_back({.quantity = fmt::format("[time - (tau/s) ln(s/eps)] / [-(tau/s)(eps/s)], eps = {:g}", eps),
                      .measured = (measured - asymptote(s, tau, eps)) / (-tau / s * eps / s),
                      .expected = 1,
                      .relation = Relation::within,
                      .bound = eps / s,
                      .bound_reason = "the next term of the expansion in eps/s, which is (eps/s)/2 of this one",
                      .witness_pair = "TF"});
  }
  for (double eps : {1e-4, 1e-8, 1e-12}) {
    const theory::SymmetricLearning<double> learning({s, tau, eps});
    checks.push_back({.quantity = fmt::format("exact time over (tau/s) ln(s/eps), eps = {:g}", eps),
                      .measured = learning.exact_time() / asymptote(s, tau, eps),
                      .expected = 1,
                      .relation = Relation::within,
                      .bound = eps / s + 4 * std::numeric_limits<double>::epsilon(),
                      .bound_reason = "the error term (eps/s)/ln(s/eps), and rounding",
                      .wide_reason = "Both times round to the same number here",
                      .witness_pair = "T"});
  }
  return checks;
}

// --------------------------------------------------------------------------------- C14: learning time ~ 1/s

// Slope of ln y against ln x by least squares.
double log_log_slope(const Vector& x, const Vector& y) {
  const Vector lx = x.array().log(), ly = y.array().log();
  const Vector dx = lx.array() - lx.mean();
  return dx.dot(Vector(ly.array() - ly.mean())) / dx.squaredNorm();
}

std::vector<Check> c14_on(Context& context, const LearningProblem& problem, double expected_slope, const ClosedForm& law) {
  TimeCourseOptions options = context.time_course(problem, Start::decoupled);
  options.learning_rate /= 4;
  options.completion = 0.6;
  const Eigen::Index modes = experiments::learnable_modes(problem, options);
  const Vector s = problem.modes.singular_values.head(modes);
  const double ratio = 1e-6;
  // Every mode starts at the same share of its s, so that nothing but s tells the modes apart.
  Matrix strengths(2, modes);
  strengths.rowwise() = (ratio * s).cwiseSqrt().transpose();
  const auto start = decoupled_start(problem, strengths, context.seed());
  const Vector half = experiments::run_time_course(problem, options, start.network).half_times.head(modes);
  const double x = options.learning_rate * s[0], tau = data::time_constant(options.learning_rate, problem.correlations);
  double difference = 0;
  for (Eigen::Index k = 0; k < modes; ++k) {
    const double predicted = half_learning_time(law(s[k], ratio * s[k], tau));
    // Written so that a NaN, a mode never learned, stays.
    const double deviation = std::abs(half[k] / predicted - 1);
    if (!(deviation <= difference)) difference = deviation;
  }
  return {{.quantity = "slope of ln(half-learning time) against ln s over the modes",
           .measured = log_log_slope(s, half),
           .expected = expected_slope,
           .relation = Relation::within,
           .bound = x,
           .bound_reason = fmt::format("Euler steps slow a plateau by x/ln(1 + x), x = lambda s up to {:.2g}", x),
           .wide_reason = "The modes' x differ by less than their size",
           .witness_pair = "N",
           .dataset = problem.name},
          {.quantity = "largest |half-learning time of the network / Eq 11 - 1| over the modes",
           .measured = difference,
           .expected = 0,
           .relation = Relation::at_most,
           .bound = x,
           .bound_reason = "the same bias, x/2 to leading order, and the interpolation between epochs",
           .wide_reason = "All of its parts are smaller than their bounds",
           .witness_pair = "TN",
           .dataset = problem.name}};
}

std::vector<Check> c14(Context& context, double expected_slope, const ClosedForm& law) {
  auto checks = c14_on(context, context.tree(), expected_slope, law);
  for (auto& check : c14_on(context, context.images(), expected_slope, law)) checks.push_back(std::move(check));
  return checks;
}

// ------------------------------------------------------- C18, C19: order of learning, plateaus of the error

using Prediction = std::function<Vector(const LearningProblem&, const TimeCourseOptions&)>;

std::vector<Check> c18(Context& context, const Prediction& predict) {
  std::vector<Check> checks;
  for (const LearningProblem* problem : {&context.tree(), &context.images()}) {
    const auto options = context.time_course(*problem, Start::small_random);
    const auto starts = experiments::run_random_starts(*problem, options, context.random_starts(), context.store(),
                                                       context.progress());
    const auto order = experiments::count_order(predict(*problem, options), starts.half_times, 0.1);
    checks.push_back({.quantity = fmt::format("pairs learned out of order, of {} separated pairs in {} random starts",
                                              order.pairs, context.random_starts()),
                      .measured = order.pairs > 0 ? static_cast<double>(order.out_of_order)
                                                  : std::numeric_limits<double>::quiet_NaN(),
                      .expected = 0,
                      .relation = Relation::at_most,
                      .bound = 0,
                      .bound_reason = "the claim allows no exception among modes whose half times differ by more than 10 %",
                      .witness_pair = "ND",
                      .dataset = problem->name});
  }
  return checks;
}

using PlateauCounter = std::function<std::vector<int>(Context&, const LearningProblem&)>;

std::vector<int> plateaus_of_random_starts(Context& context, const LearningProblem& problem) {
  return experiments::run_random_starts(problem, context.time_course(problem, Start::small_random),
                                        context.random_starts(), context.store(), context.progress())
      .plateaus;
}

// The same count for a network without hidden layer, from zero weights.
std::vector<int> plateaus_of_shallow_network(Context& context, const LearningProblem& problem) {
  std::vector<double> speeds;
  const auto options = context.time_course(problem, Start::small_random);
  const Matrix& sigma31 = problem.correlations.sigma31;
  network::descend(network::LinearNetwork<double>({sigma31.cols(), sigma31.rows()}), problem.correlations,
                   {.learning_rate = options.learning_rate, .max_iterations = 2000},
                   [&](const network::DescentState& state) {
                     speeds.push_back(state.descent_speed);
                     return true;
                   });
  return {experiments::count_plateaus(speeds)};
}

std::vector<Check> c19(Context& context, const PlateauCounter& count) {
  const LearningProblem &tree = context.tree(), &images = context.images();
  const auto on_tree = count(context, tree), on_images = count(context, images);
  const auto [fewest, most] = std::ranges::minmax(on_images);
  const std::string rule =
      "counted by the rule fixed in advance: rises of -dE/dt by a factor of 2 after a low, floor 1e-4 of its maximum";
  std::vector<Check> checks{{.quantity = fmt::format("fewest plateaus of the total error in {} random starts", on_tree.size()),
                             .measured = static_cast<double>(std::ranges::min(on_tree)),
                             .expected = 2,
                             .relation = Relation::at_least,
                             .bound = 2,
                             .bound_reason = "several means two or more; " + rule,
                             .witness_pair = "ND",
                             .dataset = tree.name}};
  for (const auto& [which, value] : {std::pair{"fewest", fewest}, std::pair{"most", most}})
    checks.push_back({.quantity = fmt::format("{} plateaus of the total error in {} random starts", which, on_images.size()),
                      .measured = static_cast<double>(value),
                      .expected = 1,
                      .relation = Relation::within,
                      .bound = 0,
                      .bound_reason = "a flat spectrum is learned in one transition; " + rule,
                      .witness_pair = "ND",
                      .dataset = images.name});
  return checks;
}

// ------------------------------------------------------------------------- X7: 0.5e^{-3} and 1e^{-6} in Fig 3

// On the paper's own tree at every effort: whether a rate is stable is a matter of its s_1.
std::vector<Check> x7(Context& context, double corrected_lambda) {
  const LearningProblem tree = experiments::tree_problem({.seed = context.seed()});
  const double printed_lambda = 0.5 * std::exp(-3.0), s1 = tree.modes.singular_values[0];
  const auto start = experiments::starting_network(tree, {.initial_strength = 1e-6, .seed = context.seed()});
  auto remaining = [&](double lambda, long epochs) {
    const auto result = network::descend(start, tree.correlations, {.learning_rate = lambda, .max_iterations = epochs});
    if (result.reason == network::DescentStop::diverged) return std::numeric_limits<double>::infinity();
    return linalg::relative_difference(network::end_to_end(result.network), tree.correlations.sigma31);
  };
  const double slowest = tree.modes.singular_values[tree.modes.size() - 1];
  const long epochs = std::lround(2 * std::log(slowest / 1e-6) / (2 * slowest * 0.5e-3));
  return {{.quantity = "2 lambda s_1 for lambda = 0.5 e^{-3} read as an exponential",
           .measured = 2 * printed_lambda * s1,
           .expected = 2,
           .relation = Relation::at_least,
           .bound = 2,
           .bound_reason = "at the minimum the largest curvature is 2 s_1, and descent is stable only below lambda = 2/(2 s_1)",
           .witness_pair = "D",
           .dataset = tree.name,
           .subject = Subject::printed},
          {.quantity = fmt::format("||Sigma31 - W|| / ||Sigma31|| after {} epochs with lambda = 0.5 e^{{-3}} (inf: diverged)", epochs),
           .measured = remaining(printed_lambda, epochs),
           .expected = 0,
           .relation = Relation::at_least,
           .bound = 0.01,
           .bound_reason = "a stable descent would have reached rounding",
           .witness_pair = "GN",
           .dataset = tree.name,
           .subject = Subject::printed},
          {.quantity = fmt::format("||Sigma31 - W|| / ||Sigma31|| after {} epochs with lambda = 0.5 x 10^-3", epochs),
           .measured = remaining(corrected_lambda, epochs),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-4,
           .bound_reason = "after two half-learning times, its random start delaying it by up to a fifth, (u0/s)^0.8 is left "
                           "of the slowest mode",
           .wide_reason = "Its start happens to delay it less",
           .witness_pair = "GN",
           .dataset = tree.name,
           .subject = Subject::corrected}};
}

Vector in_reverse_order(const LearningProblem& problem, const TimeCourseOptions& options) {
  return experiments::predicted_half_times(problem, options).reverse();
}

network::DecoupledStart mixed_start(const LearningProblem& problem, const Matrix& strengths, std::uint64_t seed) {
  auto start = decoupled_start(problem, strengths, seed);
  auto stream = base::stream(seed, "mixed start");
  const auto mixed = network::decoupled_weights(units_of(problem, 32), problem.modes, strengths, stream);
  start.network.weight(2) = mixed.network.weight(2);  // the hidden basis of another start
  return start;
}

ThreeLayerMode<double> without_the_two(double s, double u0, double tau) { return closed_form(s, u0, 2 * tau); }

double tau_of_eq_1(double lambda, const data::Correlations& correlations) {
  return data::time_constant(lambda, correlations);
}
double tau_of_unhalved_error(double lambda, const data::Correlations&) { return 1 / (2 * lambda); }

}  // namespace

std::vector<Claim> claims_of_section_1() {
  const double paper_lambda = 0.5e-3;
  return {
      {{.id = "C1",
        .section = 1,
        .sentence = "As λ → 0, batch gradient descent (Eq 1) follows the flow of Eq 2 with τ = 1/λ and t in epochs, the "
                    "difference being of first order in λ.",
        .source = "Eqs 1, 2",
        .formula = "τ dW^{21}/dt = W^{32T}(Σ^{31} − W^{32}W^{21}Σ^{11}),  τ dW^{32}/dt = (Σ^{31} − W^{32}W^{21}Σ^{11})W^{21T}",
        .witnesses = "GN",
        .figures = {}},
       [](Context& c) { return c1(c, tau_of_eq_1); },
       "τ = 1/(2λ), as if the squared error were not halved",
       [](Context& c) { return c1(c, tau_of_unhalved_error); }},
      {{.id = "C7",
        .section = 1,
        .sentence = "A decoupled start stays decoupled: its modes never mix, and each follows Eq 8 on its own.",
        .source = "section 1.3",
        .formula = "a^{α}, b^{α} ∝ r^{α},  r^{α}·r^{β} = δ_{αβ}",
        .witnesses = "FN",
        .figures = {"2"},
        .needs_images = true},
       [](Context& c) { return c7(c, decoupled_start); },
       "W^{32} starts in another hidden basis than W^{21}, so that the modes overlap",
       [](Context& c) { return c7(c, mixed_start); }},
      {{.id = "C9",
        .section = 1,
        .sentence = "a² − b² is a constant of motion of Eq 8; gradient descent conserves it up to a drift of first order in λ.",
        .source = "Eq 9 and the text after it",
        .formula = "E(a, b) = (s − ab)^{2}/(2τ),  d(a^{2} − b^{2})/dt = 0",
        .witnesses = "SFG",
        .figures = {"2"}},
       [](Context& c) { return c9(c, [](double a, double b) { return a * a - b * b; }); },
       "the conserved quantity is taken to be a² + b²",
       [](Context& c) { return c9(c, [](double a, double b) { return a * a + b * b; }); }},
      {{.id = "C12",
        .section = 1,
        .sentence = "From a = b the mode strength u = ab follows Eq 10; Eq 12 is its time course and Eq 11 the time to any strength.",
        .source = "Eqs 10, 11, 12",
        .formula = "u(t) = s e^{2st/τ} / (e^{2st/τ} − 1 + s/u_{0}),  t = (τ/2s) ln[u_{f}(s − u_{0}) / (u_{0}(s − u_{f}))]",
        .witnesses = "STFN",
        .figures = {"3l", "3w"},
        .needs_images = true},
       [](Context& c) { return c12(c, closed_form); },
       "the exponent is st/τ instead of 2st/τ",
       [](Context& c) { return c12(c, without_the_two); }},
      {{.id = "C13",
        .section = 1,
        .sentence = "From u_{0} = ε to s − ε learning takes (τ/s) ln(s/ε) as ε → 0; the error of this is −(τ/s)(ε/s) to leading order.",
        .source = "after Eq 11",
        .formula = "t = (τ/s) ln(s/ε) = O(τ/s)",
        .witnesses = "TF",
        .figures = {}},
       [](Context& c) {
         return c13(c, [](double s, double tau, double eps) {
           return theory::SymmetricLearning<double>({s, tau, eps}).asymptotic_time();
         });
       },
       "the asymptote is (τ/2s) ln(s/ε)",
       [](Context& c) {
         return c13(c, [](double s, double tau, double eps) { return tau / (2 * s) * std::log(s / eps); });
       }},
      {{.id = "C14",
        .section = 1,
        .sentence = "The time to learn a mode is inversely proportional to its singular value.",
        .source = "after Eq 11",
        .formula = "t = O(τ/s)",
        .witnesses = "TN",
        .figures = {"3l", "3w"},
        .needs_images = true},
       [](Context& c) { return c14(c, -1, closed_form); },
       "the time is taken to be proportional to 1/s²",
       [](Context& c) { return c14(c, -2, closed_form); }},
      {{.id = "C18",
        .section = 1,
        .sentence = "From small random weights modes are learned in the order of their singular values, for every pair whose "
                    "half-learning times differ by more than 10 %.",
        .source = "after Eq 11, Fig 3",
        .formula = "s_{α} > s_{β}  ⇒  t_{α} < t_{β}",
        .witnesses = "ND",
        .figures = {"3l", "3w"},
        .needs_images = true},
       [](Context& c) { return c18(c, experiments::predicted_half_times); },
       "the order predicted is that of the weakest mode first",
       [](Context& c) { return c18(c, in_reverse_order); }},
      {{.id = "C19",
        .section = 1,
        .sentence = "The total error falls in plateaus and rapid transitions: several of them on the tree, one on whitened "
                    "images, whose spectrum is flat.",
        .source = "abstract, section 1",
        .formula = "plateau: a low of −dE/dt followed by a rise of a factor 2 or more",
        .witnesses = "ND",
        .figures = {"3l", "3w"},
        .needs_images = true},
       [](Context& c) { return c19(c, plateaus_of_random_starts); },
       "the network has no hidden layer",
       [](Context& c) { return c19(c, plateaus_of_shallow_network); }},
      {{.id = "X1",
        .kind = Kind::error,
        .section = 1,
        .sentence = "The time constant of Eq 2, with Σ as sums over the examples and t in epochs.",
        .source = "after Eq 2",
        .formula = "τ = P/λ",
        .printed = "τ = P/λ",
        .corrected = "τ = 1/λ (P/λ belongs to an update averaged over the examples, or to t counted in examples)",
        .witnesses = "GN",
        .figures = {}},
       [](Context& c) { return x1(c, tau_of_eq_1); },
       "the correction is taken to be τ = 1/(2λ)",
       [](Context& c) { return x1(c, tau_of_unhalved_error); }},
      {{.id = "X7",
        .kind = Kind::error,
        .section = 1,
        .sentence = "The learning rate and the initial strength of Fig 3.",
        .source = "caption of Fig 3",
        .formula = "λ = 0.5e^{−3}, u_{0} = 1e^{−6}",
        .printed = "λ = 0.5e^{−3}, u_{0} = 1e^{−6}: as exponentials of base e, λ is beyond the edge of stability",
        .corrected = "powers of ten: λ = 0.5·10^{−3}, u_{0} = 10^{−6}",
        .witnesses = "GND",
        .figures = {"3l"}},
       [paper_lambda](Context& c) { return x7(c, paper_lambda); },
       "the correction is taken to be λ = 0.5·10^{−1}",
       [](Context& c) { return x7(c, 0.5e-1); }},
  };
}

}  // namespace dln::validation
