#include "dln/network/mode_coordinates.hpp"

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/linalg/tile_products.hpp"
#include "dln/network/chain_gradient.hpp"

namespace dln::network {

bool have_mode_coordinates(const data::Correlations& correlations, const data::SingularModes& modes,
                           const std::vector<Eigen::Index>& units) {
  return units.size() == 3 && modes.size() == units[0] && modes.size() + units[1] < units[2] &&
         data::input_form(correlations.sigma11) == data::InputForm::white;
}

InModeCoordinates in_mode_coordinates(const data::Correlations& correlations,
                                      const data::SingularModes& modes, const LinearNetwork<double>& start) {
  require_fitting(start.units(), correlations);
  if (!have_mode_coordinates(correlations, modes, start.units()))
    throw base::DomainError(fmt::format(
        "coordinates of {} modes for a network of {} units: expected white inputs, a mode for each, and "
        "more outputs than inputs and hidden units",
        modes.size(), fmt::join(start.units(), "-")));
  const Eigen::Index r = modes.size(), hidden = start.units()[1];
  const linalg::Matrix last = start.weight(2), along = linalg::inner_products(modes.output, last);
  linalg::Matrix beside(last.rows(), last.cols());
  linalg::multiply_tiles(last, -1.0, modes.output, along, beside);
  // It may throw, which must not happen within Eigen's comma initialiser.
  const linalg::Matrix coordinates = linalg::coordinates_in_own_span(beside);
  LinearNetwork<double> small({r, hidden, r + hidden});
  small.weight(1) = start.weight(1) * modes.input;
  small.weight(2) << along, coordinates;
  auto seen = correlations;
  seen.sigma31 = linalg::Matrix::Zero(r + hidden, r);
  seen.sigma31.topRows(r).diagonal() = modes.singular_values;
  return {std::move(seen), std::move(small)};
}

ModeStrengths mode_strengths_by_error(const Eigen::Ref<const linalg::Matrix>& error,
                                      const data::SingularModes& modes) {
  const auto left = error.topRows(modes.size());
  const linalg::Vector diagonal = left.diagonal();
  double beside = 0;
  for (Eigen::Index k = 0; k < modes.size(); ++k)
    beside += left.col(k).head(k).squaredNorm() + left.col(k).tail(modes.size() - 1 - k).squaredNorm();
  return {modes.singular_values - diagonal, std::sqrt(beside) / modes.singular_values.stableNorm()};
}

}  // namespace dln::network
