// Correlations: all that batch learning in a linear network ever sees of its data.
//
//   Sigma11 = sum_mu x x^T (N1 x N1),   Sigma31 = sum_mu y x^T (N3 x N1)          (Eq 2)
//
// Plain sums over the P examples, or means over them: a value says which.
#pragma once

#include <cstdint>
#include <optional>

#include "dln/base/progress.hpp"
#include "dln/data/dataset.hpp"

namespace dln::data {

enum class Normalisation { sum, mean };

struct Correlations {
  linalg::Matrix sigma11;   // N1 x N1, symmetric
  linalg::Matrix sigma31;   // N3 x N1
  double target_power = 0;  // sum (or mean) of ||y||^2, so that the squared error is known in full
  std::uint64_t examples = 0;
  Normalisation normalisation = Normalisation::sum;
  // Of x : N1 and of y : N3, whatever the normalisation; empty where they are not known.
  linalg::Vector input_mean = {};
  linalg::Vector target_mean = {};
};

// Builds Correlations by streaming: memory N1^2 + N1 N3, whatever the number of examples.
class CorrelationAccumulator {
 public:
  CorrelationAccumulator(Eigen::Index input_size, Eigen::Index target_size);
  // Throws DomainError when the shapes do not fit, DataError for a value that is not finite.
  void add(const Dataset& batch);
  // Throws DataError when nothing was added.
  Correlations result(Normalisation normalisation = Normalisation::sum) const;

 private:
  linalg::Matrix sigma11_lower_, sigma31_;
  linalg::Vector input_sum_, target_sum_;
  double target_power_ = 0;
  std::uint64_t examples_ = 0;
};

Correlations correlate(const Dataset& dataset);
// Drains the source.
Correlations correlate(ExampleSource& source, base::Progress& progress);

// The examples parted in two: those to learn from and those held out.
struct SplitCorrelations {
  Correlations learned;
  std::optional<Correlations> held_out;  // nothing where none was
};
// Drains the source. Of its P examples round(share P), but never all, are held out, chosen by a random stream
// of their own: the same ones from the same file and seed. Throws DomainError unless 0 <= share < 1.
SplitCorrelations correlate_split(ExampleSource& source, double share, std::uint64_t seed,
                                  base::Progress& progress);

// Those of x - mean(x) and y - mean(y): in sums Sigma11 - P mean(x) mean(x)^T, and likewise the rest. What is
// below 1e-12 of the terms it is the difference of becomes exactly zero: an input or target that is the same
// in every example. Throws DomainError when the means are not known.
Correlations centred(const Correlations& raw);

// How many inputs are the same in every example, to the same 1e-12. Throws DomainError likewise.
Eigen::Index constant_inputs(const Correlations& raw);

// What a product with Sigma11 comes to: nothing where it is exactly the identity, a scaling where it is
// exactly diagonal.
enum class InputForm { white, diagonal, correlated };
InputForm input_form(const linalg::Matrix& sigma11);

// ||Sigma11 - I||_F / ||I||_F.
double whiteness_residual(const linalg::Matrix& sigma11);

// CRC-32 of sigma11, sigma31 and their sizes: tells data sets apart, and says which one a result stands on.
std::uint32_t fingerprint(const Correlations& correlations);

// The factor that turns these correlations into the sums of Eq 1: P for means, 1 for sums.
double sum_factor(const Correlations& correlations);

// The tau with which Eq 2, written with these correlations and t in epochs, is the limit of Eq 1, whose step
// is learning_rate times a sum over the examples: 1/learning_rate for sums, 1/(learning_rate P) for means.
// (The paper prints P/learning_rate for sums.) The only place where a time constant is made.
// Throws DomainError unless learning_rate > 0.
double time_constant(double learning_rate, const Correlations& correlations);

}  // namespace dln::data
