// How long learning takes, in which order modes are learned, and how the total error falls meanwhile.
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/statistics/linear_regression.hpp>
#include <cmath>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/experiments/learning_speed.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

using experiments::LearningProblem;
using experiments::Start;
using experiments::TimeCourseOptions;
using linalg::Matrix;
using linalg::Vector;

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
    checks.push_back(
        {.quantity = fmt::format("time from ε to s − ε, ε = {:g}, s = 2, τ = 3", eps),
         .measured = measured,
         .expected = learning.exact_time(),
         .relation = Relation::within,
         .bound = 10 * s * 1e-13 * tau / (2 * s * eps),
         .bound_reason =
             "ten steps near s with a tolerance of 1e-13 in ln u, where u' = 2 s ε/τ turns an error "
             "of u into one of time",
         .wide_reason = "The stepper mostly does better than its tolerance",
         .witness_pair = "TF"});
    checks.push_back({.quantity = fmt::format("[time − (τ/s) ln(s/ε)] / [-(τ/s)(ε/s)], ε = {:g}", eps),
                      .measured = (measured - asymptote(s, tau, eps)) / (-tau / s * eps / s),
                      .expected = 1,
                      .relation = Relation::within,
                      .bound = eps / s,
                      .bound_reason = "the next term of the expansion in ε/s, which is (ε/s)/2 of this one",
                      .witness_pair = "TF"});
  }
  for (double eps : {1e-4, 1e-8, 1e-12}) {
    const theory::SymmetricLearning<double> learning({s, tau, eps});
    checks.push_back({.quantity = fmt::format("exact time over (τ/s) ln(s/ε), ε = {:g}", eps),
                      .measured = learning.exact_time() / asymptote(s, tau, eps),
                      .expected = 1,
                      .relation = Relation::within,
                      .bound = eps / s + 4 * std::numeric_limits<double>::epsilon(),
                      .bound_reason = "the error term (ε/s)/ln(s/ε), and rounding",
                      .witness_pair = "T"});
  }
  return checks;
}

// Slope of ln y against ln x by least squares.
double log_log_slope(const Vector& x, const Vector& y) {
  std::vector<double> lx, ly;
  for (double value : x) lx.push_back(std::log(value));
  for (double value : y) ly.push_back(std::log(value));
  return boost::math::statistics::simple_ordinary_least_squares(lx, ly).second;
}

std::vector<Check> c14_on(Context& context, const LearningProblem& problem, double expected_slope,
                          const ClosedForm& law) {
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
  const double x = options.learning_rate * s[0],
               tau = data::time_constant(options.learning_rate, problem.correlations);
  base::Worst difference;  // NaN when a mode was never learned
  for (Eigen::Index k = 0; k < modes; ++k) {
    const double predicted = half_learning_time(law(s[k], ratio * s[k], tau));
    difference.see(std::abs(half[k] / predicted - 1));
  }
  return {{.quantity = "slope of ln(half-learning time) against ln s over the modes",
           .measured = log_log_slope(s, half),
           .expected = expected_slope,
           .relation = Relation::within,
           .bound = x,
           .bound_reason = fmt::format("Euler steps slow a plateau by x/ln(1 + x), x = λ s up to {:.2g}", x),
           .wide_reason = "The modes' x differ by less than their size",
           .witness_pair = "N",
           .dataset = problem.name},
          {.quantity = "largest |half-learning time of the network / Eq 11 − 1| over the modes",
           .measured = difference.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = x,
           .bound_reason = "the same bias, x/2 to leading order, and the interpolation between epochs",
           .wide_reason = "All of its parts are smaller than their bounds",
           .witness_pair = "TN",
           .dataset = problem.name}};
}

// The same mode, were its time to go as 1/s^2.
theory::ThreeLayerMode<double> law_of_inverse_square(double s, double u0, double tau) {
  return closed_form(s, u0, tau * 50 / s);
}

std::vector<Check> c14(Context& context, double expected_slope, const ClosedForm& law) {
  auto checks = c14_on(context, context.tree(), expected_slope, law);
  for (auto& check : c14_on(context, context.images(), expected_slope, law))
    checks.push_back(std::move(check));
  return checks;
}

using Prediction = std::function<Vector(const LearningProblem&, const TimeCourseOptions&)>;

