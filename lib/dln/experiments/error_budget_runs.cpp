#include "dln/experiments/error_budget_runs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/flow/mode_descent.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/network/output_compression.hpp"
#include "dln/network/tanh_network.hpp"
#include "dln/theory/deep_mode.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTimesTheLatest =
    20;  // learning twenty times later than the closed form says is not its law

// When each strength first passes its level, on a straight line between two epochs: s/2 is where the logistic
// curve bends least.
class Crossings {
 public:
  explicit Crossings(Vector levels)
      : levels_(std::move(levels)), times_(Vector::Constant(levels_.size(), kNaN)), open_(levels_.size()) {}

  // False once every level has been passed.
  bool see(long epoch, const Vector& strengths) {
    for (Eigen::Index k = 0; k < levels_.size(); ++k) {
      if (!(strengths[k] >= levels_[k]) || passed_[static_cast<std::size_t>(k)]) continue;
      passed_[static_cast<std::size_t>(k)] = true;
      --open_;
      if (epoch == 0) continue;  // there is nothing to be learned
      const double share = (levels_[k] - before_[k]) / (strengths[k] - before_[k]);
      times_[k] = static_cast<double>(epoch - 1) + share;
    }
    before_ = strengths;
    return open_ > 0;
  }
  const Vector& times() const { return times_; }

 private:
  Vector levels_, before_, times_;
  Eigen::Index open_;
  std::vector<bool> passed_ = std::vector<bool>(static_cast<std::size_t>(levels_.size()), false);
};

// Strengths of the leading modes, the diagonal of U^T W V.
Vector leading_strengths(const Network& network, const Matrix& u, const Matrix& v) {
  const int matrices = network.depth().weight_matrices();
  Matrix from = v;
  for (int l = 1; l < matrices; ++l) from = network.weight(l) * from;
  const Matrix into = network.weight(matrices).transpose() * u;
  return into.cwiseProduct(from).colwise().sum().transpose();
}

Vector descend_to_halves(const data::Correlations& correlations, const data::SingularModes& modes,
                         const Network& start, const Vector& levels, double rate, long limit) {
  Crossings crossings(levels);
  const Matrix u = modes.output.leftCols(levels.size()), v = modes.input.leftCols(levels.size());
  network::descend(start, correlations, {.learning_rate = rate, .max_iterations = limit},
                   [&](const network::DescentState& state) {
                     return crossings.see(state.iteration, leading_strengths(state.network, u, v));
                   });
  return crossings.times();
}

std::uint32_t checksum(const Matrix& first, const Matrix& second) {
  data::Correlations both;
  both.sigma11 = first;
  both.sigma31 = second;
  return data::fingerprint(both);
}

}  // namespace

BudgetRuns::BudgetRuns(const LearningProblem& problem, const Network& start,
                       const ErrorBudgetOptions& options, RunStore& store)
    : options_(options),
      store_(store),
      matrices_(start.depth().weight_matrices()),
      learnable_(std::min(problem.modes.size(), std::ranges::min(start.units()))),
      given_(as_given(problem.correlations, problem.modes, start)),
      aligned_(given_),
      white_(white(given_)) {
  base::require_positive("u0", options.initial_strength);
  base::require(options.max_epochs >= 0, "max epochs", static_cast<double>(options.max_epochs), "0 or more");
  time_constant_ = data::time_constant(options.learning_rate, problem.correlations);
  if (options.activation == Activation::tanh) make_tanh(problem, start);
  full_ = causes_present(given_, options.initial_strength, learnable_);
  if (full_.input == BudgetInput::as_given) aligned_ = aligned(given_);
  const double latest = law(full_.input).unaryExpr([](double t) { return std::isnan(t) ? 0 : t; }).maxCoeff();
  max_epochs_ = options.max_epochs > 0 ? options.max_epochs
                                       : static_cast<long>(std::ceil(kTimesTheLatest * (latest + 1)));
  key_ = fmt::format("error-budget/{:08x}/{}/{:08x}/u0={:a}/lambda={:a}/at-most={}",
                     data::fingerprint(problem.correlations), fmt::join(start.units(), "-"),
                     checksum(network::flat(start), network::flat(start)), options.initial_strength,
                     options.learning_rate, max_epochs_);
}

void BudgetRuns::make_tanh(const LearningProblem& problem, const Network& start) {
  base::require(matrices_ == 2, "weight matrices of a tanh network", matrices_, "2");
  if (!problem.examples)
    throw base::DomainError("tanh network on " + problem.name +
                            ": expected a problem that keeps its examples, such as the tree");
  const network::OutputCompression few(problem.examples->targets, start);
  tanh_ = Tanh{{problem.examples->inputs, few.compress(problem.examples->targets)},
               few.compress(problem.modes),
               few.compress(start)};
}

const BudgetData& BudgetRuns::data(BudgetInput input) const {
  return input == BudgetInput::white ? white_ : input == BudgetInput::aligned ? aligned_ : given_;
}

Vector BudgetRuns::law(BudgetInput input) const {
  const auto& [variances, s] = std::tie(data(input).variances, data(input).modes.singular_values);
  Vector times(learnable_);
  for (Eigen::Index k = 0; k < learnable_; ++k) {
    const theory::DeepMode<double> mode(
        base::DepthExponent(base::Depth::from_weight_matrices(matrices_)),
        theory::with_input_variance<double>({s[k], options_.initial_strength, time_constant_}, variances[k]));
    const double time = half_learning_time(mode);
    times[k] = time > 0 ? time : kNaN;
  }
  return times;
}

