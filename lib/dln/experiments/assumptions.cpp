#include "dln/experiments/assumptions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void require_fit(const LearningProblem& problem, const Network& start) {
  const auto& [sigma11, sigma31] = std::tie(problem.correlations.sigma11, problem.correlations.sigma31);
  if (sigma11.rows() != sigma31.cols() || sigma11.cols() != sigma31.cols() ||
      problem.modes.input.rows() != sigma31.cols() || problem.modes.output.rows() != sigma31.rows())
    throw base::DomainError(
        fmt::format("{}: Sigma11 {} x {}, Sigma31 {} x {} and modes from {} to {} do not "
                    "compose",
                    problem.name, sigma11.rows(), sigma11.cols(), sigma31.rows(), sigma31.cols(),
                    problem.modes.input.rows(), problem.modes.output.rows()));
  base::require(problem.modes.size() > 0, "modes", 0, "one or more");
  if (start.inputs() != sigma31.cols() || start.outputs() != sigma31.rows())
    throw base::DomainError(fmt::format("network from {} to {} units: expected {} to {}, as the data have",
                                        start.inputs(), start.outputs(), sigma31.cols(), sigma31.rows()));
  base::require(network::flat(start).allFinite(), "weights of the start", kNaN, "finite numbers");
}

void look_at_data(Assumptions& a, const LearningProblem& problem) {
  const Matrix& sigma11 = problem.correlations.sigma11;
  const Eigen::Index n = sigma11.rows();
  a.input_scale = sigma11.trace() / static_cast<double>(n);
  a.whiteness = (sigma11 - a.input_scale * Matrix::Identity(n, n)).norm() /
                (std::abs(a.input_scale) * std::sqrt(static_cast<double>(n)));
  a.whiteness_of_identity = data::whiteness_residual(sigma11);
  const auto consistency = data::consistency(problem.correlations, problem.modes);
  a.input_variances = a.invariance = Vector(problem.modes.size());
  for (Eigen::Index k = 0; k < a.invariance.size(); ++k) {
    a.input_variances[k] = consistency.by_mode[static_cast<std::size_t>(k)].variance;
    a.invariance[k] = consistency.by_mode[static_cast<std::size_t>(k)].invariance;
  }
  a.equal_modes = equal_modes(problem.modes.singular_values, kEqualModes);
  a.near_modes = equal_modes(problem.modes.singular_values, kNearModes);
}

void look_at_balance(Assumptions& a, const Network& start) {
  for (int l = 1; l < start.depth().weight_matrices(); ++l) {
    const Matrix below = start.weight(l) * start.weight(l).transpose(),
                 above = start.weight(l + 1).transpose() * start.weight(l + 1);
    const double size = below.norm() + above.norm();
    a.balance.push_back(size == 0 ? 0 : (above - below).norm() / size);
    if (start.depth().weight_matrices() != 2) continue;
    a.lambda = (above - below).trace() / static_cast<double>(above.rows());
    const Matrix rest = above - below - *a.lambda * Matrix::Identity(above.rows(), above.rows());
    a.lambda_residual = size == 0 ? 0 : rest.norm() / size;
  }
  if (!a.lambda) a.lambda_residual = kNaN;
}

// Rows v_+^T Q0 of the learnable modes, v_+ the eigenvector of F that grows: (s v, (l + lambda/2) u), l^2 =
// s^2 + lambda^2/4; (v, u) where the start is not lambda-balanced, as small ones grow.
void look_for_growth(Assumptions& a, const LearningProblem& problem, const Network& start) {
  const Matrix from = start.weight(1) * problem.modes.input,
               into = start.weight(2).transpose() * problem.modes.output;
  const double half = a.lambda_residual <= kAssumptionMet ? *a.lambda / 2 : 0;
  Matrix growing(start.weight(1).rows(), a.learnable);
  for (Eigen::Index k = 0; k < a.learnable; ++k) {
    const double s = problem.modes.singular_values[k], up = std::hypot(s, half) + half;
    growing.col(k) = (s * from.col(k) + up * into.col(k)) / std::hypot(s, up);
  }
  const Vector sizes = linalg::singular_values(growing).s;
  a.weakest_direction = sizes[0] > 0 ? sizes[a.learnable - 1] / sizes[0] : 0;
  a.missing_directions = sizes[0] > 0 ? (sizes.array() <= kMissingDirection * sizes[0]).count() : a.learnable;
}

// Eq 14 from one mode's layers, s > 0: it rests on a saddle where two are zero (next to `size`), and ends on
// one where the product is negative and no layer is smaller than all others, the one that would change its
// sign.
bool is_missing(Vector layers, double size) {
  if (layers.size() == 1) return false;
  const bool negative = layers.unaryExpr([](double x) { return x < 0 ? -1.0 : 1.0; }).prod() < 0;
  layers = layers.cwiseAbs();
  std::ranges::sort(layers);
  const bool tied = layers[1] - layers[0] <= kMissingDirection * layers[1];
  return layers[1] <= kMissingDirection * size || (negative && tied);
}

