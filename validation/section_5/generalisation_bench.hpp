// The checks of the claims on generalisation, collected.
#pragma once

#include "dln/experiments/generalisation.hpp"
#include "validation/claim.hpp"

namespace dln::validation::section_5 {

// What the checks that follow are of.
struct Bench {
  std::string dataset;
  Witnesses witnesses;
  std::vector<Check> checks;

  void add(std::string quantity, double measured, double expected, Relation relation, double bound,
           std::string reason, std::string wide = "A mean may come closer by chance");
};

// Sizes, modes, noise and draws.
std::string named(const experiments::GeneralisationOptions& o);

extern const char* const kGeneralisationSource;

}  // namespace dln::validation::section_5
