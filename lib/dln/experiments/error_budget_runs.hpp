// The runs behind an error budget: gradient descent on one problem from one start, with some of the causes
// that part it from the closed form switched off.
#pragma once

#include <optional>
#include <string>

#include "dln/experiments/error_budget_data.hpp"
#include "dln/experiments/learning_problem.hpp"
#include "dln/experiments/run_store.hpp"
#include "dln/experiments/time_course.hpp"

namespace dln::experiments {

struct ErrorBudgetOptions {
  double learning_rate = 0.5e-3;   // lambda
  double initial_strength = 1e-6;  // u0 of the closed form
  long max_epochs = 0;             // 0: twenty times the latest half-learning time of the closed form
  Activation activation = Activation::linear;
};

// Invariant: problem and start fit each other and the options. Holds the data in each form that is needed.
class BudgetRuns {
 public:
  // Throws DomainError for shapes that do not compose, a start that is not finite, options out of domain, and
  // a tanh network of other than two matrices or on a problem that does not keep its examples.
  BudgetRuns(const LearningProblem& problem, const network::LinearNetwork<double>& start,
             const ErrorBudgetOptions& options, RunStore& store);

  Eigen::Index learnable() const { return learnable_; }
  bool two_matrices() const { return matrices_ == 2; }
  bool shallow() const { return matrices_ == 1; }
  // The situation of the run itself but for tanh: each cause false that is off already, to kOffAlready.
  const Situation& full() const { return full_; }
  long max_epochs() const { return max_epochs_; }

  // Half-learning times of the closed form from u0, in epochs: Eq 15 with s/d and tau/d of that input; NaN
  // for a mode whose u0 is not below half.
  linalg::Vector law(BudgetInput input) const;
  // The same of a run at lambda/divisor, in epochs of lambda; NaN for a mode that was not learned, or was at
  // the start. Looked up in the store first. Safe to call from several threads.
  linalg::Vector half_times(const Situation& situation, int divisor) const;

 private:
  void make_tanh(const LearningProblem& problem, const network::LinearNetwork<double>& start);
  const BudgetData& data(BudgetInput input) const;

  linalg::Vector run(const Situation& situation, int divisor) const;
  linalg::Vector alone_by_numbers(const BudgetData& data, const Situation& situation, int divisor) const;
  linalg::Vector alone_in_networks(const BudgetData& data, const Situation& situation, int divisor) const;
  linalg::Vector together(const BudgetData& data, const Situation& situation, int divisor) const;
  linalg::Vector with_tanh(int divisor) const;

  ErrorBudgetOptions options_;
  RunStore& store_;
  int matrices_;
  Eigen::Index learnable_;
  long max_epochs_ = 0;
  double time_constant_ = 0;
  BudgetData given_, aligned_, white_;
  struct Tanh {  // few outputs in the targets' place, in the inputs' own coordinates
    data::Dataset examples;
    data::SingularModes modes;
    network::LinearNetwork<double> start;
  };
  std::optional<Tanh> tanh_;
  Situation full_;
  std::string key_;
};

}  // namespace dln::experiments
