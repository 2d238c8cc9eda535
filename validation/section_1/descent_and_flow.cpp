// From Eq 1 to Eq 2: gradient descent against its flow, its time constant, and the learning rate of Fig 3.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"

namespace dln::validation::section_1 {
namespace {

using experiments::LearningProblem;
using experiments::Start;
using experiments::TimeCourseOptions;
using linalg::Matrix;
using linalg::Vector;

// How far n steps of Eq 1 with lambda = horizon/n end from Eq 2 at t = n epochs, for a growing n.
struct DescentAgainstFlow {
  std::vector<double>
      errors;          // ||W_flow - W_descent||_F / ||W_descent||_F; halving lambda from one to the next
  double final_x = 0;  // lambda s_1 of the last
  // log2 of the last two errors: 1 for a first-order method.
  double order() const { return std::log2(errors[errors.size() - 2] / errors.back()); }
};

using TimeConstant = std::function<double(double lambda, const data::Correlations&)>;

DescentAgainstFlow descent_against_flow(Context& context, const LearningProblem& problem,
                                        const TimeConstant& tau) {
  TimeCourseOptions options = context.time_course(problem, Start::small_random);
  options.initial_strength = 1e-3;
  const auto start = experiments::starting_network(problem, options);
  const double s1 = problem.modes.singular_values[0];
  // In units of 1/s_1: past the transition of the first mode, with the others on their way.
  const double horizon = 10 / s1;
  const int halvings = context.effort() == Effort::full ? 5 : 3;

  DescentAgainstFlow result;
  double reach = std::numeric_limits<double>::quiet_NaN();  // t/tau of `flowed`
  Matrix flowed;                                            // W32 W21 of the flow there
  for (int i = 0; i < halvings; ++i) {
    const long steps = 200L << i;
    const double lambda = horizon / static_cast<double>(steps);
    const auto descent = network::descend_fully(start, problem.correlations,
                                                {.learning_rate = lambda, .max_iterations = steps});
    // t = n epochs lie at n/tau of a flow with tau = 1, mostly at the same point for every lambda.
    if (const double wanted = static_cast<double>(steps) / tau(lambda, problem.correlations);
        !(std::abs(wanted / reach - 1) < 1e-12)) {
      const auto flow =
          network::gradient_flow_fully(start, problem.correlations, 1, base::TimeGrid<double>({0, wanted}),
                                       {.relative_tolerance = 1e-9, .absolute_tolerance = 1e-11});
      flowed = network::end_to_end(network::network_at(start, flow.trajectory.final_state()));
      reach = wanted;
    }
    result.errors.push_back(linalg::relative_difference(flowed, network::end_to_end(descent.network)));
    result.final_x = lambda * s1;
  }
  return result;
}

std::vector<Check> first_order_checks(const DescentAgainstFlow& result, const std::string& dataset,
                                      Subject subject) {
  return {{.quantity = "order of the difference between descent and flow in λ",
           .measured = result.order(),
           .expected = 1,
           .relation = Relation::within,
           .bound = 0.1,
           .bound_reason = "the next order, O(λ s_{1}), is still in the ratio of two errors",
           .wide_reason = "The next order happens to cancel here, which another start need not repeat",
           .witness_pair = "GN",
           .dataset = dataset,
           .subject = subject},
          {.quantity = "‖W_{flow} − W_{descent}‖ / ‖W_{descent}‖ at the smallest λ",
           .measured = result.errors.back(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 5 * result.final_x,
           .bound_reason = "O(λ s_{1}): one Euler step errs by (λ s_{1})²/2, there are 10/(λ s_{1}) of them",
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
  const double deviation = base::worst_of(linalg::relative_difference(direction.weight(1), d21),
                                          linalg::relative_difference(direction.weight(2), d32));
  return {.quantity = "Eq 1's step summed over examples against the step from correlations, relative",
          .measured = deviation,
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 1e-13,
          .bound_reason = "rounding of sums over at most 1000 terms",
          .wide_reason = "The sums of ±1 features are exact, so little rounding is left",
          .witness_pair = "G",
          .dataset = problem.name};
}

// The same on raw images, 60000 of them one batch after the other and Sigma11 far from I: only at full
// effort.
Check image_by_image(Context& context) {
  auto stream = base::stream(context.seed(), "weights for one step on images");
  auto source = context.open_images();
  const auto start = network::small_random_weights({source.input_size, 32, source.target_size}, 0.1, stream);
  const Matrix w21 = start.weight(1), w32 = start.weight(2);
  Matrix d21 = Matrix::Zero(w21.rows(), w21.cols()), d32 = Matrix::Zero(w32.rows(), w32.cols());
  for (data::Dataset batch; source.next(batch);) {
    const Matrix hidden = w21 * batch.inputs, error = batch.targets - w32 * hidden;
    d21 += (w32.transpose() * error) * batch.inputs.transpose();
    d32 += error * hidden.transpose();
  }
  auto again = context.open_images();
  const auto correlations = data::correlate(again, context.progress());
  network::LinearNetwork<double> direction = start;
  network::ChainGradient(correlations, start)(start, direction);
  return {.quantity = "Eq 1's step summed over raw images against the step from correlations, relative",
          .measured = base::worst_of(linalg::relative_difference(direction.weight(1), d21),
                                     linalg::relative_difference(direction.weight(2), d32)),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 1e-11,
          .bound_reason = "rounding of sums over 60000 examples",
          .wide_reason = "Roundings of both signs cancel in part",
          .witness_pair = "G",
          .dataset = context.images_path().filename().string()};
}

std::vector<Check> c1(Context& context, const TimeConstant& tau) {
  const LearningProblem& tree = context.tree();
  auto checks = first_order_checks(descent_against_flow(context, tree, tau), tree.name, Subject::claim);
  checks.push_back(
      example_by_example(context.tree_shape(), tree, context.time_course(tree, Start::small_random)));
  if (context.effort() == Effort::full) checks.push_back(image_by_image(context));
  return checks;
}

std::vector<Check> x1(Context& context, const TimeConstant& corrected) {
  const LearningProblem& tree = context.tree();
  const auto printed = descent_against_flow(context, tree, [](double lambda, const data::Correlations& c) {
    return static_cast<double>(c.examples) / lambda;
  });
  std::vector<Check> checks{
      {.quantity = "‖W_{flow} − W_{descent}‖ / ‖W_{descent}‖ with τ = P/λ, at the smallest λ",
       .measured = printed.errors.back(),
       .expected = 0,
       .relation = Relation::at_least,
       .bound = 0.5,
       .bound_reason = "were the printed τ right, the difference would be O(λ s_{1}) = " +
                       fmt::format("{:.1g}", printed.final_x),
       .witness_pair = "GN",
       .dataset = tree.name,
       .subject = Subject::printed},
      {.quantity = "size of its order in λ: 0 for a difference that does not vanish",
       .measured = std::abs(printed.order()),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 0.1,
       .bound_reason = "what descent itself still changes with λ, O(λ s_{1})",
       .wide_reason = "It is already small at these λ",
       .witness_pair = "GN",
       .dataset = tree.name,
       .subject = Subject::printed}};
  for (auto& check :
       first_order_checks(descent_against_flow(context, tree, corrected), tree.name, Subject::corrected))
    checks.push_back(std::move(check));
  return checks;
}

// On the paper's own tree at every effort: whether a rate is stable is a matter of its s_1.
std::vector<Check> x7(Context& context, double corrected_lambda) {
  const LearningProblem tree = experiments::tree_problem({.seed = context.seed()});
  const double printed_lambda = 0.5 * std::exp(-3.0), s1 = tree.modes.singular_values[0];
  const auto start = experiments::starting_network(tree, {.initial_strength = 1e-6, .seed = context.seed()});
  auto remaining = [&](double lambda, long epochs) {
    const auto result =
        network::descend(start, tree.correlations, {.learning_rate = lambda, .max_iterations = epochs});
    if (result.reason == network::DescentStop::diverged) return std::numeric_limits<double>::infinity();
    return linalg::relative_difference(network::end_to_end(result.network), tree.correlations.sigma31);
  };
  const double slowest = tree.modes.singular_values[tree.modes.size() - 1];
  const long epochs = std::lround(2 * std::log(slowest / 1e-6) / (2 * slowest * 0.5e-3));
  return {
      {.quantity = "2 λ s_{1} for λ = 0.5 e^{−3} read as an exponential",
       .measured = 2 * printed_lambda * s1,
       .expected = 2,
       .relation = Relation::at_least,
       .bound = 2,
       .bound_reason = "at the minimum the largest curvature is 2 s_{1}, and descent is stable only below λ "
                       "= 2/(2 s_{1})",
       .witness_pair = "D",
       .dataset = tree.name,
       .subject = Subject::printed},
      {.quantity = fmt::format(
           "‖Σ^{{31}} − W‖ / ‖Σ^{{31}}‖ after {} epochs with λ = 0.5 e^{{−3}} (inf: diverged)", epochs),
       .measured = remaining(printed_lambda, epochs),
       .expected = 0,
       .relation = Relation::at_least,
       .bound = 0.01,
       .bound_reason = "a stable descent would have reached rounding",
       .witness_pair = "GD",
       .dataset = tree.name,
       .subject = Subject::printed},
      {.quantity = fmt::format("‖Σ^{{31}} − W‖ / ‖Σ^{{31}}‖ after {} epochs with λ = 0.5·10^{{−3}}", epochs),
       .measured = remaining(corrected_lambda, epochs),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = slowest / tree.correlations.sigma31.norm(),
       .bound_reason = "less than the share of the weakest mode means that every mode is learned",
       .wide_reason = "What is left are near-degenerate modes that still mix",
       .witness_pair = "GD",
       .dataset = tree.name,
       .subject = Subject::corrected}};
}

double tau_of_eq_1(double lambda, const data::Correlations& correlations) {
  return data::time_constant(lambda, correlations);
}
double tau_of_unhalved_error(double lambda, const data::Correlations&) {
  return 1 / (2 * lambda);
}

}  // namespace

std::vector<Claim> claims_on_descent_and_flow() {
  const double paper_lambda = 0.5e-3;
  return {
      {{.id = "C1",
        .section = 1,
        .sentence = "As λ → 0, batch gradient descent (Eq 1) follows the flow of Eq 2 with τ = 1/λ and t in "
                    "epochs, the "
                    "difference being of first order in λ.",
        .source = "Eqs 1, 2",
        .formula = "τ dW^{21}/dt = W^{32T}(Σ^{31} − W^{32}W^{21}Σ^{11}),  τ dW^{32}/dt = (Σ^{31} − "
                   "W^{32}W^{21}Σ^{11})W^{21T}",
        .witnesses = "SGN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c1(c, tau_of_eq_1); },
       "τ = 1/(2λ), as if the squared error were not halved",
       [](Context& c) { return c1(c, tau_of_unhalved_error); }},
      {{.id = "X1",
        .kind = Kind::error,
        .section = 1,
        .sentence = "The time constant of Eq 2, with Σ as sums over the examples and t in epochs.",
        .source = "after Eq 2",
        .formula = "τ = P/λ",
        .printed = "τ = P/λ",
        .corrected =
            "τ = 1/λ (P/λ belongs to an update averaged over the examples, or to t counted in examples)",
        .witnesses = "SGN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return x1(c, tau_of_eq_1); },
       "the correction is taken to be τ = 1/(2λ)",
       [](Context& c) { return x1(c, tau_of_unhalved_error); }},
      {{.id = "X7",
        .kind = Kind::error,
        .section = 1,
        .sentence = "Fig 3 is trained with the learning rate that its caption prints.",
        .source = "caption of Fig 3",
        .formula = "λ = 0.5e^{−3}, u_{0} = 1e^{−6}",
        .printed = "λ = 0.5e^{−3}: as an exponential of base e it is beyond the edge of stability",
        .corrected = "a power of ten: λ = 0.5·10^{−3}; u_{0} = 1e^{−6}, which stability cannot decide, in "
                     "the same notation is "
                     "10^{−6}",
        .witnesses = "GD",
        .figures = {"3l"}},
       [paper_lambda](Context& c) { return x7(c, paper_lambda); },
       "the correction is taken to be λ = 0.5·10^{−1}",
       [](Context& c) { return x7(c, 0.5e-1); }},
  };
}

}  // namespace dln::validation::section_1
