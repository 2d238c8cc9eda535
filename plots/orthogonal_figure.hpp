// Orthogonal and Gaussian starts against depth: singular values of the product, and learning times.
#pragma once

#include "dln/experiments/starts_against_depth.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

struct OrthogonalFigure {
  std::string id, title, alternative_text;
  const std::vector<experiments::StartsRow>* rows;
  // By row: ln of the Gaussian product's median and least singular value as random-matrix theory has them.
  std::vector<double> log_median, log_least;
};

// Throws DomainError unless the laws are as many as the rows.
Drawing orthogonal_figure(const OrthogonalFigure& figure);

}  // namespace dln::plots