std::vector<Check> c18(Context& context, const Prediction& predict) {
  std::vector<Check> checks;
  for (const LearningProblem* problem : {&context.tree(), &context.images()}) {
    const auto options = context.time_course(*problem, Start::small_random);
    const auto starts = experiments::run_random_starts(*problem, options, context.random_starts(),
                                                       context.store(), context.progress());
    const auto order = experiments::count_order(predict(*problem, options), starts.half_times, 0.1);
    if (order.pairs == 0)  // an empty sample is no evidence
      throw base::NumericalError("no two modes of " + problem->name +
                                 " are predicted to be learned 10 % apart");
    checks.push_back(
        {.quantity = fmt::format("pairs learned out of order, of {} separated pairs in {} random starts",
                                 order.pairs, context.random_starts()),
         .measured = static_cast<double>(order.out_of_order),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 0,
         .bound_reason =
             "the claim allows no exception among modes whose half times differ by more than 10 %",
         .witness_pair = "TND",
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

double median(std::vector<int> counts) {
  std::ranges::sort(counts);
  const std::size_t n = counts.size();
  return (counts.at((n - 1) / 2) + counts.at(n / 2)) / 2.0;
}

std::vector<Check> c19(Context& context, const PlateauCounter& count) {
  const LearningProblem &tree = context.tree(), &images = context.images();
  const auto on_tree = count(context, tree), on_images = count(context, images);
  const auto [fewest, most] = std::ranges::minmax(on_images);
  const std::string rule =
      "counted by the rule fixed in advance: rises of −dE/dt by a factor of 2 after a low, floor 1e-4 of its "
      "maximum";
  std::vector<Check> checks{
      {.quantity =
           fmt::format("median number of plateaus of the total error in {} random starts", on_tree.size()),
       .measured = median(on_tree),
       .expected = 2,
       .relation = Relation::at_least,
       .bound = 2,
       .bound_reason = "several means two or more; single starts may merge two transitions into one; " + rule,
       .witness_pair = "ND",
       .dataset = tree.name,
       .beside = fmt::format("fewest {}, most {}", std::ranges::min(on_tree), std::ranges::max(on_tree))}};
  for (const auto& [which, value] : {std::pair{"fewest", fewest}, std::pair{"most", most}})
    checks.push_back(
        {.quantity =
             fmt::format("{} plateaus of the total error in {} random starts", which, on_images.size()),
         .measured = static_cast<double>(value),
         .expected = 1,
         .relation = Relation::within,
         .bound = 0,
         .bound_reason =
             "singular values within a factor of about two are learned in one transition; " + rule,
         .witness_pair = "ND",
         .dataset = images.name});
  return checks;
}

Vector in_reverse_order(const LearningProblem& problem, const TimeCourseOptions& options) {
  return experiments::predicted_half_times(problem, options).reverse();
}

}  // namespace

std::vector<Claim> claims_on_learning_times() {
  return {
      {{.id = "C13",
        .section = 1,
        .sentence = "From u_{0} = ε to s − ε learning takes (τ/s) ln(s/ε) as ε → 0; the error of this is "
                    "−(τ/s)(ε/s) to leading order.",
        .source = "after Eq 11",
        .formula = "t = (τ/s) ln(s/ε) = O(τ/s)",
        .witnesses = "STF",
        .algebra = Algebra::whole,
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
        .sentence = "Modes that start at the same share of their s are half learned in a time inversely "
                    "proportional to s. (From a "
                    "common u_{0}, as in Fig 3, the logarithm of Eq 11 adds to it.)",
        .source = "after Eq 11",
        .formula = "t = O(τ/s)",
        .witnesses = "STN",
        .algebra = Algebra::part,
        .figures = {"3l", "3w"},
        .needs_images = true},
       [](Context& c) { return c14(c, -1, closed_form); },
       "the time is taken to be proportional to 1/s²",
       [](Context& c) { return c14(c, -2, law_of_inverse_square); }},
      {{.id = "C18",
        .section = 1,
        .sentence = "From small random weights modes are learned in the order of their singular values, for "
                    "every pair whose "
                    "predicted half-learning times differ by more than 10 %.",
        .source = "after Eq 11, Fig 3",
        .formula = "s_{α} > s_{β}  ⇒  t_{α} < t_{β}",
        .witnesses = "TND",
        .figures = {"3l", "3w"},
        .needs_images = true},
       [](Context& c) { return c18(c, experiments::predicted_half_times); },
       "the order predicted is that of the weakest mode first",
       [](Context& c) { return c18(c, in_reverse_order); }},
      {{.id = "C19",
        .section = 1,
        .sentence =
            "The total error falls in plateaus and rapid transitions: several of them on the tree in the "
            "median "
            "random start, one on whitened images, whose singular values lie within a factor of about two.",
        .source = "abstract, section 1",
        .formula = "plateau: a low of −dE/dt followed by a rise of a factor 2 or more",
        .witnesses = "ND",
        .figures = {"3l", "3w"},
        .needs_images = true},
       [](Context& c) { return c19(c, plateaus_of_random_starts); },
       "the network has no hidden layer",
       [](Context& c) { return c19(c, plateaus_of_shallow_network); }},
  };
}

}  // namespace dln::validation::section_1