void look_at_start(Assumptions& a, const LearningProblem& problem, const Network& start) {
  // Of modes of equal s, Sigma11 chooses axes where their variances differ, and the start where they do not.
  const auto by_inputs = data::turned_within_equal_s(problem.modes, problem.correlations.sigma11);
  std::vector<ModeGroup> free;
  for (const auto& [first, size] : a.equal_modes)
    for (const auto& group : equal_modes(a.input_variances.segment(first, size), kEqualModes))
      free.push_back({first + group.first, group.size});
  const auto fit = fit_decoupled(start, turned_to_start(by_inputs, free, start));
  a.decoupling = fit.residuals;
  a.strengths = fit.strengths;
  look_at_balance(a, start);
  a.rank = problem.modes.size();
  a.narrowest = std::ranges::min(start.units());
  a.learnable = std::min(a.rank, a.narrowest);
  a.weakest_direction = kNaN;
  if (start.depth().weight_matrices() == 2)
    look_for_growth(a, problem, start);
  else if (a.decoupled()) {
    double size = 0;
    for (const Vector& layer : a.strengths) size = std::max(size, layer.cwiseAbs().maxCoeff());
    for (Eigen::Index k = 0; k < a.learnable; ++k) {
      Vector layers(a.strengths.size());
      for (Eigen::Index l = 0; l < layers.size(); ++l)
        layers[l] = a.strengths[static_cast<std::size_t>(l)][k];
      a.missing_directions += is_missing(layers, size);
    }
  }
}

// Largest |W21 v| or |W32^T u|, squared, over the modes, relative to their final strengths.
double size_of_modes(const Assumptions& a, const LearningProblem& problem, const Network& start) {
  const auto& modes = problem.modes;
  const Vector from = (start.weight(1) * modes.input).colwise().squaredNorm().transpose(),
               into = (start.weight(2).transpose() * modes.output).colwise().squaredNorm().transpose();
  const Vector finals = modes.singular_values.cwiseQuotient(a.input_variances);
  return from.cwiseMax(into).cwiseQuotient(finals).maxCoeff();
}

void choose(Assumptions& a, const LearningProblem& problem, const Network& start) {
  const bool two = start.depth().weight_matrices() == 2;
  const bool nearly = a.invariance.maxCoeff() <= kNearlyConsistent;
  auto& say = a.findings;
  const auto settle = [&](ClosedForm form, bool exact, std::string why) {
    a.form = form;
    a.exact = exact;
    say.push_back(fmt::format("Closed form: {}, {}.", name_of(form), why));
  };
  if (!nearly) {
    settle(ClosedForm::none, false,
           "as Sigma11 couples the modes; what Eq 15 says with the modes' own input variances is orientation "
           "only");
  } else if (a.decoupled() || a.balance.empty()) {
    const bool white = a.white() && a.whiteness_of_identity <= kAssumptionMet;
    const std::string law = white ? "Eq 15 for every mode from its own layer strengths"
                                  : "Eq 15 with s/d and tau/d of every mode, from its own layer strengths";
    settle(white ? ClosedForm::decoupled : ClosedForm::aligned, a.consistent(),
           !a.consistent() ? fmt::format("{}, up to the {:.2g} by which Sigma11 turns modes", law,
                                         a.invariance.maxCoeff())
           : a.decoupled() ? law + ", exact under the flow"
                           : law + ", exact: without hidden layers modes never compete");
  } else if (two && a.white() && a.lambda_residual <= kAssumptionMet) {
    settle(ClosedForm::matrix_solution, true,
           fmt::format("that of overlapping modes, Sigma11 = c I, lambda = {:.3g}; exact under the flow",
                       *a.lambda));
  } else if (const double size = two ? size_of_modes(a, problem, start) : 1; size <= kSmallStart) {
    settle(ClosedForm::single_mode, false,
           fmt::format("Eq 8 for every mode from its own a and b, with s/d and tau/d; exact as long as modes "
                       "do not compete: layers start at {:.2g} of the final strength at most, bound {:g}",
                       size, kSmallStart));
  } else {
    settle(
        ClosedForm::none, false,
        two ? fmt::format("as modes overlap, are not balanced, and start at {:.2g} of their final strength, "
                          "bound {:g}",
                          size, kSmallStart)
            : "as modes overlap in a network of other than two matrices");
  }
}

std::string modes_of(const std::vector<ModeGroup>& groups) {
  std::vector<std::string> texts;
  for (const auto& [first, size] : groups) texts.push_back(fmt::format("{} to {}", first + 1, first + size));
  return fmt::format("{}", fmt::join(texts, ", "));
}

