// Where a linear autoencoder converges, and with which strengths.
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "validation/section_3/pretraining_runs.hpp"
#include "validation/section_3/section_3.hpp"

namespace dln::validation::section_3 {
namespace {

using linalg::Matrix;
using linalg::Vector;

struct Principal {
  Vector variances;  // condition 10, a gap after the fourth
  Matrix components;
  Matrix sigma() const { return components * variances.asDiagonal() * components.transpose(); }
};

Principal synthetic_inputs(Context& context) {
  auto stream = base::stream(context.seed(), "inputs of an autoencoder");
  Principal inputs{Vector(12), linalg::haar_orthonormal(12, 12, stream)};
  inputs.variances << 4, 3.4, 2.8, 2.2, 1.2, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4;
  return inputs;
}

constexpr double kSmall = 1e-3;  // deviation of the starts below

// The autoencoder's flow with Sigma31 = sigma, on inputs of any Sigma11, to 60 of the slowest time scales.
network::LinearNetwork<double> converged(Context& context, const Matrix& sigma31, const Matrix& sigma11,
                                         Eigen::Index hidden) {
  auto stream = base::stream(context.seed(), "autoencoder", hidden);
  const auto start = network::small_random_weights({sigma31.rows(), hidden, sigma31.rows()}, kSmall, stream);
  const data::Correlations correlations{sigma11, sigma31, sigma31.trace(), 1};
  const auto solution =
      network::gradient_flow_fully(start, correlations, 1, base::TimeGrid<double>({0, 60 / 0.4}));
  return network::network_at(start, solution.trajectory.final_state());
}

double distance(const network::LinearNetwork<double>& network, const Matrix& expected) {
  return linalg::relative_difference(network::end_to_end(network), expected);
}

using ExpectedStrength = std::function<double(double variance)>;  // of a component of this variance

const char* const kSynthetic = "12 synthetic inputs";

std::vector<Check> converges_to_the_projector(Context& context, const ExpectedStrength& strength) {
  const auto inputs = synthetic_inputs(context);
  const Matrix sigma = inputs.sigma();
  const auto projector = [&](Eigen::Index count) -> Matrix {
    const Matrix q = inputs.components.leftCols(count);
    const Vector expected = inputs.variances.head(count).unaryExpr(strength);
    return q * expected.asDiagonal() * q.transpose();
  };
  const auto wide = converged(context, sigma, sigma, 12), narrow = converged(context, sigma, sigma, 4);
  base::Worst encoder;
  const Matrix code = wide.weight(1) * inputs.components;
  for (Eigen::Index k = 0; k < 12; ++k)
    encoder.see(std::abs(code.col(k).norm() - std::sqrt(strength(inputs.variances[k]))));
  return {
      {.quantity = "distance of W^{32}W^{21} from the identity, hidden units as many as inputs, condition 10",
       .measured = distance(wide, projector(12)),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-8,
       .bound_reason = "the integrator's relative tolerance 1e-10, over a hundred times the seed's growth",
       .wide_reason = "The fixed point attracts: what the integrator errs on the way is forgotten.",
       .witness_pair = "N",
       .dataset = kSynthetic},
      {.quantity = "with 4 hidden units, distance from the projector on the 4 leading components",
       .measured = distance(narrow, projector(4)),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-8,
       .bound_reason = "likewise",
       .wide_reason = "The fixed point attracts: what the integrator errs on the way is forgotten.",
       .witness_pair = "N",
       .dataset = kSynthetic},
      {.quantity = "largest difference of |W^{21}q_{k}|, the encoder's strengths, from 1",
       .measured = encoder.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 12 * kSmall * kSmall * 4,
       .bound_reason =
           "W^{21}W^{21T} − W^{32T}W^{32} is conserved, of the size N σ² at the start with σ = 1e-3",
       .witness_pair = "N",
       .dataset = kSynthetic}};
}

// On images, after K epochs: the logistic law of each component from its mean seed N_2 sigma^2 / 2.
std::vector<Check> holds_the_components_of_large_variance(Context& context,
                                                          const ExpectedStrength& strength) {
  auto run = small_pretraining_run(context, Inputs::raw);
  const double d1 = run.problem.correlations.sigma11(0, 0), rate = 0.5 / d1;
  const network::PretrainingOptions options{.learning_rate = rate, .epochs = 1000};
  auto stream = base::stream(context.seed(), "pretraining of images");
  const auto layer = network::pretrained_weights({40, 40, 10}, run.problem.correlations.sigma11, options,
                                                 stream, context.progress())
                         .layers.front();
  const auto [variances, held] = network::component_strengths(layer.autoencoder, layer.sigma);
  const double seed = 40 * options.deviation * options.deviation / 2;
  const double least = std::log(1 / seed) / (2 * rate * 1000);
  base::Worst above, below;
  for (Eigen::Index k = 0; k < variances.size(); ++k) {
    if (variances[k] > 2 * least) above.see(std::abs(held[k] - strength(variances[k])));
    if (variances[k] < least / 2) below.see(held[k]);
  }
  return {
      {.quantity = "on images, after 1000 epochs: largest difference from strength 1 among components of "
                   "more than twice the variance ln(1/u_{0})/(2λK)",
       .measured = above.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 0.05,
       .bound_reason =
           "the seed squared, 1/u_{0} = 500, bounds what is missing where d is twice the least; a "
           "single seed may be a tenth of the mean",
       .wide_reason = "Most of these components lie far above twice the least variance.",
       .witness_pair = "ND",
       .dataset = run.problem.name},
      {.quantity = "and the largest strength among those of less than half of it",
       .measured = below.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 0.25,
       .bound_reason = "by the logistic law √u_{0} = 0.045 at most, five times that for the seeds' scatter",
       .witness_pair = "ND",
       .dataset = run.problem.name}};
}

std::vector<Check> c36(Context& context, const ExpectedStrength& strength) {
  auto checks = converges_to_the_projector(context, strength);
  std::ranges::move(holds_the_components_of_large_variance(context, strength), std::back_inserter(checks));
  return checks;
}

std::vector<Check> x2(Context& context, bool white_inputs) {
  const auto inputs = synthetic_inputs(context);
  const Matrix sigma = inputs.sigma(), one = Matrix::Identity(12, 12);
  const auto trained = converged(context, sigma, white_inputs ? one : sigma, 12);
  const auto white = converged(context, sigma, one, 12);
  return {
      {.quantity = "distance of W^{32}W^{21} from QΛQ^{T}, where Sigma11 = QΛQ^{T} too",
       .measured = distance(trained, sigma),
       .expected = 0.7,
       .relation = Relation::at_least,
       .bound = 0.1,
       .bound_reason = "the strengths would have to be 0.4 to 4, not 1",
       .witness_pair = "N",
       .subject = Subject::printed},
      {.quantity = "its distance from the identity on the span of the data",
       .measured = distance(trained, one),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-8,
       .bound_reason = "the integrator's relative tolerance 1e-10, over a hundred times the seed's growth",
       .wide_reason = "The fixed point attracts: what the integrator errs on the way is forgotten.",
       .witness_pair = "N",
       .subject = Subject::corrected},
      {.quantity = "distance from QΛQ^{T} where Eq 2 has Sigma11 = I in its place: there it is right",
       .measured = distance(white, sigma),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-8,
       .bound_reason = "likewise",
       .wide_reason = "The fixed point attracts: what the integrator errs on the way is forgotten.",
       .witness_pair = "N",
       .subject = Subject::corrected}};
}

}  // namespace

std::vector<Claim> claims_on_autoencoders() {
  return {
      {{.id = "C36",
        .section = 3,
        .sentence =
            "A linear autoencoder converges to the identity on the span of its inputs, and with N_{2} hidden "
            "units to the projector on their N_{2} leading principal components, each with strength 1; after "
            "K epochs it holds those of variance d > ln(1/u_{0})/(2λK).",
        .source = "section 3",
        .formula = "W^{32}W^{21} → Q_{N_{2}}Q_{N_{2}}^{T}",
        .witnesses = "SND",
        .algebra = Algebra::part,
        .needs_images = true},
       [](Context& c) { return c36(c, [](double) { return 1.0; }); },
       "strengths √Λ",
       [](Context& c) { return c36(c, [](double d) { return std::sqrt(d); }); }},
      {{.id = "X2",
        .kind = Kind::error,
        .section = 3,
        .sentence = "After pretraining the weights converge to W^{32}W^{21} = QΛQ^{T}.",
        .source = "section 3",
        .formula = "W^{32}W^{21} → I on the span of the data",
        .printed = "W^{32}W^{21} = QΛQ^{T}, strength √Λ",
        .corrected =
            "the identity on the span of the data (the projector on the N_{2} leading components), strength "
            "1; QΛQ^{T} is where the dynamics with Σ¹¹ = I rests",
        .witnesses = "SN",
        .algebra = Algebra::part},
       [](Context& c) { return x2(c, false); },
       "Σ¹¹ = I in the autoencoder's own dynamics",
       [](Context& c) { return x2(c, true); }}};
}

}  // namespace dln::validation::section_3