Vector BudgetRuns::half_times(const Situation& situation, int divisor) const {
  const auto& x = situation;
  const std::string key =
      fmt::format("{}/seed={:d}/imbalance={:d}/competition={:d}/start={:d}/input={}/tanh={:08x}/divisor={}",
                  key_, x.seed, x.imbalance, x.competition, x.start, static_cast<int>(x.input),
                  x.tanh ? checksum(tanh_->examples.inputs, tanh_->examples.targets) : 0, divisor);
  if (const auto kept = store_.find(key); kept && kept->size() == static_cast<std::size_t>(learnable_))
    return Eigen::Map<const Vector>(kept->data(), learnable_);
  const Vector times = run(situation, divisor) / divisor;
  store_.keep(key, {times.begin(), times.end()});
  return times;
}

Vector BudgetRuns::run(const Situation& situation, int divisor) const {
  if (situation.tanh) return with_tanh(divisor);
  const BudgetData& data = this->data(situation.input);
  const bool alone = two_matrices() ? !situation.competition : !situation.start;
  if (!alone) return together(data, situation, divisor);
  return situation.input == BudgetInput::as_given ? alone_in_networks(data, situation, divisor)
                                                  : alone_by_numbers(data, situation, divisor);
}

// Modes that are eigenvectors: P and M of two matrices, (a + b) <- (1 + rate g)(a + b), (a - b) <- (1 - rate
// g)(a - b), g = s - d u, u = P - M; equal layers of any other depth.
Vector BudgetRuns::alone_by_numbers(const BudgetData& data, const Situation& situation, int divisor) const {
  const double rate = 1 / (time_constant_ * divisor), u0 = options_.initial_strength;
  Vector times(learnable_);
  ModeParts parts;
  if (two_matrices()) parts = parts_of(data);
  for (Eigen::Index k = 0; k < learnable_; ++k) {
    const double s = data.modes.singular_values[k], d = data.variances[k];
    Crossings crossing(Vector::Constant(1, s / d / 2));
    const auto see = [&](long epoch, double u) { return crossing.see(epoch, Vector::Constant(1, u)); };
    if (two_matrices()) {
      double p = situation.seed ? parts.growing.col(k).squaredNorm() : u0,
             m = situation.imbalance ? parts.shrinking.col(k).squaredNorm() : 0;
      for (long epoch = 0; see(epoch, p - m) && epoch < max_epochs_ * divisor; ++epoch) {
        const double g = rate * (s - d * (p - m));
        p *= (1 + g) * (1 + g);
        m *= (1 - g) * (1 - g);
      }
    } else {
      flow::ModeDescent mode(base::Depth::from_weight_matrices(matrices_), {s / d, u0, rate * d});
      for (long epoch = 0; see(epoch, mode.strength()) && epoch < max_epochs_ * divisor; ++epoch) mode.step();
    }
    times[k] = crossing.times()[0];
  }
  return times;
}

// Modes that Sigma11 turns: a network for each, of its own target s u v^T alone.
Vector BudgetRuns::alone_in_networks(const BudgetData& data, const Situation& situation, int divisor) const {
  const Network start = prepared_start(data, situation, options_.initial_strength, learnable_);
  Vector times(learnable_);
  for (Eigen::Index k = 0; k < learnable_; ++k) {
    const double s = data.modes.singular_values[k];
    const Matrix v = data.modes.input.col(k);
    std::vector<Matrix> weights;
    if (two_matrices()) {
      Matrix both(start.weight(1).rows(), 2);
      both << start.weight(1) * v, start.weight(2).transpose() * data.modes.output.col(k);
      const Matrix basis = linalg::orthonormal_basis(both);
      weights = {basis.transpose() * both.col(0) * v.transpose(), both.col(1).transpose() * basis};
    } else {
      weights.assign(static_cast<std::size_t>(matrices_),
                     Matrix::Constant(1, 1, std::pow(options_.initial_strength, 1.0 / matrices_)));
      weights[0] = weights[0](0, 0) * v.transpose();
    }
    auto correlations = data.correlations;
    correlations.sigma31 = s * v.transpose();
    const data::SingularModes mode{Matrix::Ones(1, 1), Vector::Constant(1, s), v};
    times[k] = descend_to_halves(correlations, mode, Network::from_matrices(weights),
                                 Vector::Constant(1, s / data.variances[k] / 2),
                                 options_.learning_rate / divisor, max_epochs_ * divisor)[0];
  }
  return times;
}

Vector BudgetRuns::together(const BudgetData& data, const Situation& situation, int divisor) const {
  const Vector levels = data.modes.singular_values.cwiseQuotient(data.variances).head(learnable_) / 2;
  return descend_to_halves(data.correlations, data.modes,
                           prepared_start(data, situation, options_.initial_strength, learnable_), levels,
                           options_.learning_rate / divisor, max_epochs_ * divisor);
}

// Strengths are those of the network's own correlation sum yhat x^T, d times what the map would be.
Vector BudgetRuns::with_tanh(int divisor) const {
  Crossings crossings(tanh_->modes.singular_values.head(learnable_) / 2);
  network::descend_tanh(
      tanh_->start, tanh_->examples,
      {.learning_rate = options_.learning_rate / divisor, .max_iterations = max_epochs_ * divisor},
      [&](const network::DescentState& state) {
        const auto measured =
            network::tanh_mode_strengths(state.network, tanh_->examples.inputs, tanh_->modes);
        return crossings.see(state.iteration, measured.strengths.head(learnable_));
      });
  return crossings.times();
}

}  // namespace dln::experiments
