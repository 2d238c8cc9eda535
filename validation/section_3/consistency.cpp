// Eq 18, Q = V11: the printed check of it on real images and on tasks made to pass, to fail and to mislead.
#include <cmath>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/data/consistency.hpp"
#include "dln/data/consistency_examples.hpp"
#include "dln/linalg/decompositions.hpp"
#include "validation/context.hpp"
#include "validation/section_3/section_3.hpp"

namespace dln::validation::section_3 {
namespace {

using data::Consistency;
using data::ModeVerdict;
using data::TaskModes;
using linalg::Matrix;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kSmall = 0.1, kApproximate = 1.0 / 3;
// Products of 40 terms, and an SVD and an eigendecomposition of matrices of size 40.
constexpr double kRounding = 40 * 40 * kEpsilon;

// How a claim obtains the input modes of a task.
using InputModes = std::function<data::SingularModes(const data::Correlations&)>;

data::SingularModes modes_of(const data::Correlations& correlations) {
  return data::singular_modes(correlations.sigma31);
}
// As many orthonormal columns that have nothing to do with the task.
data::SingularModes unrelated_modes(const data::Correlations& correlations) {
  auto modes = modes_of(correlations);
  auto stream = base::stream(1, "claim C38, wrong variant");
  modes.input = linalg::haar_orthonormal(modes.input.rows(), modes.size(), stream);
  return modes;
}

// 40 inputs with variances from 100 to 1, four modes.
data::ConsistencyExample example(Context& context, TaskModes modes) {
  data::ConsistencyExample made;
  made.modes = modes;
  made.variances = linalg::Vector::NullaryExpr(
      40, [](Eigen::Index k) { return std::pow(10, 2 - static_cast<double>(k) / 19.5); });
  made.singular_values = linalg::Vector{{8, 4, 2, 1}};
  made.outputs = 6;
  made.seed = context.seed();
  return made;
}

Consistency examined(Context& context, const data::Correlations& correlations, const InputModes& modes) {
  return data::consistency(correlations, modes(correlations), context.seed());
}

double largest_invariance(const Consistency& found, std::size_t first, std::size_t last) {
  base::Worst worst;
  for (std::size_t k = first; k < last && k < found.by_mode.size(); ++k)
    worst.see(found.by_mode[k].invariance);
  return worst.value();
}
double smallest_invariance(const Consistency& found, std::size_t first) {
  base::Worst worst;
  for (std::size_t k = first; k < found.by_mode.size(); ++k) worst.see(-found.by_mode[k].invariance);
  return -worst.value();
}

void add_raw_images(Context& context, const InputModes& modes, std::vector<Check>& checks) {
  const auto found = examined(context, context.raw_images(), modes);
  const std::string dataset = context.images(experiments::InputScale::raw).name;
  const std::size_t r = found.by_mode.size();
  checks.push_back({.quantity = "‖off-diagonal‖/‖diagonal‖ of VᵀΣ¹¹V over the task's modes",
                    .measured = found.modes.off_diagonal,
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = kSmall,
                    .bound_reason = "nearly diagonal: 99 % of the squared norm on the diagonal",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "Σ¹¹'s own in pixels, over that",
                    .measured = found.inputs_off_diagonal / found.modes.off_diagonal,
                    .expected = 10,
                    .relation = Relation::at_least,
                    .bound = 10,
                    .bound_reason = "Fig 5's contrast of left and centre: an order of magnitude",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "that of as many random orthonormal columns, over that",
                    .measured = found.random.off_diagonal / found.modes.off_diagonal,
                    .expected = 10,
                    .relation = Relation::at_least,
                    .bound = 10,
                    .bound_reason = "an order of magnitude less than by chance",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "‖Σ¹¹V − V diag‖/‖diag‖, which Eq 18 needs too",
                    .measured = found.modes.invariance,
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = kSmall,
                    .bound_reason = "the same 99 %",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "growth of the off-diagonal residual without mode 1, the brightness",
                    .measured = found.without_leading
                                    ? found.without_leading->off_diagonal / found.modes.off_diagonal
                                    : NAN,
                    .expected = 2,
                    .relation = Relation::at_least,
                    .bound = 2,
                    .bound_reason = "mode 1, of several times all other variance, outweighs the rest",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "largest ‖Σ¹¹v − dv‖/d of modes 1 to 4",
                    .measured = largest_invariance(found, 0, 4),
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = kApproximate,
                    .bound_reason = "approximate: Σ¹¹v keeps 90 % of its squared length along v",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "smallest ‖Σ¹¹v − dv‖/d of the last three modes",
                    .measured = smallest_invariance(found, r > 3 ? r - 3 : 0),
                    .expected = kApproximate,
                    .relation = Relation::at_least,
                    .bound = kApproximate,
                    .bound_reason = "the weak modes violate Eq 18: not even 90 %",
                    .witness_pair = "D",
                    .dataset = dataset});
}

void add_centred_images(Context& context, const InputModes& modes, std::vector<Check>& checks) {
  const auto found = examined(context, data::centred(context.raw_images()), modes);
  const std::string dataset = context.images(experiments::InputScale::raw).name + ", centred";
  checks.push_back({.quantity = "‖off-diagonal‖/‖diagonal‖ of VᵀΣ¹¹V, centred",
                    .measured = found.modes.off_diagonal,
                    .expected = kSmall,
                    .relation = Relation::at_least,
                    .bound = kSmall,
                    .bound_reason = "without the mean the block is no longer nearly diagonal",
                    .witness_pair = "D",
                    .dataset = dataset});
  checks.push_back({.quantity = "that of random columns, over that",
                    .measured = found.random.off_diagonal / found.modes.off_diagonal,
                    .expected = 1.5,
                    .relation = Relation::at_least,
                    .bound = 1.5,
                    .bound_reason = "and yet below what chance gives",
                    .witness_pair = "D",
                    .dataset = dataset});
}

void add_constructed(Context& context, const InputModes& modes, std::vector<Check>& checks) {
  for (const auto which : data::kAllTaskModes) {
    const auto correlations = data::correlate(data::sample(example(context, which)));
    const auto found = examined(context, correlations, modes);
    const std::string dataset = "task on " + std::string(name_of(which));
    const bool printed_passes = which != TaskModes::random;
    checks.push_back(
        {.quantity = "‖off-diagonal‖/‖diagonal‖ of VᵀΣ¹¹V",
         .measured = found.modes.off_diagonal,
         .expected = 0,
         .relation = printed_passes ? Relation::at_most : Relation::at_least,
         .bound = printed_passes ? kRounding : kApproximate,
         .bound_reason = printed_passes ? "rounding: size² × eps" : "random modes are no eigenvectors",
         .wide_reason = printed_passes ? "Errors of 40 terms hardly ever add up" : "",
         .witness_pair = "D",
         .dataset = dataset});
    const bool holds = which == TaskModes::leading || which == TaskModes::minor;
    checks.push_back({.quantity = holds ? "largest ‖Σ¹¹v − dv‖/d" : "smallest ‖Σ¹¹v − dv‖/d",
                      .measured = holds ? largest_invariance(found, 0, 4) : smallest_invariance(found, 0),
                      .expected = 0,
                      .relation = holds ? Relation::at_most : Relation::at_least,
                      // Variances down to 1/100 of the largest, to which the roundings are relative.
                      .bound = holds ? 100 * kRounding : kApproximate,
                      .bound_reason = holds ? "rounding: size² × eps × the condition of Σ¹¹, 100"
                                            : "no mode is an eigenvector, whatever the printed check says",
                      .wide_reason = holds ? "Errors of 40 terms hardly ever add up" : "",
                      .witness_pair = "D",
                      .dataset = dataset});
  }
}

std::vector<Check> c38(Context& context, const InputModes& modes) {
  std::vector<Check> checks;
  add_raw_images(context, modes, checks);
  add_centred_images(context, modes, checks);
  add_constructed(context, modes, checks);
  return checks;
}

// A consistent task with all of V11, square; `product` is what is said to be diagonal.
using Product = std::function<Matrix(const Matrix& v, const Matrix& sigma11)>;

std::vector<Check> x3(Context& context, const Product& corrected) {
  const auto correlations = data::correlate(data::sample(example(context, TaskModes::leading)));
  // All of V11: beyond the rank of Sigma31 its columns are free, and Eq 18 asks for components there too.
  const Matrix v = linalg::symmetric_eigen(correlations.sigma11).vectors;
  const auto modes = data::singular_modes(correlations.sigma31);
  const Matrix overlap = modes.input.transpose() * v.leftCols(modes.size());
  const std::string dataset = "task on leading components";
  return {{.quantity = "1 − least |v_α · column α of V¹¹|: the modes are the columns",
           .measured = 1 - overlap.diagonal().cwiseAbs().minCoeff(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = kRounding,
           .bound_reason = "rounding: size² × eps",
           .wide_reason = "Second order in the error of the vectors",
           .witness_pair = "D",
           .dataset = dataset,
           .subject = Subject::corrected},
          {.quantity = "‖off-diagonal‖/‖diagonal‖ of V¹¹Σ¹¹V¹¹ᵀ",
           .measured = linalg::off_diagonal_ratio(v * correlations.sigma11 * v.transpose()),
           .expected = 0.1,
           .relation = Relation::at_least,
           .bound = 0.1,
           .bound_reason = "far from diagonal, though Eq 18 holds exactly",
           .witness_pair = "D",
           .dataset = dataset,
           .subject = Subject::printed},
          {.quantity = "‖off-diagonal‖/‖diagonal‖ of V¹¹ᵀΣ¹¹V¹¹",
           .measured = linalg::off_diagonal_ratio(corrected(v, correlations.sigma11)),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = kRounding,
           .bound_reason = "rounding: size² × eps",
           .wide_reason = "Errors of 40 terms hardly ever add up",
           .witness_pair = "D",
           .dataset = dataset,
           .subject = Subject::corrected}};
}

// Sigma31 put together again from its modes in all of V11 : N1 x N1, by `product` of U S and V11.
using Composition = std::function<Matrix(const Matrix& us, const Matrix& v)>;

std::vector<Check> x12(Context& context, const Composition& corrected) {
  const auto correlations = data::correlate(data::sample(example(context, TaskModes::random)));
  const auto modes = data::singular_modes(correlations.sigma31);
  const Matrix v = linalg::completed_basis(modes.input);
  Matrix us = Matrix::Zero(correlations.sigma31.rows(), v.cols());
  us.leftCols(modes.size()) = modes.output * modes.singular_values.asDiagonal();
  const std::string dataset = "task on random modes";
  return {{.quantity = "‖Σ³¹ − U S V‖/‖Σ³¹‖",
           .measured = linalg::relative_difference(us * v, correlations.sigma31),
           .expected = 0.5,
           .relation = Relation::at_least,
           .bound = 0.5,
           .bound_reason = "another matrix: unrelated ones differ by about √2",
           .witness_pair = "D",
           .dataset = dataset,
           .subject = Subject::printed},
          {.quantity = "‖Σ³¹ − U S Vᵀ‖/‖Σ³¹‖",
           .measured = linalg::relative_difference(corrected(us, v), correlations.sigma31),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = kRounding,
           .bound_reason = "rounding: size² × eps",
           .wide_reason = "Errors of 40 terms hardly ever add up",
           .witness_pair = "D",
           .dataset = dataset,
           .subject = Subject::corrected}};
}

}  // namespace

std::vector<Claim> claims_on_consistency() {
  return {
      {{.id = "C38",
        .section = 3,
        .sentence =
            "On images as they are VᵀΣ¹¹V is nearly diagonal over the task's modes, as Fig 5 shows, because "
            "the "
            "brightness outweighs the rest: modes 1 to 4 are approximately principal components, the weakest "
            "are not, and centred the block is not nearly diagonal. The check is necessary for Eq 18, not "
            "sufficient.",
        .source = "section 3, Eq 18 and Fig 5",
        .formula = "Q = V¹¹",
        .witnesses = "SD",
        .algebra = Algebra::part,
        .figures = {"5l", "5c"},
        .needs_images = true},
       [](Context& c) { return c38(c, modes_of); },
       "random orthonormal columns in the place of V¹¹",
       [](Context& c) { return c38(c, unrelated_modes); }},
      {{.id = "X3",
        .kind = Kind::error,
        .section = 3,
        .sentence = "Which matrix Eq 18 makes diagonal.",
        .source = "section 3 and the caption of Fig 5",
        .formula = "Q = V¹¹",
        .printed = "V¹¹ Σ¹¹ V¹¹ᵀ",
        .corrected = "V¹¹ᵀ Σ¹¹ V¹¹, with Eq 3's columns v_α",
        .witnesses = "SD",
        .algebra = Algebra::part},
       [](Context& c) {
         return x3(c,
                   [](const Matrix& v, const Matrix& sigma) -> Matrix { return v.transpose() * sigma * v; });
       },
       "the correction is transposed once more: V¹¹ᵀ Σ¹¹ V¹¹ᵀ",
       [](Context& c) {
         return x3(c, [](const Matrix& v, const Matrix& sigma) -> Matrix {
           return v.transpose() * sigma * v.transpose();
         });
       }},
      {{.id = "X12",
        .kind = Kind::error,
        .section = 3,
        .sentence = "The singular value decomposition of Σ³¹.",
        .source = "section 3, before Eq 18",
        .formula = "Eq 3",
        .printed = "Σ³¹ = U³³ S³¹ V¹¹",
        .corrected = "Σ³¹ = U³³ S³¹ V¹¹ᵀ",
        .witnesses = "SD",
        .algebra = Algebra::part},
       [](Context& c) {
         return x12(c, [](const Matrix& us, const Matrix& v) -> Matrix { return us * v.transpose(); });
       },
       "the correction is the printed form",
       [](Context& c) { return x12(c, [](const Matrix& us, const Matrix& v) -> Matrix { return us * v; }); }},
  };
}

}  // namespace dln::validation::section_3
