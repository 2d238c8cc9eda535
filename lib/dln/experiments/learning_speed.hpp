// Plateaus and rapid transitions of the total error, counted by a rule fixed before any run was looked at.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dln::experiments {

// A plateau is a low of the learning speed -dE/dt that is followed by a rise of at least a factor `rise`;
// after a plateau the speed must fall by the same factor before another can begin (hysteresis on its
// logarithm). Speeds below floor * max count as floor * max. Exponential relaxation has none, a single
// sigmoid has one.
struct PlateauRule {
  double rise = 2;
  double floor = 1e-4;
};

// The samples at which the plateaus are lowest, in order. Throws DomainError for an empty sample, or for a
// speed that is negative or not finite.
std::vector<std::size_t> find_plateaus(std::span<const double> speeds, const PlateauRule& rule = {});

// How many there are.
int count_plateaus(std::span<const double> speeds, const PlateauRule& rule = {});

}  // namespace dln::experiments
