// Products as they are printed about Eq 18, with V11 the wrong way round, and as they must be.
#include "dln/linalg/decompositions.hpp"
#include "validation/context.hpp"
#include "validation/section_3/consistency_tasks.hpp"
#include "validation/section_3/section_3.hpp"

namespace dln::validation::section_3 {
namespace {

using data::TaskModes;
using linalg::Matrix;

// A consistent task with all of V11, square; `product` is what is said to be diagonal.
using Product = std::function<Matrix(const Matrix& v, const Matrix& sigma11)>;

std::vector<Check> x3(Context& context, const Product& corrected) {
  const auto correlations = task_on(context, TaskModes::leading);
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
  const auto correlations = task_on(context, TaskModes::random);
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

std::vector<Claim> claims_on_printed_products() {
  return {
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