void describe_data(Assumptions& a) {
  auto& say = a.findings;
  say.push_back(fmt::format("Inputs: ||Sigma11 - c I||/||c I|| = {:.2g} with c = {:.4g}, bound {:g}: {}.",
                            a.whiteness, a.input_scale, kAssumptionMet,
                            a.white() ? "white up to a scale" : "not white"));
  say.push_back(fmt::format("Inputs: ||Sigma11 - I||/||I|| = {:.2g} in these sums, bound {:g}: {}.",
                            a.whiteness_of_identity, kAssumptionMet,
                            a.whiteness_of_identity <= kAssumptionMet ? "the paper's Sigma11 = I"
                                                                      : "s/d and tau/d take the place of "
                                                                        "s and tau"));
  Eigen::Index worst = 0;
  const double turned = a.invariance.maxCoeff(&worst);
  say.push_back(fmt::format(
      "Eq 18: largest ||Sigma11 v - d v||/d = {:.2g} at mode {}, bounds {:g} and {:g}: modes are {}.", turned,
      worst + 1, kAssumptionMet, kNearlyConsistent,
      a.consistent()                ? "eigenvectors of Sigma11"
      : turned <= kNearlyConsistent ? "nearly eigenvectors of Sigma11"
                                    : "coupled by Sigma11"));
  say.push_back(a.equal_modes.empty()
                    ? fmt::format("Modes: no two s are equal within {:g}.", kEqualModes)
                    : fmt::format("Modes {}: equal s within {:g}; a subspace each, whose axes the start "
                                  "chooses.",
                                  modes_of(a.equal_modes), kEqualModes));
  if (!a.near_modes.empty() && modes_of(a.near_modes) != modes_of(a.equal_modes))
    say.push_back(fmt::format("Modes {}: s within {:g} of the next; their order and axes are the start's.",
                              modes_of(a.near_modes), kNearModes));
}

void describe_start(Assumptions& a) {
  auto& say = a.findings;
  say.push_back(fmt::format("Start: W^l is {:.2g} off R_(l+1) D_l R_l^T, bound {:g}: {}.",
                            fmt::join(a.decoupling, ", "), kAssumptionMet,
                            a.decoupled() ? "decoupled" : "modes overlap"));
  if (!a.balance.empty())
    say.push_back(fmt::format(
        "Start: layers are {:.2g} off balance, bound {:g}{}.", fmt::join(a.balance, ", "), kAssumptionMet,
        a.lambda
            ? fmt::format("; {:.2g} off lambda I with lambda = {:.3g}: {}", a.lambda_residual, *a.lambda,
                          a.lambda_residual <= kAssumptionMet ? "lambda-balanced" : "not lambda-balanced")
            : ""));
  say.push_back(
      fmt::format("Width: the narrowest layer has {} units, Sigma31 rank {}: {} modes can be learned.",
                  a.narrowest, a.rank, a.learnable));
  if (!a.balance.empty() && a.missing_directions > 0)
    say.push_back(fmt::format(
        "Growth: {} of them {} no growing direction at the start (bound {:g}{}): the flow ends on a saddle, "
        "descent leaves it by rounding only.",
        a.missing_directions, a.missing_directions == 1 ? "has" : "have", kMissingDirection,
        a.lambda
            ? fmt::format(", measured {:.2g}, as when det(W32 W21) has the wrong sign", a.weakest_direction)
            : ""));
  else if (a.balance.empty() || a.lambda || a.decoupled())
    say.push_back(fmt::format("Growth: the start lacks no growing direction{}.",
                              a.lambda
                                  ? fmt::format(": V_+^T Q0 has least over largest singular value {:.2g}, "
                                                "bound {:g}",
                                                a.weakest_direction, kMissingDirection)
                                  : ""));
  else
    say.push_back("Growth: not judged for overlapping modes in more than two matrices.");
}

}  // namespace

std::string_view name_of(ClosedForm form) {
  switch (form) {
    case ClosedForm::decoupled:
      return "decoupled modes";
    case ClosedForm::aligned:
      return "aligned modes, not white";
    case ClosedForm::matrix_solution:
      return "matrix solution";
    case ClosedForm::single_mode:
      return "single modes";
    case ClosedForm::none:
      return "none";
  }
  return "unknown";
}

bool Assumptions::decoupled() const {
  base::Worst worst;
  for (const double residual : decoupling) worst.see(residual);
  return worst.value() <= kAssumptionMet;
}

Assumptions check_assumptions(const LearningProblem& problem, const Network& start) {
  require_fit(problem, start);
  Assumptions a;
  look_at_data(a, problem);
  look_at_start(a, problem, start);
  describe_data(a);
  describe_start(a);
  choose(a, problem, start);
  return a;
}

}  // namespace dln::experiments
